import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { SignJWT } from 'jose'
import { schema } from '../../db/client.ts'
import { MINUTE } from '../../src/lib/clock.ts'
import { tableScans } from '../house/rules/query-plans.ts'
import type { Browser } from '../kit/http-client.ts'
import { boundUserinfo, newDpopKey, proof } from './kit/dpop.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, type RpKey, register } from './kit/relying-party.ts'
import { authorizationParameters, authorize, codeFor, exchange, push, tokensOf, userinfo } from './kit/requests.ts'
import { allTokens, exchangeWith, refresh, send } from './kit/tokens.ts'

/** One round trip for reading and one for writing, whatever is asked. */
const provider = await openProvider()
afterAll(() => provider.close())
const GRANTS = { grantTypes: '["authorization_code","refresh_token"]' }
const rps = {
	client_secret_basic: await register(provider, GRANTS),
	client_secret_post: await register(provider, { ...GRANTS, authMethod: 'client_secret_post' }),
	private_key_jwt: await register(provider, GRANTS, [await newKey('ES256')]),
	none: await register(provider, { ...GRANTS, authMethod: 'none' }),
}
let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const rp of Object.values(rps)) await consented(provider, holder, rp, 'openid pid name')
	browser = await signedIn(provider, holder)
})

const isRead = (trip: string[] = []) => trip.length === 1 && trip.every((statement) => /^select/i.test(statement))
const isWrite = (trip: string[] = []) =>
	trip.length > 0 && trip.every((statement) => /^(insert|update)/i.test(statement))
const everything = new Set<string>()

/** What a request cost: `read`, `read + write`, … */
async function cost(act: () => Promise<Response>, status: number): Promise<string> {
	provider.trips.length = 0
	expect((await act()).status).toBe(status)
	for (const statement of provider.trips.flat()) everything.add(statement)
	return provider.trips.map((trip) => (isRead(trip) ? 'read' : isWrite(trip) ? 'write' : 'else')).join(' + ')
}

describe.each(Object.entries(rps))('with %s', (_, rp: Rp) => {
	test('a pushed request', async () => {
		expect(await cost(() => push(provider, rp), 201)).toBe('read + write')
	})

	test('the exchange of a code', async () => {
		const code = await codeFor(browser, rp)
		expect(await cost(() => exchange(provider, rp, code), 200)).toBe('read + write')
	})

	test('a refresh, and one that repeats itself', async () => {
		const { refresh_token } = await allTokens(await exchange(provider, rp, await codeFor(browser, rp)))
		expect(await cost(() => refresh(provider, rp, refresh_token), 200)).toBe('read + write')
		expect(await cost(() => refresh(provider, rp, refresh_token), 200)).toBe('read + write')
	})

	test('the exchange of a code with a DPoP proof', async () => {
		const code = await codeFor(browser, rp)
		const dpop = await proof(provider, await newDpopKey(), '/oauth/token')
		expect(await cost(() => exchangeWith(provider, rp, code, { dpop }), 200)).toBe('read + write')
	})

	test('introspection and revocation', async () => {
		const tokens = await allTokens(await exchange(provider, rp, await codeFor(browser, rp)))
		const ask = (path: string, token: string) => send(provider, rp, path, new URLSearchParams({ token }))
		const [status, reading] = rp.authMethod === 'none' ? [401, 'read'] : [200, 'read']
		// What an assertion costs: it is taken, and that is written.
		const also = rp.authMethod === 'private_key_jwt' ? ' + write' : ''
		for (const token of [tokens.access_token, tokens.refresh_token, 'unknown'])
			expect(await cost(() => ask('/oauth/introspect', token), status)).toBe(reading + also)
		for (const token of [tokens.access_token, tokens.refresh_token])
			expect(await cost(() => ask('/oauth/revoke', token), 200)).toBe('read + write')
		expect(await cost(() => ask('/oauth/revoke', 'unknown'), 200)).toBe(`read${also}`)
	})

	test('a client that does not prove itself', async () => {
		const stranger = { ...rp, secret: 'wrong', keys: [await newKey('ES256')] }
		const status = rp.authMethod === 'none' ? 400 : 401
		expect(await cost(() => exchange(provider, stranger, 'no-code'), status)).toBe('read')
	})
})

describe('the authorization endpoint', () => {
	const rp = rps.client_secret_basic
	const byPar = async () => {
		const { request_uri } = (await (await push(provider, rp)).json()) as { request_uri: string }
		return `/oauth/authorize?${new URLSearchParams({ client_id: rp.id, request_uri })}`
	}

	test('that has to ask the citizen', async () => {
		expect(await cost(() => authorize(provider.browser(), rp), 303)).toBe('read + write')
	})

	test('that answers by itself', async () => {
		expect(await cost(() => authorize(browser, rp), 303)).toBe('read + write')
	})

	test('that answers a relying party for the first time in this session, in each response mode', async () => {
		for (const response_mode of ['query', 'form_post', 'jwt', 'form_post.jwt']) {
			const fresh = await signedIn(provider, holder)
			const status = response_mode.startsWith('form_post') ? 200 : 303
			expect(await cost(() => authorize(fresh, rp, { response_mode }), status)).toBe('read + write')
		}
	})

	test('that also notes that the session is in use', async () => {
		provider.clock.advance(2 * MINUTE)
		expect(await cost(() => authorize(browser, rp), 303)).toBe('read + write')
	})

	test('with a pushed request, asking or not', async () => {
		const [first, second] = [await byPar(), await byPar()]
		expect(await cost(() => provider.browser().get(first), 303)).toBe('read + write')
		expect(await cost(() => browser.get(second), 303)).toBe('read + write')
	})

	test('with everything that a request can hold, in the query, pushed, or signed', async () => {
		const keyed = rps.private_key_jwt
		await provider.db.update(schema.clients).set({ authorizationDetailsTypes: '["dopa_mandate"]' })
		const { privateKey, kid, alg } = keyed.keys[0] as RpKey
		const more = {
			claims: '{"userinfo":{"gender":null},"id_token":{"acr":{"values":["phr"]}}}',
			resource: 'https://api.example/v1',
			authorization_details:
				'[{"type":"dopa_mandate","act":"a","delegate":"b","valid_from":"2026-01-15","valid_until":"2026-01-16"}]',
			acr_values: 'phr',
			dpop_jkt: 'A'.repeat(43),
		}
		const id = more.resource
		const server = { id, accessTokenAlg: 'ES256', scopes: '[]', status: 'live', createdAt: 0 } as const
		await provider.db.insert(schema.resourceServers).values(server)
		const now = Math.floor(provider.clock.now() / 1_000)
		const signed = await new SignJWT({ ...Object.fromEntries(authorizationParameters(keyed, more)), nbf: now })
			.setProtectedHeader({ alg, kid })
			.setIssuer(keyed.id)
			.setAudience(provider.issuer)
			.setExpirationTime(now + 60)
			.sign(privateKey)
		const opened = (query: Record<string, string>) =>
			provider.browser().get(`/oauth/authorize?${new URLSearchParams({ client_id: keyed.id, ...query })}`)
		expect(await cost(() => authorize(provider.browser(), keyed, more), 303)).toBe('read + write')
		expect(await cost(() => opened({ request: signed }), 303)).toBe('read + write')
		expect(await cost(() => push(provider, keyed, more), 201)).toBe('read + write')
		const { request_uri } = (await (await push(provider, keyed, more)).json()) as { request_uri: string }
		expect(await cost(() => opened({ request_uri }), 303)).toBe('read + write')
	})

	test('that refuses', async () => {
		expect(await cost(() => authorize(browser, rp, { redirect_uri: 'https://evil.example/' }), 400)).toBe('read')
		expect(await cost(() => authorize(browser, rp, { state: ['a', 'b'] }), 400)).toBe('read')
		expect(await cost(() => authorize(browser, rp, { client_id: [rp.id, 'other'] }), 400)).toBe('')
	})
})

describe('signing out', () => {
	const rp = rps.client_secret_basic
	const leave = (who: Browser, id_token_hint: string) =>
		who.get(`/oauth/end_session?${new URLSearchParams({ id_token_hint })}`)

	test('at once, asking, and where nobody is signed in', async () => {
		const visitor = await signedIn(provider, holder)
		const { id_token } = await tokensOf(await exchange(provider, rp, await codeFor(visitor, rp)))
		expect(await cost(() => leave(browser, id_token), 200)).toBe('read')
		expect(await cost(() => leave(visitor, id_token), 200)).toBe('read + write')
		expect(await cost(() => leave(visitor, id_token), 200)).toBe('read')
	})

	test('a round of deliveries in which nothing is due', async () => {
		expect(await cost(async () => Response.json(await provider.app.deliverLogouts()), 200)).toBe('write')
	})
})

test('userinfo', async () => {
	const rp = rps.client_secret_basic
	const { access_token } = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
	expect(await cost(() => userinfo(provider, access_token), 200)).toBe('read')
	expect(await cost(() => userinfo(provider, ''), 401)).toBe('')
	const key = await newDpopKey()
	const dpop = await proof(provider, key, '/oauth/token')
	const bound = await tokensOf(await exchangeWith(provider, rp, await codeFor(browser, rp), { dpop }))
	expect(await cost(() => boundUserinfo(provider, key, bound.access_token), 200)).toBe('read + write')
})

test('none of these statements reads a table from end to end', async () => {
	expect(everything.size).toBeGreaterThan(10)
	expect(await tableScans(provider.client, everything)).toEqual([])
})
