import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { importJWK, type JWK } from 'jose'
import { type Bytes, base64url, utf8 } from '../../lib/bytes.ts'
import type { SigningAlg } from '../wire.ts'

/** A key of the provider that is opened: the same key in the two forms that the runtimes sign with. */
export interface SigningKey {
	kid: string
	alg: SigningAlg
	privateKey: CryptoKey
	/** For everything but PS256. */
	keyObject: KeyObject
}

/** @throws Error where the JWK is no private key of the algorithm */
export async function openKey({ kid, alg, jwk }: { kid: string; alg: SigningAlg; jwk: JWK }): Promise<SigningKey> {
	return {
		kid,
		alg,
		privateKey: (await importJWK(jwk, alg)) as CryptoKey,
		keyObject: createPrivateKey({ key: jwk, format: 'jwk' }),
	}
}

/** `typ` and what else belongs to the kind of JWT; `alg` and `kid` are the key's. */
export interface JwtHeader {
	typ: string
}

/**
 * RFC 7515 §7.1, compact. Every signature of the provider is made here. node:crypto answers at once on Bun and on
 * workerd, for ES256 at less than half of WebCrypto's cost; PSS with a KeyObject is the one that workerd does not know.
 * @param payload the JSON's bytes, signed as they are
 */
export async function signJwt(key: SigningKey, header: JwtHeader, payload: Uint8Array): Promise<string> {
	const input = `${encodedHeader(key, header)}.${base64url(payload)}`
	return `${input}.${base64url(await signatureOf(key, utf8(input)))}`
}

/** Characters of everything but the payload, dots included. */
export const frameLength = (key: SigningKey, header: JwtHeader): number =>
	encodedHeader(key, header).length + SIGNATURE_LENGTH[key.alg] + 2

const SIGNATURE_LENGTH = { RS256: 342, PS256: 342, ES256: 86, EdDSA: 86 } as const satisfies Record<SigningAlg, number>

const headers = new WeakMap<SigningKey, Map<string, string>>()

/** The same for each token of its kind, so it is spelt once. */
function encodedHeader(key: SigningKey, header: JwtHeader): string {
	let known = headers.get(key)
	if (!known) {
		known = new Map()
		headers.set(key, known)
	}
	let encoded = known.get(header.typ)
	if (encoded === undefined) {
		encoded = base64url(utf8(JSON.stringify({ alg: key.alg, kid: key.kid, ...header })))
		known.set(header.typ, encoded)
	}
	return encoded
}

function signatureOf({ alg, keyObject, privateKey }: SigningKey, input: Bytes): Uint8Array | Promise<Uint8Array> {
	if (alg === 'PS256')
		return crypto.subtle.sign({ name: 'RSA-PSS', saltLength: 32 }, privateKey, input).then((it) => new Uint8Array(it))
	if (alg === 'ES256') return rawSignature(sign('sha256', input, keyObject))
	return sign(alg === 'EdDSA' ? null : 'sha256', input, keyObject)
}

const HALF = 32

/**
 * RFC 7518 §3.4 wants r and s, 32 bytes each, one after the other. What comes is DER (RFC 3279 §2.2.3): a sequence of
 * two integers, shorter where they begin with zeros, longer by a zero where the first bit is set.
 */
export function rawSignature(der: Uint8Array): Bytes {
	const raw = new Uint8Array(2 * HALF)
	// 30 length 02 length r 02 length s; a P-256 signature is shorter than 128 bytes, so each length is one byte.
	let at = 2
	for (const end of [HALF, 2 * HALF]) {
		const length = der[at + 1] ?? 0
		const number = der.subarray(at + 2, at + 2 + length)
		const significant = number.subarray(Math.max(0, length - HALF))
		raw.set(significant, end - significant.length)
		at += 2 + length
	}
	return raw
}
