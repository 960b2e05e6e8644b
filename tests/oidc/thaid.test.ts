import { afterAll, describe, expect, test } from 'bun:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { thaidScopes } from '../../db/seed/agencies.ts'
import { HOUR, MINUTE } from '../../src/lib/clock.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import { answerAt, basic, CHALLENGE, outcome } from './kit/requests.ts'

/**
 * Relying parties that were written for ThaID, request by request as they send them: ETDA's samples in Python (Flask,
 * Authlib), PHP (league/oauth2-client, php-jwt) and C# (OidcClient), and what others do. Only the host has changed.
 */
const provider = await openProvider()
afterAll(() => provider.close())
const holder = await enrolled(provider)

const BASE = '/api/v2/oauth2'
const SCOPES = thaidScopes.join(' ')

const thaid = (said: Parameters<typeof register>[1] = {}) =>
	register(provider, {
		profile: 'thaid-v2',
		idTokenAlg: 'ES256',
		birthdateFormat: 'iso',
		grantTypes: '["authorization_code","refresh_token"]',
		pidAsSubject: true,
		...said,
	})

const send = (path: string, init: RequestInit = {}) =>
	Promise.resolve(provider.app.fetch(new Request(`${provider.issuer}${path}`, init)))

/** A form as clients write it, byte by byte. */
const form = (path: string, body: string | Record<string, string>, headers: Record<string, string> = {}) =>
	send(path, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
		body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
	})

/** As most libraries write it: base64 of both parts as they are. */
const plainBasic = ({ id, secret }: Rp) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` })

interface Answer extends Record<string, unknown> {
	access_token: string
	refresh_token: string
	id_token: string
	expires_in: number
	expire_in: number
}

const answerOf = async (response: Response): Promise<Answer> => {
	const body = (await response.json()) as Answer
	if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(body)}`)
	return body
}

/** The citizen goes where the relying party sends them; their session answers. */
async function code(rp: Rp, query: string, of: Holder = holder): Promise<Record<string, string>> {
	await consented(provider, of, rp, `${SCOPES} house_address`)
	const browser = await signedIn(provider, of)
	return answerAt(rp, await browser.get(`${BASE}/auth/?${query}`))
}

const simpleQuery = (rp: Rp, scope = SCOPES) =>
	new URLSearchParams({ response_type: 'code', client_id: rp.id, redirect_uri: rp.redirectUri, scope, state: 'ThaiD' })

async function tokens(rp: Rp, scope = SCOPES, of: Holder = holder): Promise<Answer> {
	const { code: given = '' } = await code(rp, String(simpleQuery(rp, scope)), of)
	const grant = { grant_type: 'authorization_code', code: given, redirect_uri: rp.redirectUri }
	return answerOf(await form(`${BASE}/token/`, grant, plainBasic(rp)))
}

async function verified(rp: Rp, idToken: string) {
	const keys = createLocalJWKSet(await (await send('/jwks/')).json())
	const options = { issuer: provider.issuer, audience: rp.id, currentDate: new Date(provider.clock.now()) }
	return jwtVerify(idToken, keys, options)
}

describe('the sample in Python: Authlib, secret by header, nineteen scopes, a nonce, no PKCE', () => {
	test('signs in, prints what it got, asks about the token', async () => {
		const rp = await thaid()
		const query = new URLSearchParams(simpleQuery(rp))
		query.set('nonce', 'cX8yMZv4Vn1Qk2JbR0aL')
		const answer = await code(rp, String(query))
		expect(answer.state).toBe('ThaiD')
		// Authlib hands its state on.
		const grant = {
			grant_type: 'authorization_code',
			redirect_uri: rp.redirectUri,
			code: answer.code ?? '',
			state: 'ThaiD',
		}
		const token = await answerOf(await form(`${BASE}/token/`, grant, plainBasic(rp)))
		const now = Math.floor(provider.clock.now() / 1_000)
		expect(token).toEqual({
			access_token: expect.stringMatching(/^[\w-]{1,43}$/),
			refresh_token: expect.stringMatching(/^[\w-]+$/),
			id_token: expect.any(String),
			token_type: 'Bearer',
			scope: SCOPES,
			expires_in: now + 900,
			expire_in: now + 900,
		})
		const { payload, protectedHeader } = await verified(rp, token.id_token)
		expect(protectedHeader.alg).toBe('ES256')
		for (const scope of thaidScopes) if (scope !== 'openid') expect(typeof payload[scope]).toBe('string')
		expect(payload).toMatchObject({
			iss: provider.issuer,
			aud: rp.id,
			sub: holder.pid,
			nonce: 'cX8yMZv4Vn1Qk2JbR0aL',
			version: '2',
			iat: now,
			auth_time: expect.any(Number),
			at_hash: expect.any(String),
			pid: holder.pid,
			name: 'นายสมชาย ใจดี',
			name_en: 'Mr. Somchai Jaidee',
			title: 'นาย',
			middle_name: '',
			birthdate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
			date_of_issuance: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
			address: expect.stringContaining('จังหวัด'),
			gender: 'male',
		})
		const inspected = await form(`${BASE}/introspect/`, { token: token.access_token }, plainBasic(rp))
		expect(await inspected.json()).toEqual({ active: true, sub: holder.pid, scope: SCOPES })
	})
})

describe('the sample in PHP: everything twice, two states, secret in the body', () => {
	test('signs in, verifies, refreshes, inspects and revokes', async () => {
		const rp = await thaid()
		const discovery = await (await send('/.well-known/openid-configuration')).json()
		for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'revocation_endpoint'])
			expect(discovery[name]).toStartWith(`${provider.issuer}/`)
		const redirect = encodeURIComponent(rp.redirectUri)
		// The configured address with its query, then the library's; spaces as they are.
		const query =
			`response_type=code&client_id=${rp.id}&redirect_uri=${redirect}&scope=${SCOPES}&state=af0ifjsldkj` +
			`&state=9c1b2f&response_type=code&approval_prompt=auto&redirect_uri=${redirect}&client_id=${rp.id}`
		const answer = await code(rp, query)
		expect(answer.state).toBe('9c1b2f')
		const { pathname: tokenPath } = new URL(discovery.token_endpoint)
		const credentials = { client_id: rp.id, client_secret: rp.secret, redirect_uri: rp.redirectUri }
		const token = await answerOf(
			await form(tokenPath, { ...credentials, grant_type: 'authorization_code', code: answer.code ?? '' }),
		)
		expect((await verified(rp, token.id_token)).payload.nonce).toBeUndefined()
		const refreshed = await answerOf(
			await form(tokenPath, { ...credentials, grant_type: 'refresh_token', refresh_token: token.refresh_token }),
		)
		expect(Object.keys(refreshed).sort()).toEqual(Object.keys(token).sort())
		expect(refreshed.refresh_token).not.toBe(token.refresh_token)
		expect((await verified(rp, refreshed.id_token)).payload).toMatchObject({
			sub: holder.pid,
			name: 'นายสมชาย ใจดี',
			version: '2',
		})
		const bearer = { token: `Bearer ${refreshed.access_token}` }
		expect(await (await form(`${BASE}/introspect/`, bearer, plainBasic(rp))).json()).toMatchObject({ active: true })
		const revoked = await form(new URL(discovery.revocation_endpoint).pathname, bearer, plainBasic(rp))
		expect(await revoked.json()).toEqual({ status: 'OK', message: 'revoked' })
		expect(await (await form(`${BASE}/introspect/`, bearer, plainBasic(rp))).json()).toEqual({ active: false })
	})
})

describe('the sample in C#: the verifier of another challenge, userinfo', () => {
	test('signs in, and userinfo is about the same person', async () => {
		const rp = await thaid()
		const query = simpleQuery(rp)
		query.set('code_challenge', CHALLENGE)
		query.set('code_challenge_method', 'S256')
		const answer = await code(rp, String(query))
		const verifier = 'another-verifier-than-the-challenge-was-made-of-0001'
		const token = await answerOf(
			await form(`${BASE}/token`, {
				grant_type: 'authorization_code',
				...{ code: answer.code ?? '', redirect_uri: rp.redirectUri, code_verifier: verifier },
				...{ client_id: rp.id, client_secret: rp.secret },
			}),
		)
		const { payload } = await verified(rp, token.id_token)
		for (const method of ['GET', 'POST']) {
			const headers = { authorization: `Bearer ${token.access_token}` }
			const info = await (await send(`${BASE}/userinfo/`, { method, headers })).json()
			expect(info).toMatchObject({ sub: payload.sub, pid: payload.pid, name: payload.name })
		}
	})
})

describe('what others send', () => {
	test('without openid the data come flat beside the tokens', async () => {
		const rp = await thaid()
		const body = await tokens(rp, 'pid name address middle_name')
		expect(body).toMatchObject({
			token_type: 'Bearer',
			pid: holder.pid,
			name: 'นายสมชาย ใจดี',
			address: expect.stringContaining('จังหวัด'),
			middle_name: '',
		})
		expect(body).not.toHaveProperty('id_token')
		const grant = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
		const again = await answerOf(await form(`${BASE}/token/`, grant, plainBasic(rp)))
		expect(again).toMatchObject({ pid: holder.pid, name: 'นายสมชาย ใจดี' })
	})

	const SECRET = 'a+b/c%d e:f'
	const odd = async () => ({ ...(await thaid({ secretHash: hashSecret(SECRET) })), secret: SECRET })
	type Way = (rp: Rp) => { body?: Record<string, string>; headers?: Record<string, string> }
	const WAYS: [string, Way][] = [
		['by header, as the RFC spells it', (rp) => ({ headers: { authorization: basic(rp.id, rp.secret) } })],
		['by header, not form-encoded', (rp) => ({ headers: plainBasic(rp) })],
		[
			'by header, in base64url',
			(rp) => ({ headers: { authorization: `Basic ${Buffer.from(`${rp.id}:${rp.secret}`).toString('base64url')}` } }),
		],
		['in the body', (rp) => ({ body: { client_id: rp.id, client_secret: rp.secret } })],
		['by both', (rp) => ({ headers: plainBasic(rp), body: { client_id: rp.id, client_secret: rp.secret } })],
		[
			'with headers of a gateway',
			(rp) => ({ headers: { ...plainBasic(rp), 'x-api-key': 'k', 'x-imauth-apikey': 'k' } }),
		],
	]
	test.each(WAYS)('the secret %s', async (_, way) => {
		const rp = await odd()
		const { code: given = '' } = await code(rp, String(simpleQuery(rp)))
		const { body, headers } = way(rp)
		const grant = { grant_type: 'authorization_code', code: given, redirect_uri: rp.redirectUri }
		expect((await form(`${BASE}/token/`, { ...grant, ...body }, headers)).status).toBe(200)
	})

	test('a wrong secret in one of two places is a wrong secret', async () => {
		const rp = await odd()
		const { code: given = '' } = await code(rp, String(simpleQuery(rp)))
		const grant = { grant_type: 'authorization_code', code: given, redirect_uri: rp.redirectUri }
		const both = { ...grant, client_id: rp.id, client_secret: 'wrong' }
		expect(await outcome(await form(`${BASE}/token/`, both, plainBasic(rp)))).toBe('401 invalid_client')
	})

	test('a query that begins with &, unknown parameters, a state of 2,000 characters', async () => {
		const rp = await thaid()
		const state = `{"sig":"${'é~%'.repeat(600)}"}`.slice(0, 2_000)
		const query = new URLSearchParams({ ...Object.fromEntries(simpleQuery(rp)), state, nonsense: '1' })
		expect((await code(rp, `&${query}`)).state).toBe(state)
	})

	test('house_address has the two forms of the later manual', async () => {
		const rp = await thaid()
		const { payload } = await verified(rp, (await tokens(rp, 'openid house_address')).id_token)
		expect(payload.house_address).toEqual({ formatted: expect.stringContaining('จังหวัด'), raw: expect.any(String) })
	})

	test('the birthdate in the Buddhist era, and a pairwise sub, by registration', async () => {
		const rp = await thaid({ birthdateFormat: 'buddhist', pidAsSubject: false })
		const { payload } = await verified(rp, (await tokens(rp, 'openid birthdate')).id_token)
		expect(payload.birthdate).toMatch(/^25\d{6}$/)
		expect(payload.sub).toMatch(/^[\w-]{43}$/)
	})
})

describe('the paths of the manual, with and without the slash', () => {
	const AT = { authorize: 'auth', token: 'token', introspect: 'introspect', revoke: 'revoke', userinfo: 'userinfo' }
	test.each(Object.entries(AT))(
		'%s answers at each of its names alike, and redirects no POST',
		async (endpoint, name) => {
			const answers = []
			for (const path of [`/oauth/${endpoint}`, `${BASE}/${name}`, `${BASE}/${name}/`]) {
				const response = await form(path, 'client_id=unknown&token=x')
				answers.push([response.status, (await response.text()).replace(/nonce="[^"]*"/g, '')])
			}
			expect(answers[1]).toEqual(answers[0])
			expect(answers[2]).toEqual(answers[0])
			expect(answers[0]?.[0]).toBeGreaterThanOrEqual(400)
		},
	)

	test.each(['/jwks', '/jwks/'])('%s is the JWK Set, each key with its alg', async (path) => {
		const { keys } = await (await send(path)).json()
		expect(keys).toEqual((await (await send('/.well-known/jwks.json')).json()).keys)
		for (const key of keys) expect(key).toMatchObject({ alg: expect.any(String), kid: expect.any(String), use: 'sig' })
	})

	test.each([`${BASE}/token/`, `${BASE}/introspect`, `${BASE}/revoke/`])('GET %s is told POST', async (path) => {
		const response = await send(path)
		expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
	})
})

describe('errors as the manual has them', () => {
	const grantWith = (rp: Rp, given: string) => ({
		grant_type: 'authorization_code',
		code: given,
		redirect_uri: rp.redirectUri,
	})
	const at = async (path: string, rp: Rp, body: Record<string, string>) =>
		outcome(await form(path, body, plainBasic(rp)))

	test('a code that is unknown, used or late', async () => {
		const rp = await thaid()
		expect(await at(`${BASE}/token/`, rp, grantWith(rp, 'unknown'))).toBe('400 invalid_request')
		const { code: used = '' } = await code(rp, String(simpleQuery(rp)))
		await form(`${BASE}/token/`, grantWith(rp, used), plainBasic(rp))
		expect(await at(`${BASE}/token/`, rp, grantWith(rp, used))).toBe('400 invalid_request')
		const { code: late = '' } = await code(rp, String(simpleQuery(rp)))
		provider.clock.advance(MINUTE + 1)
		expect(await at(`${BASE}/token/`, rp, grantWith(rp, late))).toBe('400 invalid_request')
	})

	test('a refresh token that is unknown', async () => {
		const rp = await thaid()
		const grant = { grant_type: 'refresh_token', refresh_token: 'unknown' }
		expect(await at(`${BASE}/token/`, rp, grant)).toBe('401 invalid_refresh_token')
	})

	test('a body without a token', async () => {
		const rp = await thaid()
		for (const name of ['introspect', 'revoke']) {
			const response = await form(`${BASE}/${name}/`, '', plainBasic(rp))
			expect([response.status, await response.json()]).toEqual([
				400,
				{ error: 'invalid_request', error_description: 'The body is invalid' },
			])
		}
	})

	test('an unknown scope, and another response_type', async () => {
		const rp = await thaid()
		expect((await code(rp, String(simpleQuery(rp, 'openid everything')))).error).toBe('invalid_scope')
		const query = simpleQuery(rp)
		query.set('response_type', 'token')
		expect((await code(rp, String(query))).error).toBe('unsupported_response_type')
	})

	test('a citizen who gives up: user_denied, where every other profile hears access_denied', async () => {
		for (const [rp, error] of [
			[await thaid(), 'user_denied'],
			[await register(provider), 'access_denied'],
		] as const) {
			const browser = provider.browser()
			const waiting = await browser.get(`${BASE}/auth?${simpleQuery(rp, 'openid pid')}`)
			const id = new URL(waiting.headers.get('location') ?? '', provider.issuer).pathname.split('/').at(-1)
			const { location } = await browser.mutate<{ location: string }>('signIn.cancel', { id })
			const params = new URL(location).searchParams
			expect([params.get('error'), params.get('state')]).toEqual([error, 'ThaiD'])
		}
	})

	test.each([
		['client_id', (rp: Rp) => `&client_id=${rp.id}x`],
		['redirect_uri', () => '&redirect_uri=https%3A%2F%2Fevil.example%2F'],
	])('two %s that differ: nobody is redirected', async (_, more) => {
		const rp = await thaid()
		const browser = await signedIn(provider, holder)
		const response = await browser.get(`${BASE}/auth/?${simpleQuery(rp)}${more(rp)}`)
		expect([response.status, response.headers.get('location')]).toEqual([400, null])
	})
})

describe('the length of an id_token in which every claim stays', () => {
	test('all nineteen scopes, the longest names of the country', async () => {
		const longest = await enrolled(provider, 'phimphattra')
		const rp = await thaid({ id: 'a-client-id-of-sixty-four-characters-as-the-console-gives-them-0' })
		const usual = await tokens(rp)
		const token = await tokens(rp, SCOPES, longest)
		const { payload } = await verified(rp, token.id_token)
		expect(payload).toMatchObject({
			pid: people.phimphattra.pid,
			address: expect.any(String),
			name_en: expect.any(String),
		})
		// Flask keeps the whole answer in one cookie of 4,093 bytes: base64url of compressed JSON, and a signature.
		const cookie = (of: Answer) => Math.ceil((Bun.deflateSync(JSON.stringify(of)).byteLength * 4) / 3) + 50
		expect(usual.id_token.length).toBeLessThanOrEqual(1_500)
		expect(token.id_token.length).toBeLessThanOrEqual(2_600)
		expect(cookie(usual)).toBeLessThan(1_700)
		expect(cookie(token)).toBeLessThan(2_400)
	})
})

test('an access token lasts 900 s', async () => {
	const rp = await thaid()
	const { access_token } = await tokens(rp)
	const active = async () =>
		(await (await form(`${BASE}/introspect/`, { token: access_token }, plainBasic(rp))).json()).active
	provider.clock.advance(15 * MINUTE - 1)
	expect(await active()).toBe(true)
	provider.clock.advance(1)
	expect(await active()).toBe(false)
	provider.clock.advance(HOUR)
})
