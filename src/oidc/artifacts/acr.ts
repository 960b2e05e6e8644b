/**
 * What `acr` can say, and how it is reached. `phr` (OpenID EAP ACR values: phishing-resistant) only where the passkey
 * answered in the browser that signs in: a QR can be relayed by anybody who shows it to somebody else.
 */
export const ACR_PHR = 'phr'
/** Passkey and 8-digit PIN on a phone that scanned a QR: AAL2, not phishing-resistant. */
export const ACR_QR = 'urn:dopa:digital-id:acr:aal2:qr'

export const ACRS = [ACR_PHR, ACR_QR] as const
export type Acr = (typeof ACRS)[number]

/** `phr` is the stronger: it satisfies a wish for the QR's. */
export function acrSatisfies(acr: string, wished: readonly string[]): boolean {
	return wished.includes(acr) || (acr === ACR_PHR && wished.includes(ACR_QR))
}

/**
 * The ways that may be offered for a request. No wish: all. `acr_values` is voluntary in OpenID Connect, so unknown
 * values alone are ignored, but a request that names `phr` without the QR's value is never served by the QR.
 */
export function servableAcrs(wished: readonly string[]): readonly Acr[] {
	const known = ACRS.filter((acr) => wished.includes(acr))
	if (known.length === 0) return ACRS
	return ACRS.filter((acr) => acrSatisfies(acr, known))
}

export const mayUseQr = (wished: readonly string[]): boolean => servableAcrs(wished).includes(ACR_QR)
