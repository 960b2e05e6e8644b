import { claimsGiven, codeReused } from '../../audit/index.ts'
import { newAccessToken, scopeGiven } from '../artifacts/access-token.ts'
import { newRefreshToken } from '../artifacts/refresh-token.ts'
import { tokenResponse } from '../artifacts/token-response.ts'
import { invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { TokenResponse } from '../wire.ts'
import { endFamily } from './family.ts'
import { spendCode } from './spend-code.ts'

/**
 * RFC 6749 §4.1.3. Of two requests at once one gets a token. The other is a second use, as is one that comes later:
 * both have proved client, redirect_uri and verifier, so the code was stolen or its owner is confused, and what it gave
 * ends (§4.1.2).
 */
export async function authorizationCodeGrant(x: Exchange): Promise<TokenResponse> {
	const code = set(x.found.code, 'code')
	const { clientId, accountId, grantId } = code
	const given = { ...code, family: code.hash, scope: set(x.authorization.scope, 'scope') }
	const access = await newAccessToken(x, given)
	const refresh = newRefreshToken(x)
	const spent = await spendCode(x, {
		codeHash: code.hash,
		tokenHash: access.hash,
		tokenScope: access.scope,
		tokenExpiresAt: access.expiresAt,
		jkt: access.jkt,
		refresh,
		event: claimsGiven({ clientId, accountId, grantId, scope: scopeGiven(x, given) }),
	})
	if (!spent) {
		await endFamily(x, code.hash, codeReused({ clientId, accountId }))
		throw invalidGrant('the code was used before, or its grant has ended')
	}
	return tokenResponse(x, given, access, refresh?.token)
}
