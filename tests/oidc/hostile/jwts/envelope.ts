import { createHmac } from 'node:crypto'
import { exportSPKI, importJWK } from 'jose'
import { type Mutation, rows } from './mutation.ts'
import { encode, type Good, header, type Json, seal } from './seal.ts'

const unsigned = (good: Good, alg: unknown, tail = ''): string =>
	`${encode(JSON.stringify({ ...good.header, alg }))}.${encode(JSON.stringify(good.claims))}.${tail}`

function hmac(good: Good, secret: string, alg = 'HS256'): string {
	const signed = `${encode(JSON.stringify({ ...good.header, alg }))}.${encode(JSON.stringify(good.claims))}`
	return `${signed}.${createHmac(`sha${alg.slice(2)}`, secret)
		.update(signed)
		.digest('base64url')}`
}

async function pem(good: Good): Promise<string> {
	return exportSPKI((await importJWK(good.key.publicJwk, good.key.alg, { extractable: true })) as CryptoKey)
}

/** RFC 8725 §3.1, §3.2: the algorithm is the one that was agreed upon. */
export const algorithms: Mutation[] = [
	...['none', 'None', 'nOnE', 'NONE', ' none', 'none\u0000'].map(
		(alg): Mutation => ({
			what: `alg «${alg}», no signature`,
			forge: async (good) => unsigned(good, alg),
		}),
	),
	{
		what: 'alg none with the good signature',
		forge: async (good) => unsigned(good, 'none', (await seal(good)).split('.')[2]),
	},
	...rows<unknown>(
		{ missing: undefined, null: null, 'a number': 256, empty: '', 'a list': ['ES256'], 'an object': { ES256: 1 } },
		(alg, name) => ({ what: `alg ${name}`, forge: (good) => seal(good, header(good, { alg })) }),
	),
	...[
		'es256',
		'ES256 ',
		'ES256K',
		'ES384',
		'ES512',
		'RS256',
		'RS1',
		'PS256',
		'HS256',
		'dir',
		'RSA-OAEP',
		'__proto__',
	].map(
		(alg): Mutation => ({
			what: `alg «${alg}» over the good key's signature`,
			forge: (good) => seal(good, header(good, { alg: alg === good.key.alg ? 'ES521' : alg })),
		}),
	),
	{ what: 'HS256 by the public key as PEM', forge: async (good) => hmac(good, await pem(good)) },
	{ what: 'HS256 by the public key as PEM, trimmed', forge: async (good) => hmac(good, (await pem(good)).trim()) },
	{ what: 'HS512 by the public key as PEM', forge: async (good) => hmac(good, await pem(good), 'HS512') },
	{ what: 'HS256 by the public key as JWK', forge: async (good) => hmac(good, JSON.stringify(good.key.publicJwk)) },
	{
		what: 'HS256 by one coordinate',
		forge: async (good) => hmac(good, String(good.key.publicJwk.x ?? good.key.publicJwk.n)),
	},
	{ what: 'HS256 by nothing', forge: async (good) => hmac(good, '') },
	{ what: 'HS256 by the client_id', forge: async (good) => hmac(good, good.client) },
	{ what: "somebody else's signature", forge: (good) => seal(good, { key: good.stranger }) },
]

/** RFC 7515 §4.1.11, RFC 7797: what has to be understood and is not. */
export const critical: Mutation[] = rows<Json>(
	{
		'crit of what nobody knows': { crit: ['odd'], odd: true },
		'crit of exp': { crit: ['exp'], exp: 1 },
		'crit of nothing': { crit: [] },
		'crit that is a text': { crit: 'exp' },
		'crit of what is not there': { crit: ['odd'] },
		'crit of a registered name': { crit: ['alg'] },
		'crit twice the same': { crit: ['odd', 'odd'], odd: 1 },
		'b64 false and critical': { crit: ['b64'], b64: false },
	},
	(more, what) => ({ what, forge: (good) => seal(good, header(good, more)) }),
)

const TYPES = [
	'at+jwt',
	'dpop+jwt',
	'oauth-authz-req+jwt',
	'client-authentication+jwt',
	'logout+jwt',
	'secevent+jwt',
	'token-introspection+jwt',
	'vc+sd-jwt',
]

/** RFC 8725 §3.11: one kind of JWT is never taken for another. @param own those that this kind may have */
export const types = (own: readonly string[]): Mutation[] =>
	[...TYPES, ...TYPES.slice(0, 4).map((typ) => `application/${typ}`)]
		.filter((typ) => !own.includes(typ.replace('application/', '')))
		.map((typ) => ({ what: `typ ${typ}`, forge: (good) => seal(good, header(good, { typ })) }))

const KIDS: Record<string, unknown> = {
	'that nobody has': 'unknown',
	'that is a path': '../../../../etc/passwd',
	'that is /dev/null': '/dev/null',
	'that is SQL': "x' UNION SELECT 'AA==' --",
	'that is a URL': 'https://evil.example/key',
	'of 10,000 letters': 'k'.repeat(10_000),
	'that is a number': 1,
	'that is a list': ['a'],
	'that is an object': { kid: 'a' },
	empty: '',
	__proto__: '__proto__',
	'with a NUL': 'a\u0000b',
}

/** RFC 8725 §3.10, §3.8; RFC 7515 §4.1.2 to §4.1.8: the key is the registered one, whatever the header offers. */
export const keys: Mutation[] = [
	...rows(KIDS, (kid, name) => ({
		what: `a kid ${name}, and a key of one's own`,
		forge: (good) => seal(good, { ...header(good, { kid }), key: good.stranger }),
	})),
	{ what: 'the kid of another client', forge: (good) => seal(good, header(good, { kid: good.stranger.kid })) },
	{
		what: "another client's key and kid",
		forge: (good) => seal(good, { ...header(good, { kid: good.stranger.kid }), key: good.stranger }),
	},
	...(['jwk', 'jku', 'x5u', 'x5c'] as const).flatMap((name): Mutation[] =>
		[true, false].map((withKid) => ({
			what: `one's own key by ${name}${withKid ? '' : ', without kid'}`,
			forge(good) {
				const offered = {
					jwk: good.stranger.publicJwk,
					jku: 'https://evil.example/jwks',
					x5u: 'https://evil.example/cert.pem',
					x5c: ['MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A'],
				}[name]
				const kid = withKid ? good.stranger.kid : undefined
				return seal(good, { ...header(good, { kid, [name]: offered }), key: good.stranger })
			},
		})),
	),
]

const NOT_COMPACT: Record<string, (jwt: string) => string> = {
	'a part more': (jwt) => `${jwt}.x`,
	'an empty part more': (jwt) => `${jwt}.`,
	'two parts more, as if encrypted': (jwt) => `${jwt}.x.y`,
	'a part less': (jwt) => jwt.split('.').slice(0, 2).join('.'),
	'no signature': (jwt) => jwt.replace(/[^.]+$/, ''),
	'no header': (jwt) => jwt.replace(/^[^.]+/, ''),
	'no claims': (jwt) => jwt.replace(/\.[^.]+\./, '..'),
	'only dots': () => '..',
	'one dot': () => '.',
	'a dot before': (jwt) => `.${jwt}`,
	'padding behind': (jwt) => `${jwt}==`,
	'padding in the middle': (jwt) => jwt.replace('.', '=.'),
	'a space behind': (jwt) => `${jwt} .`,
	'a space in it': (jwt) => jwt.replace('.', ' .'),
	'a letter of base64': (jwt) => jwt.replace(/^../, 'e+'),
	'a letter that none has': (jwt) => jwt.replace(/^../, 'e!'),
	'a percent sign': (jwt) => jwt.replace('.', '%2E'),
	'Thai digits': (jwt) => jwt.replace(/\d/, '๑'),
	'a letter lost': (jwt) => jwt.slice(0, -1),
	'a letter more': (jwt) => `${jwt}A`,
	'JSON, flattened': (jwt) =>
		JSON.stringify({ protected: jwt.split('.')[0], payload: jwt.split('.')[1], signature: jwt.split('.')[2] }),
	'JSON, general': (jwt) =>
		JSON.stringify({
			payload: jwt.split('.')[1],
			signatures: [{ protected: jwt.split('.')[0], signature: jwt.split('.')[2] }],
		}),
	'two of them': (jwt) => `${jwt}.${jwt}`,
	'its parts turned round': (jwt) => jwt.split('.').reverse().join('.'),
}

/** RFC 7515 §3.1, §5.2: three parts of base64url, and nothing besides. */
export const serialisation: Mutation[] = rows(NOT_COMPACT, (spoil, what) => ({
	what,
	forge: async (good) => spoil(await seal(good)),
}))

const DEEP = 20_000
const TEXTS: Record<string, (text: string, good: Good) => string | Uint8Array> = {
	'a list': (text) => `[${text}]`,
	'a text': (text) => JSON.stringify(text),
	null: () => 'null',
	'a number': () => '1',
	nothing: () => '',
	'no JSON': () => 'iss=rp',
	'JSON and more behind': (text) => `${text}x`,
	'two objects': (text) => text + text,
	'a comma too many': (text) => text.replace(/}$/, ',}'),
	'single quotes': (text) => text.replaceAll('"', "'"),
	'a comment': (text) => text.replace('{', '{/* x */'),
	'no UTF-8': () => new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
	'a list in a list, 20,000 deep': () => '['.repeat(DEEP) + ']'.repeat(DEEP),
}

/** RFC 7519 §7.2: the claims are one JSON object. */
export const payloads: Mutation[] = [
	...rows(TEXTS, (by, name) => ({
		what: `for claims, ${name}`,
		forge: (good) => seal(good, { claimsText: by(JSON.stringify(good.claims), good) }),
	})),
	...rows(TEXTS, (by, name) => ({
		what: `for a header, ${name}`,
		forge(good: Good) {
			const text = by(JSON.stringify(good.header), good)
			return seal(good, { headerText: typeof text === 'string' ? text : '\u0000' })
		},
	})),
]
