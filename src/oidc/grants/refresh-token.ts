import { refreshReused, tokensRefreshed } from '../../audit/index.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newAccessToken, scopeGiven } from '../artifacts/access-token.ts'
import { successorOf } from '../artifacts/refresh-token.ts'
import { tokenResponse } from '../artifacts/token-response.ts'
import { invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { TokenResponse } from '../wire.ts'
import { endFamily } from './family.ts'
import { useRefresh } from './use-refresh.ts'

/**
 * RFC 6749 §6, OpenID Connect Core §12. Where refresh tokens rotate, the old one answers on for the profile's grace,
 * always with the same successor: an answer may have been lost, some clients repeat themselves, and two requests at
 * once must not fork the family. After the grace an old one means that two hold it (RFC 9700 §4.14.2): all ends.
 */
export async function refreshTokenGrant(x: Exchange): Promise<TokenResponse> {
	const { vault } = x.deps
	const refresh = set(x.found.refresh, 'refresh')
	const profile = set(x.profile, 'profile')
	const { clientId, accountId, grantId } = refresh
	const given = { ...refresh, family: refresh.codeHash, scope: set(x.authorization.scope, 'scope') }
	const graceFrom = x.now - profile.refreshGrace
	const access = await newAccessToken(x, given)
	const next = profile.refreshTokens === 'rotate' ? successorOf(vault, x.params.get('refresh_token') ?? '') : null
	const used = await useRefresh(x, {
		refreshHash: refresh.hash,
		nextHash: next === null ? null : hashSecret(next),
		graceFrom,
		tokenHash: access.hash,
		tokenScope: access.scope,
		tokenExpiresAt: access.expiresAt,
		jkt: access.jkt,
		event: tokensRefreshed({ clientId, accountId, grantId, scope: scopeGiven(x, given) }),
	})
	if (!used) {
		// One that failed within its grace failed for another reason: its grant has ended.
		if (refresh.replacedAt !== null && refresh.replacedAt < graceFrom)
			await endFamily(x, refresh.codeHash, refreshReused({ clientId, accountId }))
		throw invalidGrant('the refresh token was used before, or its grant has ended')
	}
	return tokenResponse(x, given, access, next ?? undefined)
}
