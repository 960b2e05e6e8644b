import { describe, expect, test } from 'bun:test'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { hashSecret } from '../../src/lib/crypto.ts'
import { noOutbound, type Outbound, OutboundRefused } from '../../src/lib/outbound.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { type ClientRow, metadataOf, RegistrationError, readRegistration } from '../../src/oidc/index.ts'

const publicKey = async (alg: string, said: JWK = {}) => ({
	...(await exportJWK((await generateKeyPair(alg, { extractable: true })).publicKey)),
	...said,
})
const signing = await publicKey('ES256', { kid: 'sig', use: 'sig', alg: 'ES256' })
const encrypting = await publicKey('RSA-OAEP-256', { kid: 'enc', use: 'enc' })
const rsa = await publicKey('RS256')
const small = {
	kty: 'RSA',
	e: 'AQAB',
	n: Buffer.concat([Buffer.from([0x7f]), Buffer.alloc(255, 1)]).toString('base64url'),
}

const URI = 'https://www.agency.example/callback'
const names = {
	client_name: 'An agency',
	'client_name#th': 'หน่วยงาน',
	purpose: 'To be tested',
	'purpose#th': 'เพื่อทดสอบ',
	redirect_uris: [URI],
}
const GOOD = {
	fapi2: { ...names, scope: 'openid pid', jwks: { keys: [signing] } },
	oidc: { ...names, profile: 'oidc', scope: 'openid name' },
	'thaid-v2': { ...names, profile: 'thaid-v2', scope: 'pid name' },
}
type ProfileName = keyof typeof GOOD

const listing = (answer: unknown, status = 200): Outbound => ({
	...noOutbound,
	get: async () => ({
		status,
		contentType: 'application/json',
		text: typeof answer === 'string' ? answer : JSON.stringify(answer),
	}),
})

const read = (
	value: unknown,
	{
		outbound = noOutbound,
		loopback = false,
		...more
	}: { outbound?: Outbound; loopback?: boolean; previous?: ClientRow; renewSecret?: boolean } = {},
) => readRegistration({ random: systemRandom, now: 7, outbound, loopback }, value, more)

const refusal = async (value: unknown, options: Parameters<typeof read>[1] = {}): Promise<string> => {
	try {
		await read(value, options)
		return 'registered'
	} catch (error) {
		if (!(error instanceof RegistrationError)) throw error
		return `${error.error}: ${error.description}`
	}
}

describe('what a profile gives where nothing is said', () => {
	const EXPECTED: Record<ProfileName, Partial<ClientRow>> = {
		fapi2: { authMethod: 'private_key_jwt', idTokenAlg: 'ES256', requirePkce: true, dpopBound: true, secretHash: null },
		oidc: { authMethod: 'client_secret_basic', idTokenAlg: 'RS256', requirePkce: false, dpopBound: false, jwks: null },
		'thaid-v2': { idTokenAlg: 'ES256', requirePkce: false, grantTypes: '["authorization_code","refresh_token"]' },
	}
	test.each(Object.keys(GOOD) as ProfileName[])('%s', async (profile) => {
		const { row } = await read(GOOD[profile])
		expect(row).toMatchObject({
			...EXPECTED[profile],
			profile,
			status: 'live',
			domain: 'www.agency.example',
			sector: 'www.agency.example',
			nameTh: 'หน่วยงาน',
			silent: false,
			pidAsSubject: false,
			createdAt: 7,
		})
		expect(row.id).toMatch(/^rp_[\w-]{22}$/)
	})

	test('a secret is 256 bits that need no escaping; what is kept is its hash', async () => {
		const { row, secret } = await read(GOOD.oidc)
		expect(secret).toMatch(/^[0-9a-f]{64}$/)
		expect(row.secretHash).toBe(hashSecret(secret ?? ''))
		expect((await read(GOOD.oidc)).secret).not.toBe(secret)
	})

	test('a public client has no secret and has to use PKCE', async () => {
		const { row, secret } = await read({ ...GOOD.oidc, token_endpoint_auth_method: 'none' })
		expect([secret, row.secretHash, row.requirePkce]).toEqual([null, null, true])
	})

	test.each(Object.keys(GOOD) as ProfileName[])('what was registered registers the same again: %s', async (profile) => {
		const { row } = await read({ ...GOOD[profile], client_id: 'agency' })
		expect((await read(metadataOf(row), { previous: row })).row).toEqual(row)
	})

	test('everything that can be said is kept', async () => {
		const said = {
			...GOOD.oidc,
			client_id: 'agency',
			token_endpoint_auth_method: 'private_key_jwt',
			jwks: { keys: [signing, encrypting] },
			grant_types: ['authorization_code', 'refresh_token'],
			id_token_signed_response_alg: 'PS256',
			id_token_encrypted_response_alg: 'RSA-OAEP-256',
			id_token_encrypted_response_enc: 'A256GCM',
			userinfo_signed_response_alg: 'EdDSA',
			userinfo_encrypted_response_alg: 'RSA-OAEP-256',
			authorization_signed_response_alg: 'ES256',
			request_object_signing_alg: 'ES256',
			require_signed_request_object: true,
			dpop_bound_access_tokens: true,
			authorization_details_types: ['dopa_mandate'],
			post_logout_redirect_uris: ['https://www.agency.example/bye'],
			backchannel_logout_uri: 'https://www.agency.example/logout',
			require_pkce: true,
			birthdate_format: 'buddhist',
			silent: true,
			domain: 'agency.example',
		}
		const { row } = await read(said)
		expect(metadataOf(row)).toMatchObject({ ...said, userinfo_encrypted_response_enc: 'A128CBC-HS256' })
	})
})

describe('what no profile lets in', () => {
	// biome-ignore format: a table
	test.each([
		['a field that nobody knows', { redirect_uri: URI }, 'redirect_uri: unknown'],
		['no name in Thai', { 'client_name#th': undefined }, 'client_name#th'],
		['a control character', { client_name: 'a\u0007b' }, 'control characters'],
		['no scope', { scope: '' }, 'scope'],
		['an unknown scope', { scope: 'openid everything' }, 'everything is not known'],
		['a scope twice', { scope: 'openid pid pid' }, 'comes twice'],
		['the implicit flow', { response_types: ['id_token'] }, 'response_types'],
		['passwords', { grant_types: ['password'] }, 'grant_types'],
		['no way to begin', { grant_types: ['refresh_token'] }, 'authorization_code is missing'],
		['both places for keys', { jwks: { keys: [signing] }, jwks_uri: 'https://www.agency.example/keys' }, 'one of them'],
		['keys over http', { jwks_uri: 'http://www.agency.example/keys' }, 'jwks_uri'],
		['HMAC', { id_token_signed_response_alg: 'HS256' }, 'id_token_signed_response_alg'],
		['no signature', { request_object_signing_alg: 'none' }, 'request_object_signing_alg'],
		['enc without alg', { id_token_encrypted_response_enc: 'A256GCM' }, 'without alg'],
		['the PID as sub', { pid_as_subject: true }, 'only under thaid-v2'],
		['a public sub', { subject_type: 'public' }, 'subject_type'],
		['a receiver over http', { backchannel_logout_uri: 'http://www.agency.example/logout' }, 'backchannel_logout_uri'],
		['a receiver with a fragment', { backchannel_logout_uri: 'https://www.agency.example/logout#a' }, 'backchannel_logout_uri'],
		['a way back over http', { post_logout_redirect_uris: ['http://www.agency.example/'] }, 'post_logout_redirect_uris'],
		['an unknown kind of detail', { authorization_details_types: ['payment'] }, 'payment is not known'],
		['an id with a slash', { client_id: 'a/b' }, 'client_id'],
	])('%s', async (_, said, expected) => {
		expect(await refusal({ ...GOOD.oidc, ...said })).toContain(expected)
	})

	test.each([[null], ['text'], [[]], [7]])('%j instead of metadata', async (value) => {
		expect(await refusal(value)).toStartWith('invalid_client_metadata')
	})
})

describe('what one profile refuses', () => {
	// biome-ignore format: a table
	const TABLE: [ProfileName, string, object, string][] = [
		['fapi2', 'a secret', { token_endpoint_auth_method: 'client_secret_basic' }, 'fapi2 takes private_key_jwt'],
		['fapi2', 'no keys', { jwks: undefined }, 'needs jwks'],
		['fapi2', 'only a key of RS256', { jwks: { keys: [{ ...rsa, alg: 'RS256' }] } }, 'no key to sign with'],
		['fapi2', 'only a key to encrypt to', { jwks: { keys: [encrypting] } }, 'no key to sign with'],
		['fapi2', 'RS256', { id_token_signed_response_alg: 'RS256' }, 'id_token_signed_response_alg'],
		['fapi2', 'tokens bound to nothing', { dpop_bound_access_tokens: false }, 'always under fapi2'],
		['fapi2', 'requests in the address bar', { require_pushed_authorization_requests: false }, 'true under fapi2'],
		['fapi2', 'no PKCE', { require_pkce: false }, 'always under fapi2'],
		['fapi2', 'no openid', { scope: 'pid' }, 'openid is missing'],
		['oidc', 'encryption without a key', { id_token_encrypted_response_alg: 'RSA-OAEP-256' }, 'no key for'],
		['oidc', 'encryption to a key that signs', { jwks: { keys: [signing] }, id_token_encrypted_response_alg: 'ECDH-ES' }, 'no key for'],
		['oidc', 'signed requests without a key', { require_signed_request_object: true }, 'without keys'],
		['thaid-v2', 'keys', { jwks: { keys: [signing] } }, 'no use for keys'],
		['thaid-v2', 'keys by address', { jwks_uri: 'https://www.agency.example/keys' }, 'no use for keys'],
		['thaid-v2', 'no secret', { token_endpoint_auth_method: 'none' }, 'thaid-v2 takes client_secret_basic'],
		['thaid-v2', 'no scope', { scope: ' ' }, 'scope: empty'],
		['thaid-v2', 'PKCE', { require_pkce: true }, 'never under thaid-v2'],
		['thaid-v2', 'bound tokens', { dpop_bound_access_tokens: true }, 'never under thaid-v2'],
		['thaid-v2', 'PS256', { id_token_signed_response_alg: 'PS256' }, 'id_token_signed_response_alg'],
		['thaid-v2', 'pairwise and public at once', { pid_as_subject: true, subject_type: 'pairwise' }, 'subject_type'],
	]
	test.each(TABLE)('%s: %s', async (profile, _, said, expected) => {
		expect(await refusal({ ...GOOD[profile], ...said })).toContain(expected)
	})

	test('thaid-v2 may have the PID as sub where it is approved', async () => {
		const { row } = await read({ ...GOOD['thaid-v2'], pid_as_subject: true, subject_type: 'public' })
		expect(row.pidAsSubject).toBe(true)
	})
})

describe('redirect URIs', () => {
	test.each([
		['plain http', 'http://www.agency.example/callback'],
		['a fragment', `${URI}#a`],
		['an empty fragment', `${URI}#`],
		['a wildcard', 'https://*.agency.example/callback'],
		['a wildcard in the path', 'https://www.agency.example/*'],
		['a user', 'https://user@www.agency.example/callback'],
		['a user that looks like a host', 'https://www.agency.example@evil.example/'],
		['a user of the name of the host', 'https://www.agency.example:x@www.agency.example/'],
		['an empty user', 'https://@www.agency.example/'],
		['no host', 'https:///callback'],
		['a relative one', '/callback'],
		['a script', 'javascript:alert(1)'],
		['data', 'data:text/html,hello'],
		['a scheme of an app', 'th.go.example:/callback'],
		['capital letters in the host', 'https://WWW.agency.example/callback'],
		['a backslash', 'https://www.agency.example\\evil.example/'],
		['a space', 'https://www.agency.example/call back'],
		['a line break', 'https://www.agency.example/call\nback'],
		['Thai letters', 'https://www.agency.example/กลับ'],
		['dot segments', 'https://www.agency.example/a/../callback'],
		['encoded dot segments', 'https://www.agency.example/a/%2e%2E/callback'],
		['this machine', 'http://localhost:8788/callback'],
	])('%s is refused', async (_, uri) => {
		expect(await refusal({ ...GOOD.oidc, redirect_uris: [uri] })).toStartWith('invalid_redirect_uri')
	})

	test.each([
		URI,
		'https://www.agency.example',
		'https://www.agency.example:8443/cb?tenant=1&x=%2F',
		'https://xn--o3cw4h.example/cb',
	])('%s is kept as it is spelt', async (uri) => {
		const { row } = await read({ ...GOOD.oidc, redirect_uris: [uri] })
		expect(JSON.parse(row.redirectUris)).toEqual([uri])
	})

	test.each(['http://localhost:8788/callback', 'http://127.0.0.1/cb', 'http://[::1]:9/cb'])(
		'%s is let in for development, nothing else over http is',
		async (uri) => {
			expect(await refusal({ ...GOOD.oidc, redirect_uris: [uri] }, { loopback: true })).toBe('registered')
			const near = uri.replace(/localhost|127\.0\.0\.1|\[::1\]/, 'localhost.example')
			expect(await refusal({ ...GOOD.oidc, redirect_uris: [near] }, { loopback: true })).toContain('https only')
		},
	)

	test('none, and one twice, are refused', async () => {
		expect(await refusal({ ...GOOD.oidc, redirect_uris: [] })).toContain('redirect_uris')
		expect(await refusal({ ...GOOD.oidc, redirect_uris: [URI, URI] })).toContain('comes twice')
	})
})

describe('the sector', () => {
	const OTHER = 'https://app.agency.example/callback'
	const two = { ...GOOD.oidc, redirect_uris: [URI, OTHER] }
	const sector = { sector_identifier_uri: 'https://agency.example/redirects.json' }

	test('several hosts need a list that says they belong together', async () => {
		expect(await refusal(two)).toContain('needed where redirect_uris have several hosts')
		const { row } = await read({ ...two, ...sector }, { outbound: listing([OTHER, URI, 'https://more.example/']) })
		expect(row.sector).toBe('agency.example')
	})

	test.each([
		['lacks one', listing([URI]), `its list lacks ${OTHER}`],
		['is empty', listing([]), 'its list lacks'],
		['is no list', listing({ redirect_uris: [URI, OTHER] }), 'not a JSON array'],
		['holds more than texts', listing([URI, OTHER, 7]), 'not a JSON array'],
		['is no JSON', listing('<html>'), 'not a JSON array'],
		['is not there', listing([URI, OTHER], 404), 'HTTP 404'],
		[
			'cannot be asked',
			{ ...noOutbound, get: () => Promise.reject(new OutboundRefused('address_not_public')) },
			'address_not_public',
		],
	])('refused where the list %s', async (_, outbound, expected) => {
		expect(await refusal({ ...two, ...sector }, { outbound })).toStartWith(
			`invalid_client_metadata: sector_identifier_uri: ${expected}`,
		)
	})

	test.each(['http://agency.example/redirects.json', 'https://agency.example/#a', 'file:///etc/passwd'])(
		'%s is not asked',
		async (sector_identifier_uri) => {
			const asked = { ...noOutbound, get: () => Promise.reject(new Error('asked')) }
			expect(await refusal({ ...two, sector_identifier_uri }, { outbound: asked })).toContain('sector_identifier_uri')
		},
	)
})

describe('keys', () => {
	test.each([
		['a private key', { ...signing, d: 'AAAA' }, 'private'],
		['a symmetric key', { kty: 'oct', k: 'AAAA', kid: 'a' }, 'private'],
		['an RSA key of 2,047 bits', { ...small, kid: 'a' }, '2048'],
		['an RSA key of 1,024 bits', { ...small, n: small.n.slice(0, 171), kid: 'a' }, '2048'],
		['an unknown kind', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: 'a' }, 'only RSA'],
		['an unknown curve', { ...signing, crv: 'secp256k1' }, 'only RSA'],
		['a point beside its curve', { ...signing, x: signing.y }, 'no library can read it'],
		['a point of small order', { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), kid: 'a' }, 'proves nothing'],
		['another use', { ...signing, use: 'wrap' }, 'use is'],
		['a kid that is no text', { ...signing, kid: 7 }, 'kid'],
	])('%s is refused', async (_, key, expected) => {
		expect(await refusal({ ...GOOD.fapi2, jwks: { keys: [key] } })).toContain(expected)
	})

	test('a kid twice is refused, and several keys without names', async () => {
		expect(await refusal({ ...GOOD.fapi2, jwks: { keys: [signing, { ...signing }] } })).toContain('twice')
		const nameless = [await publicKey('ES256'), await publicKey('ES256')]
		expect(await refusal({ ...GOOD.fapi2, jwks: { keys: nameless } })).toContain('each needs a kid')
		expect(await refusal({ ...GOOD.fapi2, jwks: { keys: [nameless[0]] } })).toBe('registered')
	})

	test.each(['ES256', 'PS256', 'EdDSA'])('fapi2 takes a key of %s', async (alg) => {
		expect(await refusal({ ...GOOD.fapi2, jwks: { keys: [await publicKey(alg, { alg, kid: 'a' })] } })).toBe(
			'registered',
		)
	})
})

describe('a change of what is registered', () => {
	test('keeps secret, state and day; renews the secret where that is asked for', async () => {
		const first = await read({ ...GOOD.oidc, client_id: 'agency' })
		const previous: ClientRow = { ...first.row, status: 'suspended', createdAt: 3 }
		const changed = await read({ ...GOOD.oidc, client_id: 'agency', silent: true }, { previous })
		expect(changed).toEqual({ secret: null, row: { ...previous, silent: true } })
		const renewed = await read({ ...GOOD.oidc, client_id: 'agency' }, { previous, renewSecret: true })
		expect(renewed.row.secretHash).toBe(hashSecret(renewed.secret ?? ''))
		expect(renewed.row.secretHash).not.toBe(previous.secretHash)
	})

	test('from a secret to keys and back: the old secret is gone', async () => {
		const previous = (await read({ ...GOOD.oidc, client_id: 'agency' })).row
		const keys = {
			...GOOD.oidc,
			client_id: 'agency',
			token_endpoint_auth_method: 'private_key_jwt',
			jwks: { keys: [signing] },
		}
		const withKeys = await read(keys, { previous })
		expect([withKeys.secret, withKeys.row.secretHash]).toEqual([null, null])
		expect((await read({ ...GOOD.oidc, client_id: 'agency' }, { previous: withKeys.row })).secret).toMatch(
			/^[0-9a-f]{64}$/,
		)
	})

	test('never of the sector: every citizen would be another person to the client', async () => {
		const previous = (await read({ ...GOOD.oidc, client_id: 'agency' })).row
		const moved = { ...GOOD.oidc, client_id: 'agency', redirect_uris: ['https://new.agency.example/callback'] }
		expect(await refusal(moved, { previous })).toContain('another person')
	})
})
