import type { Place } from '../../lib/vault.ts'
import { invalidRequestUri, requestUriNotSupported, untrustedRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

export const REQUEST_URI_PREFIX = 'urn:ietf:params:oauth:request_uri:'

/**
 * Where a pushed request is sealed: an `id_token_hint` holds a citizen's data, `authorization_details` names of others.
 * The `resource` stands beside it, since the read of the authorization request looks for it.
 */
export const pushedPlace = (uriHash: string): Place => ['pushed_requests', uriHash, 'params']

/**
 * RFC 9126 §4: a request_uri is bound to its client, and everything comes from what was pushed. It is consumed when the
 * code is given, not here: link preloaders open pages (FAPI 2.0 §5.3.2.2). A client's own request_uri is never fetched.
 */
export function takePushedRequest(x: Exchange): void {
	const uri = x.params.get('request_uri')
	if (uri === undefined) return
	// OpenID Connect Core §6.1
	if (x.params.has('request')) throw untrustedRequest('request and request_uri do not come together')
	if (!uri.startsWith(REQUEST_URI_PREFIX)) throw requestUriNotSupported()
	const { pushed } = x.found
	const client = set(x.client, 'client')
	if (!pushed || pushed.clientId !== client.id || pushed.expiresAt <= x.now || pushed.consumedBy !== null)
		throw invalidRequestUri()
	const { sealed } = JSON.parse(pushed.params) as { sealed: string }
	const params = x.deps.vault.open(pushedPlace(pushed.uriHash), sealed)
	x.params = new Map(Object.entries(JSON.parse(params) as Record<string, string>))
	x.authorization.pushed = pushed.uriHash
}
