import { invalidRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/** RFC 9126 §5, FAPI 2.0 §5.3.2.2: a profile may take authorization requests by PAR only. */
export function checkPushedRequired(x: Exchange): void {
	if (set(x.profile, 'profile').requirePushed && x.authorization.pushed === undefined)
		throw invalidRequest('this client has to push its authorization requests')
}
