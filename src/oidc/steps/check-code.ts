import { invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 6749 §4.1.3: the code is known, this client's, alive, and was given for the same redirect_uri. A used one passes
 * here: that it was used matters only from somebody who proves all else, and the grant's batch is what finds it out.
 */
export function checkCode(x: Exchange): void {
	if (x.params.get('grant_type') !== 'authorization_code') return
	const { code, account } = x.found
	if (!code) throw invalidGrant('unknown code')
	if (code.clientId !== set(x.client, 'client').id) throw invalidGrant('code of another client')
	if (code.redirectUri !== x.params.get('redirect_uri')) throw invalidGrant('another redirect_uri')
	if (code.consumedBy === null && code.expiresAt <= x.now) throw invalidGrant('expired code')
	// RFC 9449 §10: the key that the authorization request named is the one that has to come.
	if (code.dpopJkt !== null && code.dpopJkt !== x.dpop?.jkt) throw invalidGrant('another key, or none')
	if (account?.status !== 'active') throw invalidGrant('the account is suspended or has ended')
}
