import { invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 6749 §4.1.3: the code is known, this client's, alive, and was given for the same redirect_uri. A used one passes
 * here: that it was used matters only from somebody who proves all else, and the grant's batch is what finds it out.
 */
export function checkCode(x: Exchange): void {
	const { code, account } = x.found
	if (!code) throw invalidGrant('unknown code')
	if (code.clientId !== set(x.client, 'client').id) throw invalidGrant('code of another client')
	if (code.redirectUri !== x.params.get('redirect_uri')) throw invalidGrant('another redirect_uri')
	if (code.consumedBy === null && code.expiresAt <= x.now) throw invalidGrant('expired code')
	if (account?.status !== 'active') throw invalidGrant('the account is suspended or has ended')
}
