import { stillApproved } from '../artifacts/claims.ts'
import { invalidScope } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * What the tokens will be good for. RFC 6749 §6: a refresh may ask for less than was granted, never for more; a code
 * gives all of it (§4.1.3 knows no scope). What the client is approved for no more falls away (§5.1: the answer says so).
 */
export function checkScopeAtToken(x: Exchange): void {
	const { code, refresh } = x.found
	const granted = set(code ?? refresh, 'code or refresh').scope.split(' ')
	const asked = refresh ? x.params.get('scope')?.split(' ').filter(Boolean) : undefined
	if (asked?.some((scope) => !granted.includes(scope))) throw invalidScope('more than was granted')
	const scope = stillApproved(granted, set(x.client, 'client').scopes)
	x.authorization.scope = asked ? scope.filter((each) => asked.includes(each)) : scope
	if (x.authorization.scope.length === 0) throw invalidScope('nothing of it is approved any more')
}
