import { approvedClaims } from '../artifacts/claims.ts'
import { readClaimsRequest } from '../artifacts/claims-request.ts'
import { type Exchange, set } from '../exchange.ts'
import { meanSubject } from './check-id-token-hint.ts'

/** OpenID Connect Core §5.5: data by name. A claim may be asked for by name only where its scope is approved. */
export function checkClaims(x: Exchange): void {
	const text = x.params.get('claims')
	if (text === undefined) return
	const { claims, subject, acr } = readClaimsRequest(text, approvedClaims(set(x.client, 'client').scopes))
	if (claims) x.authorization.claims = claims
	if (subject !== undefined) meanSubject(x, subject)
	if (!acr) return
	x.authorization.acr_values = acr.values
	if (acr.essential) x.authorization.acr_essential = true
}
