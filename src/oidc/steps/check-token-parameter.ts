import { invalidRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/** The token without a scheme that some agencies put before it. */
export const tokenInQuestion = (x: Exchange): string => (x.params.get('token') ?? '').replace(PREFIX, '')

const PREFIX = /^Bearer /i

/**
 * RFC 7662 §2.1, RFC 7009 §2.1. `token_type_hint` may be wrong, so both kinds are looked for and it is not needed. Only
 * relying parties written for ThaID put `Bearer ` before the token; from others that is no token of ours.
 */
export function checkTokenParameter(x: Exchange): void {
	const token = x.params.get('token')
	if (token === undefined) throw invalidRequest('token is missing')
	if (PREFIX.test(token) && set(x.profile, 'profile').dialect !== 'thaid')
		x.found = { ...x.found, token: null, refresh: null }
}
