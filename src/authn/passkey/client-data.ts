import { fromBase64url, fromUtf8 } from '../../lib/bytes.ts'
import { refusal } from './refusals.ts'
import type { RelyingPartyId } from './types.ts'

/** WebAuthn L3 §5.8.1, as far as anything is decided by it. Every member is the browser's word and checked by us. */
interface ClientData {
	type?: unknown
	challenge?: unknown
	origin?: unknown
	crossOrigin?: unknown
	topOrigin?: unknown
}

function parse(clientDataJSON: string): ClientData {
	try {
		const data: unknown = JSON.parse(fromUtf8(fromBase64url(clientDataJSON)))
		if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data
	} catch {
		// Below: the same refusal for every shape that is none.
	}
	throw refusal('passkey_refused', 'shape')
}

/**
 * The browser's part of WebAuthn L3 §7.1 steps 5-11 and §7.2 steps 9-15: ceremony, challenge, place.
 * The library compares the first three as well; that the page stood alone, in no frame of anybody, only we check.
 * @throws ServiceError passkey_challenge, passkey_refused
 */
export function checkClientData(
	rp: RelyingPartyId,
	clientDataJSON: string,
	expected: { type: 'webauthn.create' | 'webauthn.get'; challenge: string },
): void {
	const data = parse(clientDataJSON)
	if (data.type !== expected.type) throw refusal('passkey_refused', 'type')
	if (typeof data.challenge !== 'string' || data.challenge === '' || data.challenge !== expected.challenge)
		throw refusal('passkey_challenge', 'challenge')
	if (typeof data.origin !== 'string' || !rp.origins.includes(data.origin)) throw refusal('passkey_refused', 'origin')
	// "If C.crossOrigin is present and set to true, verify that the Relying Party expects …": ours never does. Left out
	// is what browsers older than the member send; anything but `false` is refused.
	if (data.crossOrigin !== undefined && data.crossOrigin !== false) throw refusal('passkey_refused', 'cross-origin')
	if (data.topOrigin !== undefined) throw refusal('passkey_refused', 'top-origin')
}

/** The challenge that a response says it answers, to find its row by; null where there is none. Nothing is checked. */
export function challengeOf(response: { response: { clientDataJSON: string } }): string | null {
	try {
		const { challenge } = parse(response.response.clientDataJSON)
		return typeof challenge === 'string' && challenge !== '' ? challenge : null
	} catch {
		return null
	}
}
