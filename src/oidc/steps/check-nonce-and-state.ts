import { invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

export const MAX_STATE = 2_048
const MAX_NONCE = 512

/**
 * Both are echoed byte by byte; some relying parties put signed JSON of several hundred characters into `state`. The
 * first step after `checkRedirectUri`, so that no error echoes a state that is too long.
 */
export function checkNonceAndState(x: Exchange): void {
	const nonce = x.params.get('nonce')
	if ((x.authorization.state?.length ?? 0) > MAX_STATE) {
		x.authorization.state = undefined
		throw invalidRequest('state is longer than 2048 characters')
	}
	if ((nonce?.length ?? 0) > MAX_NONCE) throw invalidRequest('nonce is longer than 512 characters')
	x.authorization.nonce = nonce
	x.authorization.ui_locales = x.params.get('ui_locales')
}
