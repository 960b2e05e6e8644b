import type { AuthorizationRequest } from '../wire.ts'

/**
 * What `acr` can say, and how it is reached. Two axes: the way in which somebody signed in, and how well they were
 * proofed. Of a request's `acr_values` those of one axis are alternatives; one that names both means both.
 *
 * `phr` and `phrh` (OpenID EAP ACR Values 1.0: phishing-resistant; by a hardware-protected key) only where the passkey
 * answered in the browser that signs in: a QR can be relayed by anybody who shows it to somebody else.
 */
export const ACR_PHRH = 'phrh'
export const ACR_PHR = 'phr'
/** Any of our ways: passkey and 8-digit PIN, two factors (AAL2 of DGS 1-2 and NIST SP 800-63B). */
export const ACR_AAL2 = 'urn:dopa:digital-id:acr:aal2'
/** Passkey and 8-digit PIN on a phone that scanned a QR: AAL2, not phishing-resistant. */
export const ACR_QR = 'urn:dopa:digital-id:acr:aal2:qr'

/** What a way is good for: itself first, then whatever asks for less. */
const GOOD_FOR: Readonly<Record<string, readonly string[]>> = {
	[ACR_PHRH]: [ACR_PHRH, ACR_PHR, ACR_AAL2, ACR_QR],
	[ACR_PHR]: [ACR_PHR, ACR_AAL2, ACR_QR],
	[ACR_QR]: [ACR_QR, ACR_AAL2],
}
const WAYS: readonly string[] = [ACR_PHRH, ACR_PHR, ACR_AAL2, ACR_QR]

/** Identity assurance levels of the Thai framework, the level or better. */
const IAL_PREFIX = 'urn:dopa:digital-id:acr:ial'
const LEVELS: readonly string[] = ['2.1', '2.2', '2.3']
const IALS = LEVELS.map((level) => `${IAL_PREFIX}${level}`)

export const ACRS: readonly string[] = [...WAYS, ...IALS]

/** How somebody signed in, and how well they were proofed. */
export interface Assurance {
	/** One of the three ways. */
	acr: string
	/** `2.3` */
	ial: string
}

/** The way that a passkey's answer is. Hardware is claimed only where a maker's statement proves it. */
export function acrOfWay(path: 'qr' | 'this-device', tier: string): string {
	if (path === 'qr') return ACR_QR
	return tier === 'attested' ? ACR_PHRH : ACR_PHR
}

/** What is asked for among what we know; `acr_values` is voluntary in OpenID Connect, so the rest is ignored. */
const knownWishes = (wished: readonly string[]) => wished.filter((wish) => ACRS.includes(wish))
export const namesKnownAcr = (wished: readonly string[]): boolean => knownWishes(wished).length > 0

function meets({ acr, ial }: Assurance, wish: string): boolean {
	if (GOOD_FOR[acr]?.includes(wish)) return true
	return IALS.includes(wish) && LEVELS.indexOf(ial) >= IALS.indexOf(wish)
}

/** Whether one of each axis that is asked for is met. */
export function acrSatisfies(had: Assurance, wished: readonly string[]): boolean {
	return [WAYS, IALS].every((axis) => {
		const asked = wished.filter((wish) => axis.includes(wish))
		return asked.length === 0 || asked.some((wish) => meets(had, wish))
	})
}

/** What the relying party is told: the first of its own words that is true, else the way as it was. */
export function acrToTell(had: Assurance, wished: readonly string[]): string {
	return wished.find((wish) => meets(had, wish)) ?? had.acr
}

/**
 * A request that names `phr` or `phrh` without a word for less is never served by the QR, nor one for leave to sign or to
 * let somebody else act (`authorization_details`): what was relayed must bind nobody.
 */
export function mayUseQr({
	acr_values,
	authorization_details,
}: Pick<AuthorizationRequest, 'acr_values' | 'authorization_details'>): boolean {
	if (authorization_details !== undefined) return false
	const ways = acr_values.filter((wish) => WAYS.includes(wish))
	return ways.length === 0 || ways.some((wish) => GOOD_FOR[ACR_QR]?.includes(wish))
}
