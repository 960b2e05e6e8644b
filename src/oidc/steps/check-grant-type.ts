import { invalidRequest, unsupportedGrantType } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** RFC 6749 §4.1.3, §5.2 */
export function checkGrantType(x: Exchange): void {
	const type = x.params.get('grant_type')
	if (type === undefined) throw invalidRequest('grant_type is missing')
	if (type !== 'authorization_code') throw unsupportedGrantType()
	if (!x.params.has('code')) throw invalidRequest('code is missing')
}
