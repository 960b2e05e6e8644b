import { importJWK, type JWK } from 'jose'
import { fromBase64url } from '../../lib/bytes.ts'
import { isOfSmallOrder } from '../artifacts/small-order.ts'
import { invalidMetadata } from './error.ts'

/** RFC 7518 §6.2.2, §6.3.2, §6.4; RFC 8037 §2. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const CURVES: Record<string, readonly string[]> = { EC: ['P-256', 'P-384', 'P-521'], OKP: ['Ed25519', 'X25519'] }
const RSA_BITS = 2_048

/**
 * A client's public keys, checked before they are kept: at the first sign-in it would be too late.
 * @throws RegistrationError
 */
export async function checkKeys(keys: readonly Record<string, unknown>[]): Promise<readonly JWK[]> {
	const names = keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))
	if (names.some((kid) => typeof kid !== 'string' || kid === '')) throw invalidMetadata('jwks: a kid that is no text')
	if (new Set(names).size !== names.length) throw invalidMetadata('jwks: a kid comes twice')
	// Without names nobody could tell several keys of a kind apart after one of them is replaced.
	if (keys.length > 1 && names.length < keys.length) throw invalidMetadata('jwks: several keys, so each needs a kid')
	for (const key of keys) await checkKey(key as JWK)
	return keys as readonly JWK[]
}

async function checkKey(key: JWK): Promise<void> {
	const fail = (why: string) => invalidMetadata(`jwks: key ${key.kid ?? '(without kid)'}: ${why}`)
	if (PRIVATE.some((member) => member in key))
		throw fail('holds a private or symmetric part; it counts as lost, make a new one')
	if (key.use !== undefined && key.use !== 'sig' && key.use !== 'enc') throw fail('use is sig or enc')
	if (key.kty === 'RSA') {
		if (bitsOf(key.n) < RSA_BITS) throw fail(`RSA of ${RSA_BITS} bits at least`)
	} else if (!CURVES[key.kty ?? '']?.includes(key.crv ?? ''))
		throw fail('only RSA, P-256, P-384, P-521, Ed25519, X25519')
	if (key.crv === 'Ed25519' && isOfSmallOrder(key.x ?? '')) throw fail('proves nothing: a point of small order')
	try {
		await importJWK(key, algOf(key))
	} catch {
		throw fail('no library can read it')
	}
}

function bitsOf(n: unknown): number {
	if (typeof n !== 'string') return 0
	try {
		const bytes = fromBase64url(n)
		const first = bytes.findIndex((byte) => byte !== 0)
		return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24
	} catch {
		return 0
	}
}

/** One that the kind of key can do: only to have the library look at its numbers. */
function algOf({ kty, crv, alg }: JWK): string {
	if (alg !== undefined && alg !== 'none') return alg
	if (kty === 'RSA') return 'PS256'
	if (crv === 'Ed25519') return 'EdDSA'
	return crv === 'X25519' ? 'ECDH-ES' : ({ 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[crv ?? ''] ?? 'none')
}

const FITTING: Record<string, (key: JWK) => boolean> = {
	RS256: ({ kty }) => kty === 'RSA',
	PS256: ({ kty }) => kty === 'RSA',
	ES256: ({ crv }) => crv === 'P-256',
	EdDSA: ({ crv }) => crv === 'Ed25519',
	Ed25519: ({ crv }) => crv === 'Ed25519',
}

/** Whether one of the keys can sign by one of the algorithms that the profile takes of its clients. */
export const hasKeyToSign = (keys: readonly JWK[], algs: readonly string[]): boolean =>
	keys.some((key) => key.use !== 'enc' && algs.some((alg) => (key.alg ?? alg) === alg && FITTING[alg]?.(key)))
