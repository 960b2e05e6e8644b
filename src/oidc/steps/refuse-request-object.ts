import { invalidRequest, requestNotSupported } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** OpenID Connect Core §6: request objects are not taken (yet), and RFC 9126 §2.1: none may push a request_uri. */
export function refuseRequestObject(x: Exchange): void {
	if (x.params.has('request')) throw requestNotSupported()
	if (x.params.has('request_uri')) throw invalidRequest('request_uri may not be pushed')
}
