import { mayRefresh } from '../artifacts/refresh-token.ts'
import { invalidRequest, unauthorizedClient, unsupportedGrantType } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** RFC 6749 §4.1.3, §5.2, §6 */
export function checkGrantType(x: Exchange): void {
	const type = x.params.get('grant_type')
	if (type === undefined) throw invalidRequest('grant_type is missing')
	if (type === 'refresh_token') {
		if (!mayRefresh(x)) throw unauthorizedClient('this client is not registered for refresh tokens')
		if (!x.params.has('refresh_token')) throw invalidRequest('refresh_token is missing')
		return
	}
	if (type !== 'authorization_code') throw unsupportedGrantType()
	if (!x.params.has('code')) throw invalidRequest('code is missing')
	// Every authorization request had one, so every token request repeats it.
	if (!x.params.has('redirect_uri')) throw invalidRequest('redirect_uri is missing')
}
