import { invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/**
 * RFC 9449 §10: the code will be good only with the key of this thumbprint (RFC 7638, SHA-256). §10.1: a proof that comes
 * with a pushed request says the same, and where both are there they agree.
 */
export function checkDpopJkt(x: Exchange): void {
	const jkt = x.params.get('dpop_jkt')
	if (jkt !== undefined && !/^[\w-]{43}$/.test(jkt)) throw invalidRequest('dpop_jkt is no thumbprint')
	if (jkt !== undefined && x.dpop && x.dpop.jkt !== jkt) throw invalidRequest('dpop_jkt is not that of the proof')
	x.authorization.dpop_jkt = jkt ?? x.dpop?.jkt
}
