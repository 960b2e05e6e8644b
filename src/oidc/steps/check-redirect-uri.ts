import { untrustedRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/** RFC 9700 §2.1: exact string comparison with what is registered; required even where only one is. */
export function checkRedirectUri(x: Exchange): void {
	const client = set(x.client, 'client')
	const uri = x.params.get('redirect_uri')
	if (uri === undefined) throw untrustedRequest('redirect_uri is missing')
	if (!client.redirectUris.includes(uri)) throw untrustedRequest('redirect_uri is not registered for this client')
	x.redirectUri = uri
	x.authorization.client_id = client.id
	x.authorization.redirect_uri = uri
	// Read here so that an error of any later step can echo it (RFC 6749 §4.1.2.1).
	x.authorization.state = x.params.get('state')
}
