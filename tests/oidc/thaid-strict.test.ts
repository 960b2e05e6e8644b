import { afterAll, describe, expect, test } from 'bun:test'
import { decodeJwt } from 'jose'
import { hashSecret } from '../../src/lib/crypto.ts'
import { type DpopKey, newDpopKey, proof } from './kit/dpop.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import {
	answerAt,
	assertion,
	authenticated,
	codeFor,
	outcome,
	post,
	push,
	tokenForm,
	userinfo,
} from './kit/requests.ts'

/**
 * Each thing that clients of the profile `thaid-v2` may do, tried on clients of the two others, at our own paths and at
 * ThaID's. Both rows say `pid_as_subject`, so that it is the profile that decides.
 */
const provider = await openProvider()
afterAll(() => provider.close())
const holder = await enrolled(provider)

const SECRET = 'a+b/c%d e:f'
const SCOPE = 'openid pid name'
const common = {
	pidAsSubject: true,
	birthdateFormat: 'iso',
	grantTypes: '["authorization_code","refresh_token"]',
} as const

interface Strict {
	rp: Rp
	/** Of a client whose tokens are bound. */
	dpop: DpopKey | null
}

const CLIENTS: Record<string, () => Promise<Strict>> = {
	oidc: async () => {
		const rp = await register(provider, { ...common, secretHash: hashSecret(SECRET) })
		return { rp: { ...rp, secret: SECRET }, dpop: null }
	},
	fapi2: async () => {
		const key = await newKey('ES256')
		const said = { ...common, profile: 'fapi2', idTokenAlg: 'ES256', requirePkce: true, dpopBound: true } as const
		return { rp: await register(provider, said, [key]), dpop: await newDpopKey() }
	},
}
const PATHS = { ours: '/oauth', 'ThaID’s': '/api/v2/oauth2' }

async function code({ rp, dpop }: Strict): Promise<string> {
	await consented(provider, holder, rp, SCOPE)
	const browser = await signedIn(provider, holder)
	if (dpop === null) return codeFor(browser, rp)
	const { request_uri } = (await (await push(provider, rp)).json()) as { request_uri: string }
	const query = new URLSearchParams({ client_id: rp.id, request_uri })
	const { code: given } = answerAt(rp, await browser.get(`/oauth/authorize?${query}`))
	if (!given) throw new Error('no code')
	return given
}

/** A good request of the client, then changed. */
async function send(
	of: Strict,
	path: string,
	form: URLSearchParams,
	headers: Record<string, string> = {},
): Promise<Response> {
	const sent = await authenticated(provider, of.rp, form)
	const proofs: Record<string, string> = of.dpop ? { dpop: await proof(provider, of.dpop, path) } : {}
	return post(provider, path, { form: sent.form, headers: { ...sent.headers, ...proofs, ...headers } })
}

interface Answer extends Record<string, unknown> {
	access_token: string
	refresh_token: string
	id_token: string
}

async function tokens(of: Strict): Promise<Answer> {
	const response = await send(of, '/oauth/token', tokenForm(of.rp, await code(of)))
	if (response.status !== 200) throw new Error(await response.text())
	return (await response.json()) as Answer
}

const about = (token: string) => new URLSearchParams({ token })
const isActive = async (of: Strict, token: string) =>
	((await (await send(of, '/oauth/introspect', about(token))).json()) as { active: boolean }).active

describe.each(Object.keys(CLIENTS))('a client of the profile %s', (profile) => {
	const client = () => (CLIENTS[profile] as () => Promise<Strict>)()

	describe.each(Object.entries(PATHS))('at %s paths', (_, base) => {
		const wrong = () => (profile === 'fapi2' ? '400 invalid_request' : '401 invalid_client')

		test('a secret by the other way than registered, or as an extra', async () => {
			const of = await client()
			const form = tokenForm(of.rp, await code(of))
			form.set('client_id', of.rp.id)
			form.set('client_secret', of.rp.secret)
			const response = await post(provider, `${base}/token`, { form, headers: {} })
			expect(await outcome(response)).toBe('401 invalid_client')
			expect(await outcome(await send(of, `${base}/token`, form))).toBe('400 invalid_request')
		})

		test.each([
			['not form-encoded', ({ rp }: Strict) => `Basic ${btoa(`${rp.id}:${rp.secret}`)}`],
			['in base64url', ({ rp }: Strict) => `Basic ${Buffer.from(`${rp.id}:${rp.secret}`).toString('base64url')}`],
		])('a secret by header, %s', async (_name, header) => {
			const of = await client()
			const form = tokenForm(of.rp, await code(of))
			if (profile === 'fapi2') form.set('client_assertion', await assertion(provider, of.rp))
			const response = await send({ ...of, rp: { ...of.rp, authMethod: 'none' } }, `${base}/token`, form, {
				authorization: header(of),
			})
			expect(await outcome(response)).toBe(wrong())
		})

		test('parameters that come twice, equal ones too', async () => {
			const of = await client()
			const form = tokenForm(of.rp, await code(of))
			form.append('redirect_uri', of.rp.redirectUri)
			expect(await outcome(await send(of, `${base}/token`, form))).toBe('400 invalid_request')
		})

		test('the verifier of another challenge', async () => {
			const of = await client()
			const changes = { code_verifier: 'another-verifier-than-the-challenge-was-made-of-0001' }
			const form = tokenForm(of.rp, await code(of), changes)
			expect(await outcome(await send(of, `${base}/token`, form))).toBe('400 invalid_grant')
		})

		test('a token with Bearer before it is no token', async () => {
			const of = await client()
			const { access_token } = await tokens(of)
			const inspected = await send(of, `${base}/introspect`, about(`Bearer ${access_token}`))
			expect(await inspected.json()).toEqual({ active: false })
			await send(of, `${base}/revoke`, about(`Bearer ${access_token}`))
			expect(await isActive(of, access_token)).toBe(true)
		})

		test('answers are those of the RFCs', async () => {
			const of = await client()
			const form = tokenForm(of.rp, await code(of))
			const answer = (await (await send(of, `${base}/token`, form)).json()) as Answer
			expect(answer.expires_in).toBe(900)
			for (const name of ['expire_in', 'pid', 'name']) expect(answer).not.toHaveProperty(name)
			const claims = decodeJwt(answer.id_token)
			expect(claims).not.toHaveProperty('version')
			expect(claims).not.toHaveProperty('middle_name')
			expect(claims).toMatchObject({ sub: expect.stringMatching(/^[\w-]{43}$/), name: 'สมชาย ใจดี' })
			const inspected = await (await send(of, `${base}/introspect`, about(answer.access_token))).json()
			expect(inspected).toMatchObject({ active: true, iss: provider.issuer, client_id: of.rp.id })
			expect(inspected).toHaveProperty('sub', claims.sub)
			const revoked = await send(of, `${base}/revoke`, about(answer.access_token))
			expect(await revoked.json()).toEqual({})
		})

		test('errors are those of the RFCs', async () => {
			const of = await client()
			expect(await outcome(await send(of, `${base}/token`, tokenForm(of.rp, 'unknown')))).toBe('400 invalid_grant')
			const refresh = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'unknown' })
			expect(await outcome(await send(of, `${base}/token`, refresh))).toBe('400 invalid_grant')
			const empty = (await (await send(of, `${base}/introspect`, new URLSearchParams())).json()) as Record<
				string,
				string
			>
			expect(empty.error_description).not.toBe('The body is invalid')
		})
	})

	test('openid cannot be left out', async () => {
		const of = await client()
		await consented(provider, holder, of.rp, SCOPE)
		const browser = await signedIn(provider, holder)
		const refused = of.dpop
			? ((await (await push(provider, of.rp, { scope: 'pid' })).json()) as { error: string }).error
			: answerAt(
					of.rp,
					await browser.get(
						`/api/v2/oauth2/auth/?${new URLSearchParams({ response_type: 'code', client_id: of.rp.id, redirect_uri: of.rp.redirectUri, scope: 'pid' })}`,
					),
				).error
		expect(refused).toBe('invalid_scope')
	})

	test('two states are refused, and nobody is redirected', async () => {
		const of = await client()
		const browser = await signedIn(provider, holder)
		const query = new URLSearchParams({
			response_type: 'code',
			client_id: of.rp.id,
			redirect_uri: of.rp.redirectUri,
			scope: SCOPE,
		})
		const response = await browser.get(`/api/v2/oauth2/auth/?${query}&state=a&state=b`)
		expect([response.status, response.headers.get('location')]).toEqual([400, null])
	})
})

test('an oidc client may ask userinfo at ThaID’s path; names there are without title', async () => {
	const of = await (CLIENTS.oidc as () => Promise<Strict>)()
	const { access_token } = await tokens(of)
	const headers = { authorization: `Bearer ${access_token}` }
	const response = await provider.app.fetch(new Request(`${provider.issuer}/api/v2/oauth2/userinfo/`, { headers }))
	expect(await response.json()).toEqual(await (await userinfo(provider, access_token)).json())
})
