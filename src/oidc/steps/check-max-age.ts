import { invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** OpenID Connect Core §3.1.2.1: seconds, not negative. */
export function checkMaxAge(x: Exchange): void {
	const text = x.params.get('max_age')
	if (text === undefined) return
	if (!/^\d{1,9}$/.test(text)) throw invalidRequest('max_age is not a number of seconds')
	x.authorization.max_age = Number(text)
}
