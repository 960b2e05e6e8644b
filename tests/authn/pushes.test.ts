import { afterAll, beforeEach, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { LIMITS } from '../../src/env.ts'
import { authorizationUrl } from './kit/agency.ts'
import { ISSUER, openStage } from './kit/stage.ts'

/** Each pushed request writes a row, and in the name of a public client nobody has to prove anything for it. */
const { limit, window } = LIMITS.signIn.startsFromNetwork
const stage = await openStage()
afterAll(() => stage.close())
let address = '192.0.2.7'
const app = stage.appWith({ peer: () => ({ address, place: null }) })

const push = () =>
	Promise.resolve(
		app.fetch(
			new Request(`${ISSUER}/oauth/par`, {
				method: 'POST',
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body: new URL(authorizationUrl(ISSUER)).searchParams,
			}),
		),
	)
const kept = () => stage.db.$count(schema.pushedRequests)

beforeEach(async () => {
	await stage.afresh()
	address = '192.0.2.7'
	await stage.db.update(schema.clients).set({ authMethod: 'none', secretHash: null, profile: 'oidc' })
	await stage.db.delete(schema.pushedRequests)
})

test('up to the limit they are kept, beyond it none is, and the client hears when to come again', async () => {
	expect((await push()).status).toBe(201)
	await stage.db.update(schema.throttles).set({ count: limit - 1 })
	expect((await push()).status).toBe(201)
	const refused = await push()
	expect(refused.status).toBe(429)
	expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' })
	expect(refused.headers.get('retry-after')).toBe(String(window / 1_000))
	expect(await kept()).toBe(2)
	address = '192.0.3.7'
	expect((await push()).status).toBe(201)
	address = '192.0.2.7'
	stage.clock.pass(window)
	expect((await push()).status).toBe(201)
})

test('the network stands nowhere, and it costs no trip more', async () => {
	stage.trips.length = 0
	await push()
	expect(stage.trips.map((trip) => trip.length)).toEqual([1, 2])
	const [row] = await stage.db.select().from(schema.throttles).where(sql`key LIKE 'push/%'`)
	expect(row?.key).toStartWith('push/sample-agency/')
	expect(row?.key).not.toContain('192')
})
