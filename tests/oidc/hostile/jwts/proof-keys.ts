import type { Mutation } from './mutation.ts'
import { header, type Json, seal } from './seal.ts'

const changedKey = (what: string, by: (jwk: Json) => unknown): Mutation => ({
	what: `jwk ${what}`,
	forge: (good) => seal(good, header(good, { jwk: by(good.header.jwk as Json) })),
})
const without = (jwk: Json, name: string) => ({ ...jwk, [name]: undefined })

/** RFC 9449 §4.3 points 5, 7: a public key of an asymmetric algorithm, in the header, and the one that signed. */
export const proofKeys: Mutation[] = [
	changedKey('missing', () => undefined),
	changedKey('null', () => null),
	changedKey('a text', (jwk) => JSON.stringify(jwk)),
	changedKey('a list', (jwk) => [jwk]),
	changedKey('empty', () => ({})),
	changedKey('without kty', (jwk) => without(jwk, 'kty')),
	changedKey('without crv', (jwk) => without(jwk, 'crv')),
	changedKey('without x', (jwk) => without(jwk, 'x')),
	changedKey('without y', (jwk) => without(jwk, 'y')),
	changedKey('with its private half', (jwk) => ({ ...jwk, d: 'A'.repeat(43) })),
	changedKey('with an empty private half', (jwk) => ({ ...jwk, d: '' })),
	changedKey('with a private half of null', (jwk) => ({ ...jwk, d: null })),
	changedKey('with a member of a symmetric key', (jwk) => ({ ...jwk, k: 'AAAA' })),
	changedKey('that is symmetric', () => ({ kty: 'oct', k: 'A'.repeat(43), alg: 'HS256' })),
	changedKey('of a kind in small letters', (jwk) => ({ ...jwk, kty: 'ec' })),
	changedKey('of a kind that nobody knows', (jwk) => ({ ...jwk, kty: '__proto__' })),
	changedKey('of a number for a kind', (jwk) => ({ ...jwk, kty: 1 })),
	changedKey('of another curve', (jwk) => ({ ...jwk, crv: 'P-384' })),
	changedKey('of secp256k1', (jwk) => ({ ...jwk, crv: 'secp256k1' })),
	changedKey('beside the curve', (jwk) => ({ ...jwk, y: jwk.x })),
	changedKey('at zero', (jwk) => ({ ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) })),
	changedKey('with a coordinate too short', (jwk) => ({ ...jwk, x: 'AAAA' })),
	changedKey('with a coordinate too long', (jwk) => ({ ...jwk, x: `${jwk.x}AAAA` })),
	changedKey('with a coordinate of numbers', (jwk) => ({ ...jwk, x: [1, 2, 3] })),
	changedKey('with a coordinate that is no base64url', (jwk) => ({ ...jwk, x: '!'.repeat(43) })),
	changedKey('with 10,000 letters', (jwk) => ({ ...jwk, x: 'A'.repeat(10_000) })),
	changedKey('of RSA with an exponent of one', () => ({ kty: 'RSA', n: `u${'A'.repeat(341)}`, e: 'AQ' })),
	changedKey('of RSA with an even modulus', () => ({ kty: 'RSA', n: `u${'A'.repeat(341)}`, e: 'AQAB' })),
	{
		what: "somebody else's jwk",
		forge: (good) => seal(good, header(good, { jwk: good.stranger.publicJwk })),
	},
	{
		what: 'x5c for a jwk',
		forge: (good) => seal(good, header(good, { jwk: undefined, x5c: ['MIIBIjANBg'] })),
	},
	{
		what: 'kid for a jwk',
		forge: (good) => seal(good, header(good, { jwk: undefined, kid: good.key.kid })),
	},
	{
		what: 'jku for a jwk',
		forge: (good) => seal(good, header(good, { jwk: undefined, jku: 'https://evil.example/jwks' })),
	},
	...[undefined, null, 'jwt', 'DPoP+jwt', 'dpop+JWT', 'application/dpop+jwt', 1, ['dpop+jwt']].map(
		(typ): Mutation => ({
			what: `typ ${JSON.stringify(typ)}`,
			forge: (good) => seal(good, header(good, { typ })),
		}),
	),
]
