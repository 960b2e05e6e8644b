import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { schema } from '../../db/client.ts'
import { MINUTE } from '../../src/lib/clock.ts'
import type { Browser } from '../kit/http-client.ts'
import { newDpopKey, proof } from './kit/dpop.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { authenticated, codeFor, exchange, outcome, post } from './kit/requests.ts'
import { codeIsFor, resourceServer } from './kit/resource.ts'
import { allTokens, exchangeWith, refresh, send } from './kit/tokens.ts'

/** RFC 7662, RFC 9701. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock, issuer } = provider
const { accessTokens, accounts, clients, refreshTokens, resourceServers } = schema
const GRANTS = { grantTypes: '["authorization_code","refresh_token"]' }
const PATH = '/oauth/introspect'

const rp = await register(provider, GRANTS)
const other = await register(provider)
const keyed = await register(provider, {}, [await newKey('ES256')])
const open = await register(provider, { ...GRANTS, authMethod: 'none' })
const server = await register(provider, { authMethod: 'client_secret_post' })
const thaid = await register(provider, { profile: 'thaid-v2', idTokenAlg: 'ES256' })
const resource = await resourceServer(provider, { clientId: server.id })
let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [rp, open, thaid]) await consented(provider, holder, each, 'openid pid name')
	browser = await signedIn(provider, holder)
})

const tokensFor = async (client: Rp = rp) => allTokens(await exchange(provider, client, await codeFor(browser, client)))
const ask = (client: Rp, token: string, headers: Record<string, string> = {}, more: Record<string, string> = {}) =>
	send(provider, client, PATH, new URLSearchParams({ token, ...more }), headers)
const told = async (client: Rp, token: string) => (await ask(client, token)).json() as Promise<Record<string, unknown>>
const INACTIVE = { active: false }

describe('a client about its own', () => {
	test('access token', async () => {
		const tokens = await tokensFor()
		const response = await ask(rp, tokens.access_token)
		expect(response.status).toBe(200)
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(await response.json()).toEqual({
			...{ active: true, iss: issuer, client_id: rp.id, scope: 'openid pid name', token_type: 'Bearer' },
			sub: decodeJwt(tokens.id_token).sub,
			exp: Math.floor(clock.now() / 1_000) + 900,
		})
	})

	test('refresh token, whatever the hint says (§2.1)', async () => {
		const tokens = await tokensFor()
		for (const token_type_hint of ['refresh_token', 'access_token', 'unknown']) {
			const body = await (await ask(rp, tokens.refresh_token, {}, { token_type_hint })).json()
			const { sub, acr, auth_time } = decodeJwt(tokens.id_token)
			expect(body).toMatchObject({ active: true, client_id: rp.id, sub, acr, auth_time })
			expect(body).not.toHaveProperty('token_type')
		}
	})

	test('bound token, whose key it is told', async () => {
		const key = await newDpopKey()
		const dpop = await proof(provider, key, '/oauth/token')
		const { access_token } = await allTokens(await exchangeWith(provider, rp, await codeFor(browser, rp), { dpop }))
		expect(await told(rp, access_token)).toMatchObject({ token_type: 'DPoP', cnf: { jkt: key.jkt } })
	})

	test('token with authorization_details', async () => {
		const authorization_details = [{ type: 'sample' }]
		const code = await codeIsFor(provider, await codeFor(browser, rp), {
			asked: JSON.stringify({ authorization_details }),
		})
		const { access_token } = await allTokens(await exchange(provider, rp, code))
		expect(await told(rp, access_token)).toMatchObject({ authorization_details })
	})
})

describe('a token for a resource server', () => {
	const tokenForIt = async () => {
		const code = await codeIsFor(provider, await codeFor(browser, rp), { resource })
		return (await allTokens(await exchange(provider, rp, code))).access_token
	}
	test('is told to it and to its client', async () => {
		const token = await tokenForIt()
		for (const asker of [server, rp])
			expect(await told(asker, token)).toMatchObject({ active: true, aud: resource, client_id: rp.id })
	})

	test('not once it is suspended, nor to another', async () => {
		const token = await tokenForIt()
		expect(await told(other, token)).toEqual(INACTIVE)
		await db.update(resourceServers).set({ status: 'suspended' })
		expect(await told(server, token)).toEqual(INACTIVE)
		await db.update(resourceServers).set({ status: 'live' })
		expect(await told(server, token)).toMatchObject({ active: true })
	})

	test('which is told nothing of tokens that are for somebody else', async () => {
		const { access_token, refresh_token } = await tokensFor()
		for (const token of [access_token, refresh_token]) expect(await told(server, token)).toEqual(INACTIVE)
	})
})

describe('a token that does not count', () => {
	const restore = () =>
		Promise.all([db.update(accounts).set({ status: 'active' }), db.update(clients).set({ status: 'live' })])
	const both = (values: { endedAt?: number; expiresAt?: number }) =>
		Promise.all([db.update(accessTokens).set(values), db.update(refreshTokens).set(values)])
	test.each<[string, () => unknown]>([
		['is revoked', () => both({ endedAt: 1 })],
		['is expired', () => both({ expiresAt: clock.now() })],
		['is of a suspended account', () => db.update(accounts).set({ status: 'suspended' })],
		['is of an ended account', () => db.update(accounts).set({ status: 'ended' })],
	])('%s', async (_, happens) => {
		const { access_token, refresh_token } = await tokensFor()
		await happens()
		const bodies = [await told(rp, access_token), await told(rp, refresh_token)]
		await restore()
		expect(bodies).toEqual([INACTIVE, INACTIVE])
	})

	test('is of a client that was suspended, for its resource server', async () => {
		const code = await codeIsFor(provider, await codeFor(browser, rp), { resource })
		const { access_token } = await allTokens(await exchange(provider, rp, code))
		await db.update(clients).set({ status: 'suspended' }).where(eq(clients.id, rp.id))
		const body = await told(server, access_token)
		await restore()
		expect(body).toEqual(INACTIVE)
	})

	test('is replaced, made up, or of another client', async () => {
		const { access_token, refresh_token } = await tokensFor()
		expect(await told(other, access_token)).toEqual(INACTIVE)
		expect(await told(other, refresh_token)).toEqual(INACTIVE)
		expect(await told(rp, 'made-up')).toEqual(INACTIVE)
		await allTokens(await refresh(provider, rp, refresh_token))
		expect(await told(rp, refresh_token)).toEqual(INACTIVE)
	})

	test('bears a scheme, but for an agency that comes from ThaID', async () => {
		expect(await told(rp, `Bearer ${(await tokensFor()).access_token}`)).toEqual(INACTIVE)
		expect(await told(thaid, `Bearer ${(await tokensFor(thaid)).access_token}`)).toMatchObject({ active: true })
	})
})

describe('whoever asks', () => {
	test('proves who it is', async () => {
		const { access_token } = await tokensFor()
		expect(await outcome(await ask({ ...rp, secret: 'wrong' }, access_token))).toBe('401 invalid_client')
		const nobody = { form: new URLSearchParams({ token: access_token }), headers: {} }
		expect(await outcome(await post(provider, PATH, nobody))).toBe('400 invalid_request')
		expect(await outcome(await ask(open, (await tokensFor(open)).access_token))).toBe('401 invalid_client')
	})

	test('uses an assertion once', async () => {
		const sent = await authenticated(provider, keyed, new URLSearchParams({ token: 'x' }))
		expect(await outcome(await post(provider, PATH, sent))).toBe('200')
		expect(await outcome(await post(provider, PATH, sent))).toBe('401 invalid_client')
	})

	test('names a token', async () => {
		expect(await outcome(await send(provider, rp, PATH, new URLSearchParams()))).toBe('400 invalid_request')
	})
})

test('an answer as a signed JWT, for whoever asks for it (RFC 9701)', async () => {
	const { access_token } = await tokensFor()
	clock.advance(MINUTE)
	const accept = 'application/token-introspection+jwt'
	const response = await provider.app.fetch(new Request(`${issuer}/.well-known/jwks.json`))
	const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet)
	for (const [token, active] of [
		[access_token, true],
		['made-up', false],
	] as const) {
		const answer = await ask(rp, token, { accept })
		expect(answer.headers.get('content-type')).toBe(accept)
		const { payload, protectedHeader } = await jwtVerify(await answer.text(), keys, {
			...{ issuer, audience: rp.id, typ: 'token-introspection+jwt', currentDate: new Date(clock.now()) },
		})
		expect(protectedHeader.alg).toBe('RS256')
		expect(payload.iat).toBe(Math.floor(clock.now() / 1_000))
		expect(payload.token_introspection).toMatchObject({ active })
		// §5: the token's claims are no claims of this JWT.
		expect(payload).not.toHaveProperty('sub')
		expect(payload).not.toHaveProperty('exp')
	}
})
