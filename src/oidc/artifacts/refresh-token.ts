import { base64url } from '../../lib/bytes.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newSecret } from '../../lib/random.ts'
import type { Vault } from '../../lib/vault.ts'
import { type Exchange, set } from '../exchange.ts'

export interface NewRefreshToken {
	token: string
	hash: string
	jkt: string | null
	/** ms */
	expiresAt: number
}

/** Whether a client gets refresh tokens and may use them. */
export const mayRefresh = (x: Exchange): boolean =>
	set(x.profile, 'profile').alwaysRefresh || set(x.client, 'client').grantTypes.includes('refresh_token')

/** The first of a family, or null where the client gets none. */
export function newRefreshToken(x: Exchange): NewRefreshToken | null {
	if (!mayRefresh(x)) return null
	const token = newSecret(x.deps.random)
	const profile = set(x.profile, 'profile')
	// RFC 9449 §5: a confidential client's are bound to it by its authentication; FAPI's here to the key as well.
	const bound = profile.senderConstrained || set(x.client, 'client').authMethod === 'none'
	return {
		token,
		hash: hashSecret(token),
		jkt: bound ? (x.dpop?.jkt ?? null) : null,
		expiresAt: x.now + profile.refreshTokenLifetime,
	}
}

/**
 * The one token that can take another's place. It is made from the old one and our key, so that an answer that was lost
 * on its way can be given again though only hashes are stored: whoever repeats the old token within its grace gets the
 * same successor, and a family never forks.
 */
export const successorOf = (vault: Vault, token: string): string =>
	base64url(vault.mac('refresh', `successor\u0000${token}`))
