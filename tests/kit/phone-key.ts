import { type Cbor, concat } from './cbor.ts'

/** The key pair of one software passkey: its COSE public half, and signatures as authenticators encode them. */
export type CoseAlgorithm = -7 | -8 | -257

export interface PasskeyPair {
	algorithm: CoseAlgorithm
	/** COSE_Key: label → value. */
	cose: Map<Cbor, Cbor>
	/** WebAuthn L3 §6.5.5: ES256 in ASN.1 DER, the others raw. */
	sign(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

const fromJwk = (part: string | undefined): Uint8Array<ArrayBuffer> =>
	Uint8Array.fromBase64(part ?? '', { alphabet: 'base64url' })

/** r||s as ASN.1 SEQUENCE of two INTEGERs. */
function toDer(raw: Uint8Array): Uint8Array<ArrayBuffer> {
	const integer = (bytes: Uint8Array): Uint8Array => {
		const start = bytes.findIndex((byte) => byte !== 0)
		const trimmed = start < 0 ? Uint8Array.of(0) : bytes.subarray(start)
		const positive = (trimmed[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), trimmed) : trimmed
		return concat(Uint8Array.of(0x02, positive.length), positive)
	}
	const body = concat(integer(raw.subarray(0, raw.length / 2)), integer(raw.subarray(raw.length / 2)))
	return concat(Uint8Array.of(0x30, body.length), body)
}

async function es256(): Promise<PasskeyPair> {
	const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
	const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
	return {
		algorithm: -7,
		cose: new Map<Cbor, Cbor>([
			[1, 2],
			[3, -7],
			[-1, 1],
			[-2, fromJwk(jwk.x)],
			[-3, fromJwk(jwk.y)],
		]),
		sign: async (data) =>
			toDer(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, data))),
	}
}

async function ed25519(): Promise<PasskeyPair> {
	const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
	const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
	return {
		algorithm: -8,
		cose: new Map<Cbor, Cbor>([
			[1, 1],
			[3, -8],
			[-1, 6],
			[-2, fromJwk(jwk.x)],
		]),
		sign: async (data) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, data)),
	}
}

async function rs256(): Promise<PasskeyPair> {
	const pair = await crypto.subtle.generateKey(
		{
			name: 'RSASSA-PKCS1-v1_5',
			modulusLength: 2048,
			publicExponent: Uint8Array.of(1, 0, 1),
			hash: 'SHA-256',
		},
		true,
		['sign', 'verify'],
	)
	const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
	return {
		algorithm: -257,
		cose: new Map<Cbor, Cbor>([
			[1, 3],
			[3, -257],
			[-1, fromJwk(jwk.n)],
			[-2, fromJwk(jwk.e)],
		]),
		sign: async (data) => new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', pair.privateKey, data)),
	}
}

export function newPasskeyPair(algorithm: CoseAlgorithm): Promise<PasskeyPair> {
	if (algorithm === -8) return ed25519()
	return algorithm === -257 ? rs256() : es256()
}
