import { untrustedRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/**
 * RFC 6749 §3.1: no parameter comes twice. Agencies that come from ThaID send some of them twice by their library's
 * making: under their profile equal ones count once, and of two `state` the last, which is the one that they look at.
 */
export function checkRepeated(x: Exchange): void {
	if (x.repeated.length === 0) return
	if (x.profile?.repeatedParameters !== 'same') throw untrustedRequest('a parameter is repeated')
	const params = new Map(x.params)
	for (const [name, value] of x.repeated) {
		if (name === 'state') params.set(name, value)
		else if (params.get(name) !== value) throw untrustedRequest('a parameter is repeated and differs')
	}
	x.params = params
}
