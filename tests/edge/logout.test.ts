import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { serialiseCookie } from '../../src/lib/cookies.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { type Edge, openEdge } from '../kit/edge.ts'
import { createBrowser } from '../kit/http-client.ts'

/** What goes on after an answer, on workerd: a logout token is tried at once, though the request is over. */
let edge: Edge
beforeAll(async () => {
	edge = await openEdge()
}, 60_000)
afterAll(() => edge.close())

test('locking queues a logout token, and the worker tries it after the answer', async () => {
	const { db } = edge
	const secret = newSecret(systemRandom)
	const now = Date.now()
	const common = { accountId: 'acc_of_the_test', acr: 'phr', amr: '[]' }
	await db.insert(schema.accounts).values({
		id: common.accountId,
		pidIndex: 'index',
		snapshot: 'none',
		snapshotAt: now,
		status: 'active',
		ial: '2.1',
		enrolmentId: 'enr',
		createdAt: now,
		updatedAt: now,
	})
	await db.insert(schema.sessions).values({
		...common,
		secretHash: hashSecret(secret),
		credentialId: 'any',
		authenticatedAt: now,
		lastSeenAt: now,
		expiresAt: now + 60_000,
	})
	await db.insert(schema.sessionClients).values({
		sid: 'sid_1',
		sessionHash: hashSecret(secret),
		clientId: 'sample-agency',
		accountId: common.accountId,
		createdAt: now,
	})
	await db
		.update(schema.clients)
		.set({ backchannelLogoutUri: 'https://rp.example/logout' })
		.where(sql`id = 'sample-agency'`)
	const browser = createBrowser(edge.fetch, { origin: edge.issuer })
	await browser.get('/card')
	browser.addCookie(serialiseCookie('session', secret))
	await browser.mutate('me.lock', {})

	let tried: (typeof schema.logoutDeliveries.$inferSelect)[] = []
	for (let i = 0; i < 100 && tried[0]?.lastOutcome == null; i++) {
		await Bun.sleep(50)
		tried = await db.select().from(schema.logoutDeliveries)
	}
	// No host is listed here: the attempt ends before anything is sent.
	expect(tried).toMatchObject([{ id: 'sid_1', attempts: 1, state: 'given_up', lastOutcome: 'host_not_listed' }])
}, 60_000)
