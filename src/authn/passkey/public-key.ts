import type { Bytes } from '../../lib/bytes.ts'
import { webauthnHelpers } from './library.ts'
import { ALGORITHMS } from './options.ts'
import { orRefuse, refusal } from './refusals.ts'

const COSE = { kty: 1, alg: 3, crvOrN: -1, xOrE: -2, y: -3 } as const
const RSA_MODULUS_MIN = 256

const isBytes = (value: unknown, length: number): boolean => value instanceof Uint8Array && value.length === length

/**
 * WebAuthn L3 §5.8.5: with -7 the curve is P-256 and the point is whole, with -8 it is Ed25519. The library would take
 * any curve that the key names.
 */
function fitsAlgorithm(key: ReadonlyMap<number, unknown>, algorithm: number): boolean {
	const parameters = { crvOrN: key.get(COSE.crvOrN), xOrE: key.get(COSE.xOrE), y: key.get(COSE.y) }
	switch (algorithm) {
		case -7:
			return (
				key.get(COSE.kty) === 2 && parameters.crvOrN === 1 && isBytes(parameters.xOrE, 32) && isBytes(parameters.y, 32)
			)
		case -8:
			return key.get(COSE.kty) === 1 && parameters.crvOrN === 6 && isBytes(parameters.xOrE, 32)
		case -257:
			return (
				key.get(COSE.kty) === 3 &&
				parameters.crvOrN instanceof Uint8Array &&
				parameters.crvOrN.length >= RSA_MODULUS_MIN &&
				parameters.xOrE instanceof Uint8Array
			)
		default:
			return false
	}
}

/**
 * @param cose a COSE_Key.
 * @returns its algorithm, one of the three.
 * @throws ServiceError passkey_refused
 */
export async function checkPublicKey(cose: Uint8Array): Promise<number> {
	const { decodeCredentialPublicKey } = await webauthnHelpers()
	const key: unknown = await orRefuse('public-key', () => decodeCredentialPublicKey(cose as Bytes))
	if (!(key instanceof Map)) throw refusal('passkey_refused', 'public-key')
	const algorithm: unknown = key.get(COSE.alg)
	const known = ALGORITHMS.find((candidate) => candidate === algorithm)
	if (known === undefined) throw refusal('passkey_refused', 'algorithm')
	if (!fitsAlgorithm(key, known)) throw refusal('passkey_refused', 'public-key')
	return known
}
