import { invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 6749 §4.1.3: the code is known, this client's, alive, and was given for the same redirect_uri. A used one ends
 * what it gave; that is the endpoint's act, since it writes.
 */
export function checkCode(x: Exchange): void {
	const { code } = x.found
	if (!code) throw invalidGrant('unknown code')
	if (code.clientId !== set(x.client, 'client').id) throw invalidGrant('code of another client')
	if (code.consumedBy !== null) throw new CodeReused()
	if (code.expiresAt <= x.now) throw invalidGrant('expired code')
	if (code.redirectUri !== x.params.get('redirect_uri')) throw invalidGrant('another redirect_uri')
}

/** A code came a second time: RFC 6749 §4.1.2 asks that everything it gave be revoked. */
export class CodeReused extends Error {
	override readonly name = 'CodeReused'
}
