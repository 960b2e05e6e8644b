import { readAuthorizationDetails } from '../artifacts/authorization-details.ts'
import { invalidAuthorizationDetails } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/** RFC 9396 §2, §5: types that we know and the client is registered for, each filled in as its type says. */
export function checkAuthorizationDetails(x: Exchange): void {
	const text = x.params.get('authorization_details')
	if (text === undefined) return
	const read = readAuthorizationDetails(text, set(x.client, 'client').authorizationDetailsTypes)
	if ('problem' in read) throw invalidAuthorizationDetails(read.problem)
	x.authorization.authorization_details = read.details
}
