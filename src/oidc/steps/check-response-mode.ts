import { invalidRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { ResponseMode } from '../wire.ts'

/**
 * OAuth 2.0 Multiple Response Type Encoding Practices §2.1: how the answer is to travel, among the ways of the client's
 * profile; `query` is the default of `code`. From here on errors travel so too. `jwt` is `query.jwt` (JARM §2.3.4).
 */
export function checkResponseMode(x: Exchange): void {
	const mode = x.params.get('response_mode')
	if (mode === undefined) return
	const modes: readonly string[] = set(x.profile, 'profile').responseModes
	if (!modes.includes(mode)) throw invalidRequest('response_mode is not supported')
	x.authorization.response_mode = mode as ResponseMode
}
