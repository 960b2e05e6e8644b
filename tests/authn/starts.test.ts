import { afterAll, beforeEach, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { LIMITS } from '../../src/env.ts'
import { authorizationUrl } from './kit/agency.ts'
import { ISSUER, openStage } from './kit/stage.ts'

/** Each request that begins to wait writes a row, and nobody has to prove anything for it: so they are counted. */
const { limit, window } = LIMITS.signIn.startsFromNetwork
const stage = await openStage()
afterAll(() => stage.close())
let address = '192.0.2.7'
const app = stage.appWith({ peer: () => ({ address, place: null }) })
const start = (more: Record<string, string> = {}) =>
	Promise.resolve(app.fetch(new Request(authorizationUrl(ISSUER, more))))
const waiting = async () => (await stage.db.select().from(schema.signIns)).length

beforeEach(async () => {
	await stage.afresh()
	address = '192.0.2.7'
})

/** As if so many had begun already. */
async function begunBefore(count: number): Promise<void> {
	await start()
	await stage.db.update(schema.throttles).set({ count })
}

test('up to the limit they wait, beyond it nothing is stored and the person is told when to come again', async () => {
	await begunBefore(limit - 1)
	expect((await start()).status).toBe(303)
	const before = await waiting()
	stage.clock.pass(60_000)
	const refused = await start()
	expect(refused.status).toBe(429)
	expect(refused.headers.get('location')).toBeNull()
	expect(refused.headers.get('retry-after')).toBe(String((window - 60_000) / 1_000))
	expect(await refused.text()).toContain('data-error="temporarily_unavailable"')
	expect(await waiting()).toBe(before)
})

test('after the window there is room again', async () => {
	await begunBefore(limit)
	expect((await start()).status).toBe(429)
	stage.clock.pass(window)
	expect((await start()).status).toBe(303)
})

test('a neighbour in the network shares the count; another network, and another relying party, do not', async () => {
	await begunBefore(limit)
	address = '192.0.2.200'
	expect((await start()).status).toBe(429)
	address = '192.0.3.7'
	expect((await start()).status).toBe(303)
	address = '192.0.2.7'
	expect((await start()).status).toBe(429)
	// The same counts, of another relying party.
	await stage.db.update(schema.throttles).set({ key: sql`replace(key, 'sample-agency', 'another')` })
	expect((await start()).status).toBe(303)
})

test('the network stands nowhere, and it costs no trip more', async () => {
	stage.trips.length = 0
	await start()
	expect(stage.trips.map((trip) => trip.length)).toEqual([1, 2])
	const [row] = await stage.db.select().from(schema.throttles)
	expect(row?.key).toStartWith('start/sample-agency/')
	expect(row?.key).not.toContain('192')
})

test('of many at once no more are stored than there is room for', async () => {
	await begunBefore(limit - 3)
	const before = await waiting()
	const answers = await Promise.all(Array.from({ length: 12 }, () => start()))
	expect(answers.filter(({ status }) => status === 303)).toHaveLength(3)
	expect(await waiting()).toBe(before + 3)
})

test('what is answered at once, silently or with an error, is not counted', async () => {
	await start({ prompt: 'none' })
	await start({ response_type: 'token' })
	expect(await stage.db.select().from(schema.throttles)).toEqual([])
})
