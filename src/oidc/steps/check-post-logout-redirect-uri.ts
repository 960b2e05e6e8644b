import { untrustedRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

const MAX_STATE = 2_048

/**
 * OpenID Connect RP-Initiated Logout §2, §3: exactly one of those that the client has registered, and so only where it is
 * known who asks. Nothing else is ever gone to, and an error goes nowhere.
 */
export function checkPostLogoutRedirectUri(x: Exchange): void {
	if ((x.params.get('state')?.length ?? 0) > MAX_STATE) throw untrustedRequest('state is longer than 2048 characters')
	const uri = x.params.get('post_logout_redirect_uri')
	if (uri === undefined) return
	if (!x.client) throw untrustedRequest('post_logout_redirect_uri without id_token_hint or client_id')
	if (!x.client.postLogoutRedirectUris.includes(uri))
		throw untrustedRequest('post_logout_redirect_uri is not registered for this client')
	x.postLogoutRedirectUri = uri
}
