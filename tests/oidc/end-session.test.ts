import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { decodeJwt, SignJWT } from 'jose'
import { schema } from '../../db/client.ts'
import { HOUR, MINUTE } from '../../src/lib/clock.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { authorize, codeFor, exchange, tokensOf, userinfo } from './kit/requests.ts'

/** OpenID Connect RP-Initiated Logout 1.0: who may end what, and where the browser goes. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock, issuer } = provider
const { codes, events, logoutDeliveries, sessions } = schema

const BYE = 'https://rp.example/bye'
const WITH_QUERY = 'https://rp.example/bye?from=dopa&x=%20'
const leaving = { postLogoutRedirectUris: JSON.stringify([BYE, WITH_QUERY]) }
const rp = await register(provider, { ...leaving, nameEn: 'Agency <b>One</b>', nameTh: 'หน่วยงานหนึ่ง' })
const other = await register(provider, leaving)
const suspended = await register(provider, { ...leaving, id: 'suspended-rp', status: 'suspended' })

let holder: Holder
let browser: Browser
let hint: string
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [rp, other]) await consented(provider, holder, each, 'openid pid name')
})
beforeEach(async () => {
	await db.update(schema.accounts).set({ snapshotAt: clock.now() })
	await db.delete(logoutDeliveries)
	await db.delete(events)
	browser = await signedIn(provider, holder)
	hint = (await tokensAt(rp)).id_token
})

const tokensAt = async (at: Rp, who = browser) => tokensOf(await exchange(provider, at, await codeFor(who, at)))
const alive = async (who = browser) => {
	const response = await authorize(who, rp, { prompt: 'none' })
	return new URL(response.headers.get('location') ?? '').searchParams.has('code')
}

type Params = Record<string, string>
const byGet = (params: Params, who = browser) => who.get(`/oauth/end_session?${new URLSearchParams(params)}`)
const byPost = (params: Params, who = browser) => who.post('/oauth/end_session', new URLSearchParams(params))

/** `to <URL>`, `asks`, `signed out`, `still signed in`, or `<status> <error>`. */
async function outcome(response: Response): Promise<string> {
	const location = response.headers.get('location')
	if (location) return `${response.status} to ${location}`
	const html = await response.text()
	const [, error] = /data-error="([^"]*)"/.exec(html) ?? []
	if (error) return `${response.status} ${error}`
	if (html.includes('name="decision"')) return `${response.status} asks`
	return `${response.status} ${/<h1>(.*?)<\/h1>/.exec(html)?.[1]}`
}

/** What the page's form would send. */
async function formOf(response: Response): Promise<string> {
	const [, sealed = ''] = /name="request" value="([^"]*)"/.exec(await response.text()) ?? []
	return sealed
}
const SAME = { headers: { 'sec-fetch-site': 'same-origin', origin: issuer } }
const confirm = (request: string, decision = 'sign-out', who = browser, init: object = SAME) =>
	who.post('/oauth/end_session/confirm', new URLSearchParams({ request, decision }), init)

describe('with an id_token_hint of this very session', () => {
	test.each([
		['GET', byGet],
		['POST', byPost],
	])('by %s: signed out at once, and back with the state', async (_, send) => {
		const answer = await send({ id_token_hint: hint, post_logout_redirect_uri: BYE, state: 'a&b=ก' })
		expect(await outcome(answer)).toBe(`303 to ${BYE}?state=a%26b%3D%E0%B8%81`)
		expect(answer.headers.get('cache-control')).toBe('no-store')
		expect(browser.cookies().map(({ name }) => name)).not.toContain('__Host-session')
		expect(await alive()).toBe(false)
	})

	test('is over for a copy of the cookie as well, and written down', async () => {
		const copy = provider.browser()
		for (const { name, value } of browser.cookies()) copy.addCookie(`${name}=${value}; Path=/; Secure`)
		await byGet({ id_token_hint: hint })
		expect(await alive(copy)).toBe(false)
		const rows = await db.select().from(events).where(eq(events.name, 'signedOut'))
		expect(rows).toMatchObject([{ accountId: holder.accountId, actorKind: 'citizen' }])
		expect(JSON.parse(rows[0]?.data ?? '')).toEqual({ clientId: rp.id })
	})

	test('without an address, a page says so', async () => {
		expect(await outcome(await byGet({ id_token_hint: hint, ui_locales: 'en' }))).toBe('200 You are signed out')
	})

	test('without a state there is none; a registered query stays as it is spelt', async () => {
		const params = { id_token_hint: hint, post_logout_redirect_uri: WITH_QUERY }
		expect(await outcome(await byGet(params))).toBe(`303 to ${WITH_QUERY}`)
		expect(await outcome(await byGet({ ...params, state: 's' }))).toBe(`303 to ${WITH_QUERY}&state=s`)
	})

	test('an expired one does as well', async () => {
		clock.advance(20 * MINUTE)
		await db.update(sessions).set({ lastSeenAt: clock.now() })
		clock.advance(5 * HOUR)
		await db.update(sessions).set({ lastSeenAt: clock.now() })
		expect(await outcome(await byGet({ id_token_hint: hint, post_logout_redirect_uri: BYE }))).toBe(`303 to ${BYE}`)
		expect(await alive()).toBe(false)
	})

	test('with the same client_id, logout_hint and an unknown parameter', async () => {
		const more = { client_id: rp.id, logout_hint: 'x', whatever: 'y' }
		expect(await outcome(await byGet({ id_token_hint: hint, ...more }))).toContain('200')
		expect(await alive()).toBe(false)
	})

	test('twice: the second finds nobody, and goes on all the same', async () => {
		const params = { id_token_hint: hint, post_logout_redirect_uri: BYE }
		await byGet(params)
		expect(await outcome(await byGet(params))).toBe(`303 to ${BYE}`)
		expect(await db.select().from(events).where(eq(events.name, 'signedOut'))).toHaveLength(1)
	})

	test('eight at once: written down once, told once', async () => {
		await db
			.update(schema.clients)
			.set({ backchannelLogoutUri: 'https://rp.example/l' })
			.where(eq(schema.clients.id, rp.id))
		await Promise.all(Array.from({ length: 8 }, () => byGet({ id_token_hint: hint })))
		expect(await db.select().from(events).where(eq(events.name, 'signedOut'))).toHaveLength(1)
		expect(await db.select().from(logoutDeliveries)).toHaveLength(1)
		await db.update(schema.clients).set({ backchannelLogoutUri: null })
	})
})

describe('what hung on the session', () => {
	test('codes and tokens of it give nothing more; consent stays, as does another browser', async () => {
		const { access_token } = await tokensAt(other)
		const waiting = await codeFor(browser, other)
		const elsewhere = await signedIn(provider, holder)
		const theirs = (await tokensAt(rp, elsewhere)).access_token
		await byGet({ id_token_hint: hint })
		expect((await userinfo(provider, access_token)).status).toBe(401)
		expect((await exchange(provider, other, waiting)).status).toBe(400)
		expect((await userinfo(provider, theirs)).status).toBe(200)
		expect(await alive(elsewhere)).toBe(true)
		expect((await db.select().from(schema.grants)).every(({ endedAt }) => endedAt === null)).toBe(true)
	})

	test('refresh tokens end too, even where the code is long gone', async () => {
		const fresh = await register(provider, { ...leaving, grantTypes: '["authorization_code","refresh_token"]' })
		await consented(provider, holder, fresh, 'openid pid name')
		const { id_token, ...tokens } = await tokensAt(fresh)
		await db.delete(codes)
		await byGet({ id_token_hint: id_token })
		const rows = await db.select().from(schema.refreshTokens).where(eq(schema.refreshTokens.clientId, fresh.id))
		expect(rows.length).toBeGreaterThan(0)
		expect(rows.every(({ endedAt }) => endedAt === clock.now())).toBe(true)
		expect((await userinfo(provider, tokens.access_token)).status).toBe(401)
	})
})

describe('anything less is asked', () => {
	test.each<[string, () => Params | Promise<Params>]>([
		['nothing at all', () => ({})],
		['a client_id alone', () => ({ client_id: rp.id, post_logout_redirect_uri: BYE })],
		['a state alone', () => ({ state: 'x' })],
		[
			'a hint of another session',
			async () => ({ id_token_hint: (await tokensAt(rp, await signedIn(provider, holder))).id_token }),
		],
	])('%s', async (_, params) => {
		const answer = await byGet(await params())
		expect(await outcome(answer)).toBe('200 asks')
		expect(await alive()).toBe(true)
	})

	test('yes ends it and goes on', async () => {
		const request = await formOf(await byGet({ client_id: rp.id, post_logout_redirect_uri: BYE, state: 's' }))
		expect(await outcome(await confirm(request))).toBe(`303 to ${BYE}?state=s`)
		expect(browser.cookies().map(({ name }) => name)).not.toContain('__Host-session')
		expect(await alive()).toBe(false)
	})

	test('yes without an address ends on a page', async () => {
		const request = await formOf(await byGet({ ui_locales: 'en' }))
		expect(await outcome(await confirm(request))).toBe('200 You are signed out')
	})

	test('no ends nothing', async () => {
		const request = await formOf(await byGet({ client_id: rp.id, post_logout_redirect_uri: BYE, ui_locales: 'en' }))
		const answer = await confirm(request, 'stay')
		expect(answer.status).toBe(200)
		expect(await answer.text()).toContain(`<a href="${BYE}">`)
		expect(await alive()).toBe(true)
	})

	test('the page says who asks, escaped, in the person’s language, and nothing of the person', async () => {
		const html = await (await byGet({ client_id: rp.id, ui_locales: 'en' })).text()
		expect(html).toContain('Agency &#60;b&#62;One&#60;/b&#62;')
		expect(html).toContain('<html lang="en">')
		expect(html).not.toMatch(/สมชาย|Somchai|<script/)
		expect(await (await byGet({ client_id: rp.id })).text()).toContain('หน่วยงานหนึ่ง')
	})

	test('its form goes to us, and the answer to it where the relying party is', async () => {
		const { headers } = await byGet({ client_id: rp.id, post_logout_redirect_uri: BYE })
		const policy = headers.get('content-security-policy') ?? ''
		expect(policy).toContain("default-src 'none'")
		expect(policy).toContain("form-action 'self' https: https://rp.example")
		expect(policy).not.toContain('script-src')
		expect(headers.get('referrer-policy')).toBe('same-origin')
		expect(headers.get('x-frame-options')).toBe('DENY')
	})
})

describe('the answer to the page counts', () => {
	let request: string
	beforeEach(async () => {
		request = await formOf(await byGet({ client_id: rp.id, post_logout_redirect_uri: BYE }))
	})

	test.each<[string, object]>([
		['another site', { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } }],
		['a neighbour', { headers: { 'sec-fetch-site': 'same-site', origin: 'http://localhost:1' } }],
		['another origin, of an old browser', { headers: { origin: 'https://evil.example' } }],
		['a hidden origin', { headers: { origin: 'null', 'sec-fetch-site': 'same-origin' } }],
	])('not from %s', async (_, init) => {
		expect(await outcome(await confirm(request, 'sign-out', browser, init))).toBe('403 invalid_request')
		expect(await alive()).toBe(true)
	})

	test('not from somebody who says nothing of where it comes from', async () => {
		const [session] = browser.cookies().filter(({ name }) => name === '__Host-session')
		const bare = new Request(`${issuer}/oauth/end_session/confirm`, {
			method: 'POST',
			headers: {
				cookie: `__Host-session=${session?.value}`,
				'content-type': 'application/x-www-form-urlencoded',
			},
			body: new URLSearchParams({ request, decision: 'sign-out' }).toString(),
		})
		expect(await outcome(await provider.app.fetch(bare))).toBe('403 invalid_request')
		expect(await alive()).toBe(true)
	})

	test('from an old browser that says its origin', async () => {
		expect(await outcome(await confirm(request, 'sign-out', browser, { headers: { origin: issuer } }))).toContain('303')
	})

	test('not in another browser, nor for another session', async () => {
		const visitor = await signedIn(provider, holder)
		expect(await outcome(await confirm(request, 'sign-out', visitor))).toBe('400 invalid_request')
		expect(await alive(visitor)).toBe(true)
	})

	test('not after ten minutes, not made up, not of another kind', async () => {
		expect(await outcome(await confirm('1.x.y'))).toBe('400 invalid_request')
		expect(await outcome(await confirm(provider.vault.seal(['x', 'y', 'z'], '{}')))).toBe('400 invalid_request')
		clock.advance(10 * MINUTE)
		expect(await outcome(await confirm(request))).toBe('400 invalid_request')
		expect(await alive()).toBe(true)
	})

	test('once it is over, it is over', async () => {
		await confirm(request)
		expect(await outcome(await confirm(request))).toBe(`303 to ${BYE}`)
	})
})

describe('a form of the relying party’s page, to which a browser gives no Lax cookie', () => {
	test('comes back by GET with its cookie, without the id_token in the address', async () => {
		const bare = provider.browser()
		const first = await byPost({ id_token_hint: hint, post_logout_redirect_uri: BYE, state: 's' }, bare)
		const location = first.headers.get('location') ?? ''
		expect(first.status).toBe(303)
		expect(location).toStartWith(`${issuer}/oauth/end_session/resume?request=`)
		expect(location).not.toContain(hint.split('.')[1] ?? '-')
		expect(await outcome(await browser.get(location))).toBe(`303 to ${BYE}?state=s`)
		expect(await alive()).toBe(false)
	})

	test('is asked there like anybody else', async () => {
		const first = await byPost({ client_id: rp.id }, provider.browser())
		expect(await outcome(await browser.get(first.headers.get('location') ?? ''))).toBe('200 asks')
		expect(await outcome(await browser.get('/oauth/end_session/resume?request=x'))).toBe('400 invalid_request')
	})
})

describe('nobody is signed in here', () => {
	test.each<[string, Params, string]>([
		['and nobody says who asks', { ui_locales: 'en' }, '200 You are signed out'],
		['back to where it is registered', { client_id: rp.id, post_logout_redirect_uri: BYE }, `303 to ${BYE}`],
	])('%s', async (_, params, expected) => {
		expect(await outcome(await byGet(params, provider.browser()))).toBe(expected)
	})
})

describe('what is wrong is told to the person, and goes nowhere', () => {
	const forged = async (alter: (claims: Record<string, unknown>) => object, header: object = {}) => {
		const key = await newKey('RS256')
		return new SignJWT(alter(decodeJwt(hint)) as never)
			.setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
			.sign(key.privateKey)
	}
	const kidOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid as string

	test.each<[string, () => Params | Promise<Params>]>([
		[
			'an address that is not registered',
			() => ({ id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example/' }),
		],
		['a registered one with a query added', () => ({ id_token_hint: hint, post_logout_redirect_uri: `${BYE}?a=b` })],
		[
			'a redirect_uri, which is not for this',
			() => ({ id_token_hint: hint, post_logout_redirect_uri: rp.redirectUri }),
		],
		['an address and nobody who asks', () => ({ post_logout_redirect_uri: BYE })],
		['a hint that is none', () => ({ id_token_hint: 'x', post_logout_redirect_uri: BYE })],
		['a hint without signature', () => ({ id_token_hint: `${hint.split('.').slice(0, 2).join('.')}.` })],
		['a hint that was changed', () => ({ id_token_hint: `${hint.slice(0, -4)}AAAA` })],
		['a hint of another signer', async () => ({ id_token_hint: await forged((claims) => claims) })],
		['and with our kid', async () => ({ id_token_hint: await forged((claims) => claims, { kid: kidOf(hint) }) })],
		['and alg none', () => ({ id_token_hint: `${btoa('{"alg":"none"}')}.${hint.split('.')[1]}.` })],
		['a hint of another client', () => ({ id_token_hint: hint, client_id: other.id })],
		['an unknown client', () => ({ client_id: 'nobody' })],
		['a suspended client', () => ({ client_id: suspended.id, post_logout_redirect_uri: BYE })],
		['a state of 2,049 characters', () => ({ id_token_hint: hint, state: 's'.repeat(2_049) })],
	])('%s', async (_, params) => {
		const said = await params()
		for (const send of [byGet, byPost]) {
			const answer = await send(said)
			expect(await outcome(answer)).toMatch(/^400 invalid_(request|client)$/)
		}
		expect(await alive()).toBe(true)
	})

	test('our other JWTs are no hints: a logout token, an answer', async () => {
		const { response = '' } = Object.fromEntries(
			new URL((await authorize(browser, rp, { response_mode: 'jwt' })).headers.get('location') ?? '').searchParams,
		)
		expect(await outcome(await byGet({ id_token_hint: response }))).toBe('400 invalid_request')
	})

	test('a parameter twice, a method that is not served, another content type', async () => {
		expect(await outcome(await browser.get('/oauth/end_session?state=a&state=b'))).toBe('400 invalid_request')
		const put = new Request(`${issuer}/oauth/end_session`, { method: 'PUT' })
		expect((await provider.app.fetch(put)).status).toBe(405)
		expect(await outcome(await browser.post('/oauth/end_session', { a: 'b' }))).toBe('415 invalid_request')
	})

	test('in words about signing out, in the person’s language', async () => {
		const html = await (await byGet({ id_token_hint: 'x', ui_locales: 'en' })).text()
		expect(html).toContain('<h1>You could not be signed out</h1>')
	})
})
