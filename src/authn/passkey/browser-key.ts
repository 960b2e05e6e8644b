import { type Bytes, base64url, fromBase64url } from '../../lib/bytes.ts'
import { refusal } from './refusals.ts'
import type { BrowserKeyProof } from './types.ts'

/**
 * The browser's own key. A passkey that a cloud account may copy is bound to one browser by a second key that WebCrypto
 * will not hand out (P-256, non-extractable, in IndexedDB), whose signature over the same clientDataJSON comes with
 * each response: the copy on another device lacks it. It is a software key: it stops a copied passkey, not a copied
 * phone.
 */
const COORDINATE_LENGTH = 32
const SIGNATURE_LENGTH = 64

function readBytes(text: unknown, length: number): Bytes | null {
	if (typeof text !== 'string') return null
	try {
		const bytes = fromBase64url(text)
		return bytes.length === length ? bytes : null
	} catch {
		return null
	}
}

/** The public half in one spelling, or null where it is none. What else stood in the JWK is dropped. */
function canonicalJwk(jwk: JsonWebKey): JsonWebKey | null {
	const x = readBytes(jwk.x, COORDINATE_LENGTH)
	const y = readBytes(jwk.y, COORDINATE_LENGTH)
	if (jwk.kty !== 'EC' || jwk.crv !== 'P-256' || jwk.d !== undefined || !x || !y) return null
	return { kty: 'EC', crv: 'P-256', x: base64url(x), y: base64url(y) }
}

async function signatureHolds(jwk: JsonWebKey, signature: unknown, clientDataJSON: string): Promise<boolean> {
	const bytes = readBytes(signature, SIGNATURE_LENGTH)
	if (!bytes) return false
	try {
		const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
		const data = fromBase64url(clientDataJSON)
		return await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes, data)
	} catch {
		// A point that is not on the curve.
		return false
	}
}

/**
 * At registration: the key that comes with the response becomes this browser's.
 * @returns the JWK as JSON, for the row.
 * @throws ServiceError passkey_copied where there is no proof or it does not hold.
 */
export async function checkNewBrowserKey(proof: BrowserKeyProof | undefined, clientDataJSON: string): Promise<string> {
	const jwk = proof && canonicalJwk(proof.jwk)
	if (!jwk || !(await signatureHolds(jwk, proof.signature, clientDataJSON)))
		throw refusal('passkey_copied', 'browser-key')
	return JSON.stringify(jwk)
}

/**
 * At an assertion: only the stored key counts, whatever key the proof names.
 * @param stored the row's JWK as JSON.
 * @throws ServiceError passkey_copied
 */
export async function checkStoredBrowserKey(
	stored: string | null | undefined,
	proof: BrowserKeyProof | undefined,
	clientDataJSON: string,
): Promise<void> {
	const jwk = stored ? canonicalJwk(JSON.parse(stored) as JsonWebKey) : null
	if (!jwk || !proof || !(await signatureHolds(jwk, proof.signature, clientDataJSON)))
		throw refusal('passkey_copied', 'browser-key')
}
