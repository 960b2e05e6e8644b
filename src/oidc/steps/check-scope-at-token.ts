import { invalidScope } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * What the tokens will be good for. RFC 6749 §6: a refresh may ask for less than was granted, never for more; a code
 * gives all of it (§4.1.3 knows no scope).
 */
export function checkScopeAtToken(x: Exchange): void {
	const { code, refresh } = x.found
	const granted = set(code ?? refresh, 'code or refresh').scope.split(' ')
	const asked = refresh ? x.params.get('scope')?.split(' ').filter(Boolean) : undefined
	if (asked?.some((scope) => !granted.includes(scope))) throw invalidScope('more than was granted')
	x.authorization.scope = asked ? granted.filter((scope) => asked.includes(scope)) : granted
}
