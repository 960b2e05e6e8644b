import { hashSecret } from '../../lib/crypto.ts'
import { newSecret } from '../../lib/random.ts'
import { type Exchange, set } from '../exchange.ts'

/** What a code or a refresh token says of the sign-in behind it. */
export interface Given {
	/** Granted, and asked for now. */
	scope: string[]
	acr: string
	/** JSON array. */
	amr: string
	/** ms */
	authTime: number
	resource: string | null
	/** JSON `Asked`. */
	asked: string | null
	sid: string | null
	nonce?: string | null
}

export interface NewAccessToken {
	token: string
	hash: string
	/** Space-separated: what this token is good for. */
	scope: string
	/** ms */
	expiresAt: number
	/** Thumbprint of the key that it is bound to. */
	jkt: string | null
}

/** RFC 9449 §5: bound where a proof came. */
export async function newAccessToken(x: Exchange, given: Given): Promise<NewAccessToken> {
	const expiresAt = x.now + set(x.profile, 'profile').accessTokenLifetime
	const jkt = x.dpop?.jkt ?? null
	const token = newSecret(x.deps.random)
	return { token, hash: hashSecret(token), scope: given.scope.join(' '), expiresAt, jkt }
}
