import { base64url } from 'jose'
import type { RpKey } from '../../kit/relying-party.ts'

export type Json = Record<string, unknown>

/** A good JWT of some kind, taken apart, and what an attacker has besides. */
export interface Good {
	header: Json
	claims: Json
	key: RpKey
	/** Somebody else's key, of the same algorithm. */
	stranger: RpKey
	/** The client it is from, or for; and another one. */
	client: string
	other: string
	issuer: string
	/** s */
	now: number
}

/** What differs from the good one. */
export interface Parts {
	header?: unknown
	claims?: unknown
	/** The JSON as it is signed, where no object could say it. */
	headerText?: string
	claimsText?: string | Uint8Array
	key?: RpKey
	/** Does something to the signature. */
	signature?: (signature: Uint8Array) => Uint8Array
}

const utf8 = (text: string) => new TextEncoder().encode(text)
export const encode = (bytes: string | Uint8Array): string => base64url.encode(bytes)

/** Signs it as it is said, whatever that is. */
export async function seal(good: Good, parts: Parts = {}): Promise<string> {
	const header = parts.headerText ?? JSON.stringify(parts.header ?? good.header)
	const claims = parts.claimsText ?? JSON.stringify(parts.claims ?? good.claims)
	const signed = `${encode(header)}.${encode(claims)}`
	const signature = await sign(parts.key ?? good.key, signed)
	return `${signed}.${encode((parts.signature ?? ((same) => same))(signature))}`
}

const ALGORITHMS: Record<string, AlgorithmIdentifier | EcdsaParams | RsaPssParams> = {
	ES256: { name: 'ECDSA', hash: 'SHA-256' },
	ES384: { name: 'ECDSA', hash: 'SHA-384' },
	RS256: { name: 'RSASSA-PKCS1-v1_5' },
	PS256: { name: 'RSA-PSS', saltLength: 32 },
	EdDSA: { name: 'Ed25519' },
}

export async function sign(key: RpKey, text: string): Promise<Uint8Array> {
	const algorithm = ALGORITHMS[key.alg]
	if (!algorithm) throw new Error(`cannot sign ${key.alg}`)
	return new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, utf8(text)))
}

/** The good one with one part of its text changed. @param index 0 header, 1 claims, 2 signature */
export async function withPart(good: Good, index: number, by: (part: string) => string): Promise<string> {
	const parts = (await seal(good)).split('.')
	return parts.with(index, by(parts[index] ?? '')).join('.')
}

/** Claims with some changed; `undefined` leaves one out. */
export const claims = (good: Good, more: Json): Parts => ({ claims: { ...good.claims, ...more } })
export const header = (good: Good, more: Json): Parts => ({ header: { ...good.header, ...more } })

/** The order of P-256. */
export const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
export const bytes = (value: bigint) => new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'))
export const pair = (r: Uint8Array, s: Uint8Array) => new Uint8Array([...r, ...s])

/** The other signature that an ECDSA signature has: (r, n − s). */
export const negated = (signature: Uint8Array): Uint8Array =>
	pair(signature.slice(0, 32), bytes(N - number(signature.slice(32))))
