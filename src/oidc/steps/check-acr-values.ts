import { namesKnownAcr } from '../artifacts/acr.ts'
import { invalidRequest, unmetAuthentication } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** They are kept with the request while it waits. */
const MAX_ACR_VALUES = 1_024

/**
 * OpenID Connect Core §3.1.2.1, RFC 9470 §4: how somebody has to sign in, in order of preference. Words that nobody knows
 * are ignored, unless the `claims` parameter says that nothing else will do (§5.5.1.1). Which of the known can be met
 * decides what the citizen is offered: who asks for `phr` alone is never served by the QR (`authn`).
 */
export function checkAcrValues(x: Exchange): void {
	const { acr_values: byClaim = [], acr_essential } = x.authorization
	const text = x.params.get('acr_values') ?? ''
	if (text.length > MAX_ACR_VALUES) throw invalidRequest('acr_values is too long')
	const wished = text.split(' ').filter(Boolean)
	x.authorization.acr_values = acr_essential || wished.length === 0 ? byClaim : wished
	if (acr_essential && !namesKnownAcr(byClaim)) throw unmetAuthentication()
}
