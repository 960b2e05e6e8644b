import { invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** OAuth 2.0 Multiple Response Type Encoding Practices §2.1: `query`, the default of `code`, is the one served. */
export function checkResponseMode(x: Exchange): void {
	const mode = x.params.get('response_mode')
	if (mode !== undefined && mode !== 'query') throw invalidRequest('response_mode is not supported')
}
