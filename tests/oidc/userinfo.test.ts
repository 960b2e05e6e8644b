import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { MINUTE } from '../../src/lib/clock.ts'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { register } from './kit/relying-party.ts'
import { codeFor, exchange, tokensOf, userinfo } from './kit/requests.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider
const { accessTokens, accounts, clients } = schema
const rp = await register(provider)
let holder: Holder
beforeAll(async () => {
	holder = await enrolled(provider)
	await consented(provider, holder, rp, 'openid pid name')
})

const newToken = async () => {
	const browser = await signedIn(provider, holder)
	return (await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))).access_token
}
const ask = (init: RequestInit, path = '/oauth/userinfo') =>
	Promise.resolve(provider.app.fetch(new Request(`${provider.issuer}${path}`, init)))

type Twice = [name: string, make: (token: string) => [string | null, string]]

describe('a living token', () => {
	test.each(['GET', 'POST'])('by %s gets the claims of its scopes', async (method) => {
		const response = await ask({ method, headers: { authorization: `Bearer ${await newToken()}` } })
		expect(response.status).toBe(200)
		expect(response.headers.get('content-type')).toStartWith('application/json')
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(await response.json()).toEqual({
			sub: expect.stringMatching(/^[\w-]{43}$/),
			pid: holder.pid,
			name: 'สมชาย ใจดี',
		})
	})

	test('may come as a field of a form (RFC 6750 §2.2)', async () => {
		const headers = { 'content-type': 'application/x-www-form-urlencoded' }
		const body = `access_token=${await newToken()}`
		expect((await ask({ method: 'POST', headers, body })).status).toBe(200)
		// A browser's query or a body of another kind is no such form.
		expect((await ask({ method: 'POST', headers: { 'content-type': 'text/plain' }, body })).status).toBe(401)
	})

	test.each<Twice>([
		['by header and body', (token) => [`Bearer ${token}`, `access_token=${token}`]],
		['twice in the body', (token) => [null, `access_token=${token}&access_token=${token}`]],
	])('comes in one way: %s is refused (RFC 6750 §2)', async (_, make) => {
		const [authorization, body] = make(await newToken())
		const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(authorization ? { authorization } : {}) }
		const response = await ask({ method: 'POST', headers, body })
		expect(response.status).toBe(400)
		expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_request"')
	})

	test('may say the scheme in any case', async () => {
		expect((await ask({ headers: { authorization: `bearer ${await newToken()}` } })).status).toBe(200)
	})

	test('lives for 15 minutes', async () => {
		const token = await newToken()
		clock.advance(15 * MINUTE - 1)
		expect((await userinfo(provider, token)).status).toBe(200)
		clock.advance(1)
		expect((await userinfo(provider, token)).status).toBe(401)
	})
})

type Way = (token: string) => [init: RequestInit, path?: string]

describe('no token', () => {
	test.each<[string, Way]>([
		['none at all', () => [{}]],
		['an empty header', () => [{ headers: { authorization: '' } }]],
		['the scheme alone', () => [{ headers: { authorization: 'Bearer' } }]],
		['without the scheme', (token) => [{ headers: { authorization: token } }]],
		['Basic', (token) => [{ headers: { authorization: `Basic ${btoa(`${token}:`)}` } }]],
		['two of them', (token) => [{ headers: { authorization: `Bearer ${token}, Bearer ${token}` } }]],
		['with a space inside', (token) => [{ headers: { authorization: `Bearer ${token} ${token}` } }]],
		['in the query', (token) => [{}, `/oauth/userinfo?access_token=${token}`]],
		['in a cookie', (token) => [{ headers: { cookie: `access_token=${token}` } }]],
	])('%s is asked for one and told no error code (RFC 6750 §3)', async (_, make) => {
		const response = await ask(...make(await newToken()))
		expect(response.status).toBe(401)
		expect(response.headers.get('www-authenticate')).toBe('Bearer')
		expect(response.headers.get('cache-control')).toBe('no-store')
	})
})

describe('a token that does not count any more', () => {
	const restore = async () => {
		await db.update(accounts).set({ status: 'active' })
		await db.update(clients).set({ status: 'live' }).where(eq(clients.id, rp.id))
	}
	test.each<[string, (token: string) => unknown]>([
		['made up', () => newSecret(systemRandom)],
		['cut short', (token) => token.slice(0, -1)],
		['its hash as it is stored', async () => (await db.select().from(accessTokens))[0]?.hash],
		['expired', () => clock.advance(15 * MINUTE)],
		['revoked', () => db.update(accessTokens).set({ endedAt: clock.now() })],
		['of a suspended account', () => db.update(accounts).set({ status: 'suspended' })],
		['of an ended account', () => db.update(accounts).set({ status: 'ended' })],
		['of an account that is gone', () => db.update(accessTokens).set({ accountId: 'acc_gone' })],
		['of a suspended client', () => db.update(clients).set({ status: 'suspended' }).where(eq(clients.id, rp.id))],
		['of a client that is gone', () => db.update(accessTokens).set({ clientId: 'gone' })],
	])('%s', async (_, happens) => {
		const token = await newToken()
		const other = await happens(token)
		const response = await userinfo(provider, typeof other === 'string' ? other : token)
		await restore()
		expect(response.status).toBe(401)
		expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
		expect(await response.json()).toMatchObject({ error: 'invalid_token' })
	})

	test('one without openid is told which scope is missing', async () => {
		const token = await newToken()
		await db.update(accessTokens).set({ scope: 'name' })
		const response = await userinfo(provider, token)
		expect(response.status).toBe(403)
		expect(response.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="openid"')
	})
})
