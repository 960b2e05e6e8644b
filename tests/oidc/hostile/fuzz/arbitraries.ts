import fc from 'fast-check'
import type { Server } from '../kit/server.ts'

/** What is tried: texts, addresses, parameters, what looks like a JWT, what looks like JSON of ours. */
export const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 60 }),
	fc.string({ unit: 'grapheme', maxLength: 60 }),
	fc.string({ maxLength: 300 }),
	fc.constantFrom(
		'',
		' ',
		'\u0000',
		'\r\n',
		'__proto__',
		'constructor',
		'%00',
		'\ud800',
		'[]',
		'{}',
		'null',
		'-0',
		'1e999',
	),
)
export const anyJson = fc.jsonValue({ maxDepth: 4, noUnicodeString: false })

/** A URI that is nearly the registered one: pieces of it, cut, doubled, spoilt. */
export const nearly = (uri: string): fc.Arbitrary<string> =>
	fc
		.record({
			at: fc.nat(uri.length),
			cut: fc.nat(4),
			put: fc.oneof(
				text,
				fc.constantFrom('/', '//', '@', '#', '?', '%2f', '\\', '..', ':443', '.evil.example', 'evil.example/'),
			),
		})
		.map(({ at, cut, put }) => uri.slice(0, at) + put + uri.slice(at + cut))

const NAMES = [
	...['response_type', 'redirect_uri', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'prompt'],
	...['max_age', 'acr_values', 'claims', 'authorization_details', 'resource', 'request', 'request_uri', 'dpop_jkt'],
	...[
		'id_token_hint',
		'login_hint',
		'ui_locales',
		'display',
		'response_mode',
		'client_id',
		'grant_type',
		'code',
		'token',
	],
	...['code_verifier', 'refresh_token', 'client_secret', 'client_assertion', 'client_assertion_type', '__proto__'],
]
export const pairs = fc.array(
	fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: text }), text),
	{
		maxLength: 12,
	},
)

const part = (value: fc.Arbitrary<unknown>) =>
	value.map((each) => Buffer.from(JSON.stringify(each) ?? '').toString('base64url'))
const member = (names: string[], values: fc.Arbitrary<unknown>) =>
	fc.dictionary(fc.constantFrom(...names), values, { maxKeys: names.length })
const HEADER = ['alg', 'kid', 'typ', 'crit', 'jwk', 'jku', 'x5c', 'b64', 'zip', 'enc', 'epk', 'apu', 'p2c', '__proto__']
const CLAIMS = [
	'iss',
	'sub',
	'aud',
	'exp',
	'nbf',
	'iat',
	'jti',
	'sid',
	'client_id',
	'htm',
	'htu',
	'ath',
	'nonce',
	'cnf',
	'resource',
]
const ALGS = [
	'none',
	'ES256',
	'PS256',
	'EdDSA',
	'Ed25519',
	'HS256',
	'RSA-OAEP-256',
	'ECDH-ES',
	'PBES2-HS256+A128KW',
	'dir',
]
/** @param server whose names, keys and time are among what is tried */
export function jwtishFor({ casts: { fapi2, oidc }, issuer, now: time }: Server): fc.Arbitrary<string> {
	const now = Math.floor(time() / 1_000)
	const value = fc.oneof(
		anyJson,
		text,
		fc.constantFrom<unknown>(
			...ALGS,
			fapi2.rp.id,
			oidc.rp.id,
			issuer,
			[issuer],
			now,
			now + 60,
			'dpop+jwt',
			'POST',
			'GET',
		),
		fc.constantFrom<unknown>(fapi2.rp.keys[0]?.kid, fapi2.rp.keys[0]?.publicJwk, fapi2.dpop?.publicJwk, {
			kty: 'oct',
			k: '',
		}),
	)
	return fc.oneof(
		{
			weight: 6,
			arbitrary: fc
				.tuple(
					part(member(HEADER, value)),
					part(fc.oneof(member(CLAIMS, value), anyJson)),
					fc.base64String({ maxLength: 100 }),
				)
				.map((parts) => parts.join('.').replace(/[+/=]/g, '-')),
		},
		{
			weight: 1,
			arbitrary: fc.array(fc.base64String({ maxLength: 60 }), { maxLength: 6 }).map((parts) => parts.join('.')),
		},
		{ weight: 1, arbitrary: text },
	)
}

/** What a header field may hold. */
export const inHeader = (text: string): string => text.replace(/[^\x20-\x7e\x80-\xff]/g, '-').trim() || '-'

const wish = fc.oneof(
	fc.constant(null),
	fc.record(
		{ essential: fc.oneof(fc.boolean(), anyJson), value: anyJson, values: fc.array(anyJson) },
		{ requiredKeys: [] },
	),
	anyJson,
)
export const someClaims = fc.dictionary(
	fc.oneof(fc.constantFrom('pid', 'name', 'sub', 'acr', 'auth_time', '__proto__'), text),
	wish,
)
export const detail = fc.oneof(
	fc.record(
		{
			type: fc.oneof(fc.constantFrom('dopa_mandate', 'dopa_document_signature', '__proto__', 'toString'), anyJson),
			act: fc.oneof(text, anyJson),
			delegate: text,
			valid_from: fc.oneof(fc.constant('2026-01-01'), text),
			valid_until: fc.oneof(fc.constant('2026-02-01'), text, anyJson),
		},
		{ requiredKeys: ['type'] },
	),
	anyJson,
)
