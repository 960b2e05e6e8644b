import { type Mutation, rows } from './mutation.ts'
import { bytes, encode, type Good, N, negated, pair, seal, withPart } from './seal.ts'

const ZERO = bytes(0n)
const ONE = bytes(1n)

function der(signature: Uint8Array): Uint8Array {
	const integer = (part: Uint8Array) => {
		const lead = (part[0] ?? 0) > 127 ? [0, ...part] : [...part]
		return [2, lead.length, ...lead]
	}
	const body = [...integer(signature.slice(0, 32)), ...integer(signature.slice(32))]
	return new Uint8Array([0x30, body.length, ...body])
}

const SIGNATURES: Record<string, (signature: Uint8Array) => Uint8Array> = {
	'all zeros': () => new Uint8Array(64),
	'all ones': () => new Uint8Array(64).fill(255),
	'r = 0': (signature) => pair(ZERO, signature.slice(32)),
	's = 0': (signature) => pair(signature.slice(0, 32), ZERO),
	'r = n': (signature) => pair(bytes(N), signature.slice(32)),
	's = n': (signature) => pair(signature.slice(0, 32), bytes(N)),
	'r = s = 1': () => pair(ONE, ONE),
	'r and s turned round': (signature) => pair(signature.slice(32), signature.slice(0, 32)),
	'in DER': der,
	'a byte short': (signature) => signature.slice(0, -1),
	'a byte long': (signature) => new Uint8Array([...signature, 0]),
	'half of it': (signature) => signature.slice(0, 32),
	twice: (signature) => new Uint8Array([...signature, ...signature]),
	'of one byte': () => new Uint8Array(1),
	...Object.fromEntries(
		[0, 1, 15, 31, 32, 47, 62, 63].map((at) => [
			`with a bit of byte ${at} turned`,
			(signature: Uint8Array) => signature.with(at, (signature[at] ?? 0) ^ 1),
		]),
	),
}

/** RFC 7515 §5.2, RFC 7518 §3.4: the signature, for keys on P-256. */
export const signatures: Mutation[] = [
	...rows(SIGNATURES, (signature, name) => ({
		what: `a signature ${name}`,
		forge: (good) => seal(good, { signature }),
	})),
	{
		what: 'the signature of other claims',
		async forge(good) {
			const [, , signature = ''] = (await seal(good, { claims: { ...good.claims, x: 1 } })).split('.')
			return withPart(good, 2, () => signature)
		},
	},
	{
		what: 'another header under the signature',
		forge: (good) => withPart(good, 0, () => encode(JSON.stringify({ ...good.header, x: 1 }))),
	},
	{
		what: 'other claims under the signature',
		forge: (good) => withPart(good, 1, () => encode(JSON.stringify({ ...good.claims, x: 1 }))),
	},
]

/** 64 bytes end on four bits that mean nothing: with others set, the text is another one and the bytes are the same. */
function otherLastLetter(jwt: string): string {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
	return jwt.slice(0, -1) + letters[letters.indexOf(jwt.at(-1) ?? 'A') | 1]
}

/** Other texts that say the same: they are taken, and count as the one that they are. */
export const same: Record<string, (good: Good) => Promise<string>> = {
	'another letter at its end, of the same bytes': async (good) => otherLastLetter(await seal(good)),
	'the other signature that a signature has': (good) => seal(good, { signature: negated }),
	'white space in the claims': (good) => seal(good, { claimsText: JSON.stringify(good.claims, null, 2) }),
	'white space in the header': (good) => seal(good, { headerText: ` ${JSON.stringify(good.header, null, 2)}\n` }),
	'names written by escapes': (good) =>
		seal(good, { claimsText: JSON.stringify(good.claims).replace('"iat"', '"\\u0069at"') }),
	'a claim that nobody knows': (good) => seal(good, { claims: { ...good.claims, 'urn:unknown': 'x' } }),
}
