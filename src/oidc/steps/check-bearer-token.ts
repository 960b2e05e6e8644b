import { insufficientScope, invalidToken } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** RFC 6750 §2.1: the token of the Authorization header is known, alive, and covers `openid`. */
export function checkBearerToken(x: Exchange): void {
	const { token, account, client } = x.found
	if (!token || !client || client.status !== 'live') throw invalidToken('unknown token')
	if (token.endedAt !== null) throw invalidToken('revoked token')
	if (token.expiresAt <= x.now) throw invalidToken('expired token')
	if (!account || account.status === 'ended') throw invalidToken('the account has ended')
	if (account.status === 'suspended') throw invalidToken('the account is suspended')
	// RFC 8707 §2: what is meant for a resource server is not meant for us.
	if (token.resource !== null) throw invalidToken('a token for a resource server')
	if (!token.scope.split(' ').includes('openid')) throw insufficientScope()
}
