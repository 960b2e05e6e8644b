import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import { decodeJwt, type JSONWebKeySet } from 'jose'
import { atomically, schema } from '../../db/client.ts'
import { endDevice } from '../../src/accounts/index.ts'
import { createApp } from '../../src/app.ts'
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts'
import { createOutbound, type Outbound } from '../../src/lib/outbound.ts'
import { bunConnection } from '../../src/lib/outbound-bun.ts'
import { systemRandom } from '../../src/lib/random.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, type Holder, openProvider, type Provider, signedIn } from './kit/provider.ts'
import { openReceiver, type Receiver } from './kit/receiver.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { authenticated, codeFor, exchange, outcome, post, tokensOf } from './kit/requests.ts'

/** OpenID Connect Back-Channel Logout 1.0, with receivers that really listen. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const { logoutDeliveries } = schema

let provider: Provider
let holder: Holder
const checks = () => ({
	issuer: provider.issuer,
	now: provider.clock.now,
	jwks: async () =>
		(
			await provider.app.fetch(new Request(`${provider.issuer}/.well-known/jwks.json`))
		).json() as Promise<JSONWebKeySet>,
})
const [one, two] = [openReceiver(checks), openReceiver(checks)]
const outbound = createOutbound({ allowedHosts: [one.host, two.host], ...bunConnection(), timeout: 400 })
provider = await openProvider({ outbound })
const { db, clock } = provider
afterAll(async () => {
	await one.stop()
	await two.stop()
	provider.close()
})

const first = await register(provider, { backchannelLogoutUri: one.uri })
const second = await register(provider, { backchannelLogoutUri: two.uri, idTokenAlg: 'ES256' })
const silent = await register(provider)
const refused = await register(provider, { backchannelLogoutUri: 'https://elsewhere.example/logout' })
const keyed = await register(provider, { backchannelLogoutUri: two.uri }, [await newKey('ES256')])
const open = await register(provider, { authMethod: 'none', backchannelLogoutUri: two.uri })

let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [first, second, silent, refused, keyed]) await consented(provider, holder, each, 'openid pid name')
})
beforeEach(async () => {
	await settledBefore()
	await db.delete(logoutDeliveries)
	await db.update(schema.accounts).set({ snapshotAt: clock.now() })
	for (const receiver of [one, two]) {
		receiver.requests.length = 0
		receiver.answers(200)
	}
	browser = await signedIn(provider, holder)
})

/** What was begun in the background has ended. */
async function settledBefore(): Promise<void> {
	await Bun.sleep(20)
	await provider.app.deliverLogouts()
}

const idTokenAt = async (rp: Rp) => (await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))).id_token
const lock = () => browser.mutate('me.lock', {})
const rows = () => db.select().from(logoutDeliveries)
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
	for (let i = 0; i < 200 && !(await holds()); i++) await Bun.sleep(5)
	expect(await holds()).toBe(true)
}
const came = ({ requests }: Receiver, count = 1) => until(() => requests.length === count)
const settled = () => until(async () => (await rows()).every(({ lastOutcome }) => lastOutcome !== null))

describe('a session’s end is told', () => {
	test('at once, to each relying party that it has answered, in its own names', async () => {
		const [atFirst, atSecond] = [decodeJwt(await idTokenAt(first)), decodeJwt(await idTokenAt(second))]
		await idTokenAt(silent)
		await lock()
		await came(one)
		await came(two)
		const now = clock.now() / SECOND
		expect(one.requests[0]?.claims).toEqual({
			iss: provider.issuer,
			aud: first.id,
			sub: atFirst.sub,
			sid: atFirst.sid,
			iat: now,
			exp: expect.any(Number),
			jti: expect.any(String),
			events: { [EVENT]: {} },
		})
		expect((one.requests[0]?.claims.exp ?? 0) - now).toBeLessThanOrEqual(120)
		expect(one.requests[0]).toMatchObject({
			typ: 'logout+jwt',
			alg: 'RS256',
			contentType: 'application/x-www-form-urlencoded',
		})
		expect(two.requests[0]).toMatchObject({
			alg: 'ES256',
			claims: { aud: second.id, sub: atSecond.sub, sid: atSecond.sid },
		})
		expect(atFirst.sid).not.toBe(atSecond.sid as never)
		await settled()
		expect(await rows()).toHaveLength(2)
		expect(await rows()).toMatchObject([
			{ state: 'delivered', attempts: 1, lastOutcome: '200', settledAt: clock.now() },
			{ state: 'delivered', attempts: 1, lastOutcome: '200' },
		])
	})

	test('by a relying party’s wish, and the answer waits for no receiver', async () => {
		let answered = false
		one.answers(async () => {
			await Bun.sleep(150)
			answered = true
			return new Response()
		})
		const hint = await idTokenAt(first)
		await browser.get(`/oauth/end_session?${new URLSearchParams({ id_token_hint: hint })}`)
		expect(answered).toBe(false)
		await settled()
		expect(await rows()).toMatchObject([{ state: 'delivered' }])
	})

	test('with the device, by the next round', async () => {
		await idTokenAt(first)
		const { accountId } = holder
		const end = { accountId: 'acc_nobody', now: clock.now(), reason: 'x', guard: sql`TRUE` }
		await atomically(db, endDevice(db, end))
		expect(await rows()).toEqual([])
		// All but what later tests need of the holder.
		const kept = (statement: object) =>
			/session|logout/.test(JSON.stringify((statement as { toSQL(): object }).toSQL()))
		await atomically(db, endDevice(db, { ...end, accountId }).filter(kept))
		expect(await rows()).toMatchObject([{ clientId: first.id, state: 'waiting', attempts: 0 }])
		expect(await provider.app.deliverLogouts()).toBe(1)
		expect(one.requests).toHaveLength(1)
	})

	test('204 is yes as well', async () => {
		one.answers(204)
		await idTokenAt(first)
		await lock()
		await settled()
		expect(await rows()).toMatchObject([{ state: 'delivered', lastOutcome: '204' }])
	})

	test('not of a session that only ran out', async () => {
		await idTokenAt(first)
		clock.advance(13 * HOUR)
		await provider.app.deliverLogouts()
		expect(await rows()).toEqual([])
	})
})

describe('a receiver that does not take it', () => {
	const PAUSES = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR]

	test('that is down is tried again, later and later, and hears of it when it is back', async () => {
		await idTokenAt(first)
		await one.down()
		await lock()
		await settled()
		expect(await rows()).toMatchObject([{ state: 'waiting', attempts: 1, lastOutcome: 'unreachable' }])
		clock.advance((PAUSES[0] ?? 0) - 1)
		expect(await provider.app.deliverLogouts()).toBe(0)
		clock.advance(1)
		expect(await provider.app.deliverLogouts()).toBe(1)
		one.up()
		clock.advance((PAUSES[1] ?? 0) - 1)
		expect(await provider.app.deliverLogouts()).toBe(0)
		clock.advance(1)
		expect(await provider.app.deliverLogouts()).toBe(1)
		expect(one.requests).toHaveLength(1)
		expect(await rows()).toMatchObject([{ state: 'delivered', attempts: 3, lastOutcome: '200' }])
		clock.advance(DAYS)
		expect(await provider.app.deliverLogouts()).toBe(0)
	})

	test.each([500, 503, 404, 401, 202, 301])(
		'that answers %d: after the sixth attempt nobody tries again',
		async (status) => {
			one.answers(status)
			await idTokenAt(first)
			await lock()
			await settled()
			if (status === 301) {
				expect(await rows()).toMatchObject([{ state: 'given_up', lastOutcome: 'redirect' }])
				return
			}
			for (const pause of PAUSES) {
				clock.advance(pause)
				expect(await provider.app.deliverLogouts()).toBe(1)
			}
			expect(await rows()).toMatchObject([{ state: 'given_up', attempts: 6, lastOutcome: String(status) }])
			clock.advance(DAYS)
			expect(await provider.app.deliverLogouts()).toBe(0)
			// Each attempt is a token of its own.
			expect(new Set(one.requests.map(({ claims }) => claims.jti)).size).toBe(6)
			expect(new Set(one.requests.map(({ claims }) => claims.sid)).size).toBe(1)
		},
	)

	test('that says no (400) is not asked again', async () => {
		one.answers(400)
		await idTokenAt(first)
		await lock()
		await settled()
		expect(await rows()).toMatchObject([{ state: 'given_up', attempts: 1, lastOutcome: '400', settledAt: clock.now() }])
	})

	test('that is slow holds up nobody else', async () => {
		one.answers(() => Bun.sleep(2_000).then(() => new Response()))
		await idTokenAt(first)
		await idTokenAt(second)
		await lock()
		await came(two)
		await until(async () => (await rows()).some(({ state }) => state === 'delivered'))
		await settled()
		expect((await rows()).find(({ clientId }) => clientId === first.id)).toMatchObject({
			state: 'waiting',
			lastOutcome: 'timeout',
		})
	})

	test('whose address the operator does not list is never asked', async () => {
		await idTokenAt(refused)
		await lock()
		await settled()
		expect(await rows()).toMatchObject([{ state: 'given_up', lastOutcome: 'host_not_listed' }])
		expect(provider.logged.at(-1)).toEqual({
			event: 'logout_not_delivered',
			fields: { client: refused.id, outcome: 'host_not_listed', attempts: 1 },
		})
	})

	test.each<[string, object, string]>([
		['was suspended meanwhile', { status: 'suspended' }, 'client_suspended'],
		['has taken its address back', { backchannelLogoutUri: null }, 'no_address'],
	])('that %s hears nothing', async (_, change, word) => {
		await idTokenAt(first)
		await one.down()
		await lock()
		await settled()
		one.up()
		await db.update(schema.clients).set(change).where(eq(schema.clients.id, first.id))
		clock.advance(10 * SECOND)
		await provider.app.deliverLogouts()
		expect(one.requests).toEqual([])
		expect(await rows()).toMatchObject([{ state: 'given_up', lastOutcome: word }])
		await db
			.update(schema.clients)
			.set({ status: 'live', backchannelLogoutUri: one.uri })
			.where(eq(schema.clients.id, first.id))
	})
})

const DAYS = 48 * HOUR

describe('two servers', () => {
	const another = (asks: Outbound = outbound) =>
		createApp({
			...provider,
			random: systemRandom,
			registry: provider.simulator,
			settings: { issuer: provider.issuer, tiers: ['attested', 'device-bound', 'browser-bound'] },
			assets: async () => null,
			peer: () => ({ address: null, place: null }),
			outbound: asks,
			log: () => {},
		})

	test('at once send each token once', async () => {
		await idTokenAt(first)
		await db.insert(logoutDeliveries).values(
			Array.from({ length: 40 }, (_, i) => ({
				id: `sid_${i}`,
				clientId: first.id,
				accountId: holder.accountId,
				sid: `sid_${i}`,
				state: 'waiting' as const,
				attempts: 0,
				nextAt: clock.now(),
				createdAt: clock.now(),
			})),
		)
		const apps = [provider.app, another(), another(), provider.app]
		const attempts = await Promise.all(apps.map((app) => app.deliverLogouts()))
		expect(attempts.reduce((sum, each) => sum + each, 0)).toBe(40)
		expect(one.requests).toHaveLength(40)
		expect(new Set(one.requests.map(({ claims }) => claims.jti)).size).toBe(40)
		expect(new Set((await rows()).map(({ state }) => state))).toEqual(new Set(['delivered']))
	})

	test('one of which dies in the middle: after a minute the other goes on', async () => {
		await idTokenAt(first)
		let died = false
		const dying = another({
			get: () => Promise.reject(new Error('not asked')),
			post() {
				died = true
				return new Promise(() => {})
			},
		})
		await one.down()
		await lock()
		await settled()
		one.up()
		clock.advance(10 * SECOND)
		void dying.deliverLogouts()
		await until(() => died)
		expect(await provider.app.deliverLogouts()).toBe(0)
		clock.advance(MINUTE)
		expect(await provider.app.deliverLogouts()).toBe(1)
		expect(await rows()).toMatchObject([{ state: 'delivered', attempts: 3 }])
	})
})

describe('the relying party’s own log', () => {
	const log = async (rp: Rp) =>
		post(provider, '/oauth/logout_deliveries', await authenticated(provider, rp, new URLSearchParams()))

	test('says how each of its logout tokens has fared, and of nobody else’s', async () => {
		await idTokenAt(first)
		const { sid } = decodeJwt(await idTokenAt(second))
		two.answers(503)
		await lock()
		await settled()
		const answer = await log(second)
		expect(answer.headers.get('cache-control')).toBe('no-store')
		const created_at = Math.floor(clock.now() / SECOND)
		expect(await answer.json()).toEqual([
			{
				id: sid,
				sid,
				state: 'waiting',
				attempts: 1,
				last_outcome: '503',
				created_at,
				next_at: created_at + 10,
				settled_at: null,
			},
		])
		expect(two.requests[0]?.claims.jti).toBe(`${sid}.1`)
	})

	test('the newest hundred, newest first', async () => {
		await db.insert(logoutDeliveries).values(
			Array.from({ length: 120 }, (_, i) => ({
				id: `old_${i}`,
				clientId: second.id,
				accountId: holder.accountId,
				sid: `old_${i}`,
				state: 'delivered' as const,
				attempts: 1,
				nextAt: 0,
				lastOutcome: '200',
				createdAt: i * SECOND,
				settledAt: i * SECOND,
			})),
		)
		const told = (await (await log(second)).json()) as { id: string }[]
		expect(told).toHaveLength(100)
		expect(told[0]?.id).toBe('old_119')
	})

	test('is for who proves itself, each assertion once', async () => {
		expect(await outcome(await log({ ...second, secret: 'wrong' }))).toBe('401 invalid_client')
		expect(await outcome(await log(open))).toBe('401 invalid_client')
		const sent = await authenticated(provider, keyed, new URLSearchParams())
		expect((await post(provider, '/oauth/logout_deliveries', sent)).status).toBe(200)
		expect(await outcome(await post(provider, '/oauth/logout_deliveries', sent))).toBe('401 invalid_client')
		expect((await provider.browser().get('/oauth/logout_deliveries')).status).toBe(405)
	})
})

test('discovery says so', async () => {
	const document = await (
		await provider.app.fetch(new Request(`${provider.issuer}/.well-known/openid-configuration`))
	).json()
	expect(document).toMatchObject({
		end_session_endpoint: `${provider.issuer}/oauth/end_session`,
		backchannel_logout_supported: true,
		backchannel_logout_session_supported: true,
	})
	expect(document).not.toHaveProperty('frontchannel_logout_supported')
})
