import type { Exchange } from '../exchange.ts'

/**
 * OpenID Connect Core §3.1.2.1: a wish, in order of preference. Which of them can be met decides what the citizen is
 * offered: who asks for `phr` alone is never served by the QR (`authn`).
 */
export function checkAcrValues(x: Exchange): void {
	x.authorization.acr_values = (x.params.get('acr_values') ?? '').split(' ').filter(Boolean)
}
