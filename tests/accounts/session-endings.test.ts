import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../db/client.ts'
import { seedClients } from '../../db/seed/clients.ts'
import { endSessions, inheritClients } from '../../src/accounts/index.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'

const { accessTokens, codes, grants, logoutDeliveries, refreshTokens, sessionClients, sessions } = schema
const NOW = 5_000
const LATER = 9_000
const AGENCIES = ['sample-agency', 'sample-agency-jwt']

let opened: TestDb
beforeEach(async () => {
	opened = await memoryDb()
	await seedClients(opened.db, { now: () => 0 })
	// The first wants to hear of it, the second does not.
	await opened.db
		.update(schema.clients)
		.set({ backchannelLogoutUri: 'https://rp.example/l' })
		.where(sql`id = ${AGENCIES[0]}`)
	for (const name of ['here', 'yonder']) await seedSession(name)
})
afterEach(() => opened.close())

/** A session of one citizen, with two relying parties that have a code on its way, a spent one, and tokens of it. */
async function seedSession(name: string): Promise<void> {
	const { db } = opened
	const session = { accountId: 'acc', credentialId: 'c', acr: 'phr', amr: '[]', authenticatedAt: 0 }
	await db.insert(sessions).values({ ...session, secretHash: name, lastSeenAt: 0, expiresAt: LATER })
	for (const clientId of AGENCIES) {
		const mark = `${name}/${clientId}`
		const grantId = `grant/${clientId}`
		const common = { clientId, accountId: 'acc', grantId, scope: 'openid', expiresAt: LATER }
		const proved = { acr: 'phr', amr: '[]', authTime: 0, sid: mark }
		await db
			.insert(grants)
			.values({ id: grantId, accountId: 'acc', clientId, scope: 'openid', signInId: 's', createdAt: 0 })
			.onConflictDoNothing()
		await db.insert(sessionClients).values({ sid: mark, sessionHash: name, clientId, accountId: 'acc', createdAt: 0 })
		await db.insert(codes).values([
			{ ...common, ...proved, hash: `code/${mark}`, redirectUri: '' },
			{ ...common, ...proved, hash: `spent/${mark}`, redirectUri: '', consumedBy: 'act' },
		])
		await db.insert(accessTokens).values([
			{ ...common, hash: `token/${mark}`, codeHash: `spent/${mark}` },
			{ ...common, hash: `refreshed/${mark}`, codeHash: `swept/${mark}` },
		])
		await db.insert(refreshTokens).values({ ...common, ...proved, hash: `refresh/${mark}`, codeHash: `swept/${mark}` })
	}
}

const end = (guard?: ReturnType<typeof sql>, now = NOW) =>
	atomically(opened.db, endSessions(opened.db, { which: sql`${sessions.secretHash} = 'here'`, now, guard }))

async function contents(name: string) {
	const { db } = opened
	const of = <T extends object>(rows: T[]) => rows.filter((row) => JSON.stringify(row).includes(name))
	return {
		sessions: of(await db.select().from(sessions)),
		named: of(await db.select().from(sessionClients)),
		accessTokens: of(await db.select().from(accessTokens)),
		refreshTokens: of(await db.select().from(refreshTokens)),
		codes: of(await db.select().from(codes)),
		told: of(await db.select().from(logoutDeliveries)),
	}
}

describe('a session ends', () => {
	test('with its names, its tokens, its codes that are on their way', async () => {
		const rows = await end()
		expect(rows[0]).toHaveLength(1)
		expect(rows.at(-1)).toHaveLength(1)
		const here = await contents('here')
		for (const part of [here.sessions, here.named, here.accessTokens, here.refreshTokens]) {
			expect(part.length).toBeGreaterThan(0)
			expect(part.every(({ endedAt }) => endedAt === NOW)).toBe(true)
		}
		expect(here.accessTokens).toHaveLength(4)
		const expiry = Object.fromEntries(here.codes.map(({ hash, expiresAt }) => [hash, expiresAt]))
		expect(expiry).toEqual(
			Object.fromEntries(
				AGENCIES.flatMap((id) => [
					[`code/here/${id}`, 0],
					[`spent/here/${id}`, LATER],
				]),
			),
		)
	})

	test('and who wants to hear of it is to be told', async () => {
		await end()
		expect(await opened.db.select().from(logoutDeliveries)).toEqual([
			{
				id: 'here/sample-agency',
				clientId: 'sample-agency',
				accountId: 'acc',
				sid: 'here/sample-agency',
				state: 'waiting',
				attempts: 0,
				nextAt: NOW,
				lastOutcome: null,
				createdAt: NOW,
				settledAt: null,
			},
		])
	})

	test('the same citizen’s session elsewhere, with the same relying parties, is as before, and so are the consents', async () => {
		const before = await contents('yonder')
		await end()
		expect(await contents('yonder')).toEqual(before)
		expect((await opened.db.select().from(grants)).every(({ endedAt }) => endedAt === null)).toBe(true)
	})

	test('not where the guard does not hold', async () => {
		const before = await contents('here')
		await end(sql`1 = 2`)
		expect(await contents('here')).toEqual(before)
	})

	test('once: what had ended keeps its hour', async () => {
		await end()
		const before = await contents('here')
		const again = await end(undefined, NOW + 1)
		expect([again[0], again.at(-1)]).toEqual([[], []])
		expect(await contents('here')).toEqual(before)
	})
})

test('a newer session takes the names over, and nobody is told', async () => {
	await atomically(opened.db, inheritClients(opened.db, { from: 'here', to: 'newer', now: NOW, guard: sql`1 = 1` }))
	const rows = await opened.db.select().from(sessionClients)
	expect(rows.filter(({ sessionHash }) => sessionHash === 'newer').map(({ clientId }) => clientId)).toEqual(AGENCIES)
	expect((await contents('here')).sessions).toMatchObject([{ endedAt: NOW }])
	expect((await contents('here')).accessTokens.every(({ endedAt }) => endedAt === null)).toBe(true)
	expect(await opened.db.select().from(logoutDeliveries)).toEqual([])
})

test('every statement finds its rows by an index', async () => {
	const guard = sql`1 = 1`
	const statements: Statement[] = [
		...endSessions(opened.db, { which: sql`${sessions.secretHash} = 'here'`, now: NOW, guard }),
		...endSessions(opened.db, { which: sql`${sessions.accountId} = 'acc'`, now: NOW, guard }),
		...inheritClients(opened.db, { from: 'here', to: 'x', now: NOW, guard }),
	]
	for (const statement of statements) {
		const { sql: text, params } = (statement as unknown as { toSQL(): { sql: string; params: never[] } }).toSQL()
		const plan = await opened.client.execute({ sql: `EXPLAIN QUERY PLAN ${text}`, args: params })
		expect([text, JSON.stringify(plan.rows)]).not.toEqual([text, expect.stringMatching(/"SCAN (?!CONSTANT)/)])
	}
})
