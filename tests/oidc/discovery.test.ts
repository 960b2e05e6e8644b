import { afterAll, describe, expect, test } from 'bun:test'
import { openProvider } from './kit/provider.ts'

const provider = await openProvider()
afterAll(() => provider.close())

const get = (path: string, init: RequestInit = {}) =>
	Promise.resolve(provider.app.fetch(new Request(`${provider.issuer}${path}`, init)))
const json = async (path: string, init?: RequestInit) => (await get(path, init)).json()

const DISCOVERY = '/.well-known/openid-configuration'
const JWKS = '/.well-known/jwks.json'

describe('discovery', () => {
	test('names every endpoint under the issuer of the settings', async () => {
		const document = await json(DISCOVERY)
		expect(document).toMatchObject({
			issuer: provider.issuer,
			authorization_endpoint: `${provider.issuer}/oauth/authorize`,
			token_endpoint: `${provider.issuer}/oauth/token`,
			userinfo_endpoint: `${provider.issuer}/oauth/userinfo`,
			jwks_uri: `${provider.issuer}/.well-known/jwks.json`,
			pushed_authorization_request_endpoint: `${provider.issuer}/oauth/par`,
		})
	})

	test('tells only what is served', async () => {
		expect(await json(DISCOVERY)).toMatchObject({
			response_types_supported: ['code'],
			response_modes_supported: ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'],
			grant_types_supported: ['authorization_code', 'refresh_token'],
			dpop_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
			revocation_endpoint: `${provider.issuer}/oauth/revoke`,
			introspection_endpoint: `${provider.issuer}/oauth/introspect`,
			introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
			id_token_encryption_alg_values_supported: ['ECDH-ES', 'ECDH-ES+A256KW', 'RSA-OAEP-256'],
			userinfo_encryption_enc_values_supported: ['A128GCM', 'A256GCM', 'A128CBC-HS256', 'A256CBC-HS512'],
			userinfo_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA', 'PS256'],
			subject_types_supported: ['pairwise'],
			code_challenge_methods_supported: ['S256'],
			id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA', 'PS256'],
			request_parameter_supported: true,
			request_object_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519', 'RS256'],
			request_uri_parameter_supported: false,
			claims_parameter_supported: true,
			authorization_details_types_supported: ['dopa_document_signature', 'dopa_mandate'],
			display_values_supported: ['page', 'popup', 'touch', 'wap'],
			authorization_response_iss_parameter_supported: true,
		})
	})

	test('never names an algorithm without a key or without a signature', async () => {
		const document = await json(DISCOVERY)
		const algorithms = [
			...document.id_token_signing_alg_values_supported,
			...document.token_endpoint_auth_signing_alg_values_supported,
			...document.request_object_signing_alg_values_supported,
		]
		expect(algorithms).not.toContain('none')
		expect(algorithms.filter((alg: string) => alg.startsWith('HS'))).toEqual([])
	})

	test('claims_supported holds each claim of each scope once', async () => {
		const { claims_supported: claims } = await json(DISCOVERY)
		expect(new Set(claims).size).toBe(claims.length)
		for (const claim of ['sub', 'pid', 'name_en', 'birthdate', 'address', 'gender', 'auth_time', 'acr'])
			expect(claims).toContain(claim)
	})

	test.each([
		['another Host', { host: 'evil.example' }],
		['a forwarded host', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }],
		['Forwarded', { forwarded: 'host=evil.example;proto=https' }],
	])('%s changes nothing', async (_, headers) => {
		const asked = await get(DISCOVERY, { headers: headers as Record<string, string> })
		const other = await provider.app.fetch(new Request(`http://evil.example${DISCOVERY}`))
		expect(await asked.text()).not.toContain('evil')
		expect(await other.text()).not.toContain('evil')
	})

	test('is the same under the name of RFC 8414', async () => {
		expect(await json('/.well-known/oauth-authorization-server')).toEqual(await json(DISCOVERY))
	})
})

describe('the JWK Set', () => {
	interface Jwk extends Record<string, string> {
		kty: string
		kid: string
	}
	const keys = async (): Promise<Jwk[]> => (await json(JWKS)).keys

	test('has a key for each algorithm that signs', async () => {
		expect((await keys()).map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA', 'PS256', 'RS256'])
	})

	test('holds only kinds of keys that the libraries of relying parties know', async () => {
		const kinds = (await keys()).map(({ kty, crv }) => (crv ? `${kty} ${crv}` : kty)).sort()
		expect(kinds).toEqual(['EC P-256', 'OKP Ed25519', 'RSA', 'RSA'])
	})

	test('says of each key its kid, use and alg, and no kid twice', async () => {
		const all = await keys()
		for (const key of all) expect(key).toMatchObject({ kid: expect.stringMatching(/^[\w-]{43}$/), use: 'sig' })
		expect(new Set(all.map(({ kid }) => kid)).size).toBe(all.length)
	})

	test('holds nothing private', async () => {
		for (const key of await keys())
			expect(Object.keys(key).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].includes(name))).toEqual(
				[],
			)
	})

	test('has an RSA key of 2048 bits at least', async () => {
		const rsa = (await keys()).find(({ kty }) => kty === 'RSA')
		expect(Buffer.from(rsa?.n ?? '', 'base64url').length * 8).toBeGreaterThanOrEqual(2_048)
	})
})

describe('public documents', () => {
	test.each([DISCOVERY, JWKS, '/.well-known/oauth-authorization-server'])(
		'%s is for every origin and may be kept',
		async (path) => {
			const response = await get(path, { headers: { origin: 'https://rp.example' } })
			expect(response.headers.get('access-control-allow-origin')).toBe('*')
			expect(response.headers.get('access-control-allow-credentials')).toBeNull()
			expect(response.headers.get('cache-control')).toBe('public, max-age=300')
			expect(response.headers.get('content-type')).toBe('application/json')
		},
	)

	test('asked again, they cost no trip to the database', async () => {
		provider.trips.length = 0
		for (const path of [DISCOVERY, JWKS, DISCOVERY, JWKS]) await get(path)
		expect(provider.trips).toEqual([])
	})

	test('HEAD answers with the same headers and no body', async () => {
		const response = await get(DISCOVERY, { method: 'HEAD' })
		expect(response.status).toBe(200)
		expect(response.headers.get('content-type')).toBe('application/json')
		expect(await response.text()).toBe('')
	})
})

describe('methods that an endpoint does not serve', () => {
	test.each([
		['POST', DISCOVERY, 'GET, HEAD'],
		['DELETE', JWKS, 'GET, HEAD'],
		['GET', '/oauth/token', 'POST'],
		['PUT', '/oauth/token', 'POST'],
		['OPTIONS', '/oauth/token', 'POST'],
		['GET', '/oauth/par', 'POST'],
		['HEAD', '/oauth/par', 'POST'],
		['HEAD', '/oauth/authorize', 'GET, POST'],
		['PUT', '/oauth/authorize', 'GET, POST'],
		['OPTIONS', '/oauth/authorize', 'GET, POST'],
		['DELETE', '/oauth/userinfo', 'GET, HEAD, POST'],
		['OPTIONS', '/oauth/userinfo', 'GET, HEAD, POST'],
	])('%s %s is told what is', async (method, path, allow) => {
		const response = await get(path, { method })
		expect(response.status).toBe(405)
		expect(response.headers.get('allow')).toBe(allow)
	})
})

test.each(['/oauth/token', '/oauth/par', '/oauth/authorize', '/oauth/userinfo'])(
	'%s answers no origin that is no public client’s (cors.test.ts)',
	async (path) => {
		for (const method of ['GET', 'POST']) {
			const response = await get(path, {
				method,
				headers: { origin: 'https://rp.example', 'access-control-request-method': 'POST' },
			})
			const cors = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'))
			expect(cors).toEqual([])
		}
	},
)
