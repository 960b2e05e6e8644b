import { invalidRequest, unsupportedResponseType } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** RFC 9700 §2.1.2: `code` only. */
export function checkResponseType(x: Exchange): void {
	const type = x.params.get('response_type')
	if (type === undefined) throw invalidRequest('response_type is missing')
	if (type !== 'code') throw unsupportedResponseType()
}
