import {
	CompactSign,
	calculateJwkThumbprint,
	decodeJwt,
	decodeProtectedHeader,
	exportJWK,
	type JWK,
	SignJWT,
} from 'jose'
import { newSecret, systemRandom } from '../../../../src/lib/random.ts'
import { createKeyRing } from '../../../../src/oidc/index.ts'
import type { Provider } from '../../kit/provider.ts'
import type { Rp, RpKey } from '../../kit/relying-party.ts'

/**
 * What the suite knows of its own relying parties, and what a forger knows of the server: the broken servers use it to
 * set right what they should have refused.
 */
export interface Book {
	readonly provider: Provider
	readonly issuer: string
	/** Seconds since 1970, by the server's clock. */
	now(): number
	clients: Map<string, Rp>
	/** PKCE verifiers by challenge. */
	verifiers: Map<string, string>
	/** DPoP keys by thumbprint. */
	proofKeys: Map<string, DpopKey>
	/** Signs as the server does. @param header replaces the good one */
	sign(payload: object, alg: string, header?: object): Promise<string>
}

export interface DpopKey {
	alg: string
	privateKey: CryptoKey
	jwk: JWK
	jkt: string
}

export function createBook(provider: Provider): Book {
	const keys = createKeyRing(provider)
	return {
		provider,
		issuer: provider.issuer,
		now: () => Math.floor(provider.clock.now() / 1_000),
		clients: new Map(),
		verifiers: new Map(),
		proofKeys: new Map(),
		async sign(payload, alg, header) {
			const key = await keys.signingKey(alg as Parameters<typeof keys.signingKey>[0])
			return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
				.setProtectedHeader({ alg, ...(header ?? { kid: key.kid, typ: 'JWT' }) })
				.sign(key.privateKey)
		},
	}
}

/** A key pair for DPoP proofs. */
export async function newDpopKey(alg: 'ES256' | 'PS256' = 'ES256'): Promise<DpopKey> {
	const algorithm =
		alg === 'ES256'
			? { name: 'ECDSA', namedCurve: 'P-256' }
			: { name: 'RSA-PSS', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
	const { privateKey, publicKey } = (await crypto.subtle.generateKey(algorithm, true, [
		'sign',
		'verify',
	])) as CryptoKeyPair
	const jwk = await exportJWK(publicKey)
	return { alg, privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) }
}

/** A good client assertion (RFC 7523 §3), or one with claims changed; `undefined` takes one away. */
export async function clientAssertion(
	book: Book,
	client: Rp,
	changes: Record<string, unknown> = {},
	key: RpKey | undefined = client.keys[0],
	alg = key?.alg,
): Promise<string> {
	if (!key || !alg) throw new Error(`${client.id} has no key`)
	const now = book.now()
	const jti = newSecret(systemRandom)
	const good = { iss: client.id, sub: client.id, aud: book.issuer, jti, iat: now, nbf: now, exp: now + 60 }
	const claims = JSON.parse(JSON.stringify({ ...good, ...changes })) as Record<string, unknown>
	return new SignJWT(claims).setProtectedHeader({ alg, kid: key.kid }).sign(key.privateKey)
}

/** What a client assertion says, signed or not. */
export const readJwt = (jwt: string): { header: Record<string, unknown>; payload: Record<string, unknown> } => ({
	header: decodeProtectedHeader(jwt) as Record<string, unknown>,
	payload: decodeJwt(jwt),
})
