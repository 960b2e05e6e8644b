import { afterEach, beforeEach, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { canBeFrozen, freeze } from '../../src/accounts/index.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'
import { seedSignedInLife } from '../proofing/kit/life.ts'

const ID = 'acc_00000001'
let opened: TestDb
beforeEach(async () => {
	opened = await memoryDb()
	for (const id of [ID, 'acc_00000002']) {
		await seedSignedInLife(opened.db, id, 1_000)
		const row = { id, pidIndex: id, snapshot: '', snapshotAt: 0, status: 'active' as const, ial: '2.1' }
		await opened.db.insert(schema.accounts).values({ ...row, enrolmentId: 'enr', createdAt: 0, updatedAt: 0 })
	}
})
afterEach(() => opened.close())

const go = (guard = canBeFrozen(ID)) => atomically(opened.db, freeze(opened.db, { accountId: ID, now: 5_000, guard }))
const open = async () => (await opened.db.query.sessions.findMany()).filter(({ endedAt }) => endedAt === null)

test('relying parties of the open sessions are told, and of nobody else’s', async () => {
	expect((await go()).at(-1)).toEqual([{ id: ID }])
	const told = await opened.db.query.logoutDeliveries.findMany()
	expect(told.length).toBeGreaterThan(0)
	expect(new Set(told.map(({ accountId }) => accountId))).toEqual(new Set([ID]))
	expect((await open()).map(({ accountId }) => accountId)).not.toContain(ID)
	expect((await open()).length).toBeGreaterThan(0)
})

test('consents stay, for the day on which the phone is found', async () => {
	await go()
	const grants = await opened.db.query.grants.findMany()
	expect(grants.filter(({ endedAt }) => endedAt !== null)).toEqual([])
})

test('twice is once, and each statement waits for its guard', async () => {
	const before = JSON.stringify([await opened.db.query.sessions.findMany(), await opened.db.query.signIns.findMany()])
	expect((await go(sql`1 = 0`)).at(-1)).toEqual([])
	expect(JSON.stringify([await opened.db.query.sessions.findMany(), await opened.db.query.signIns.findMany()])).toBe(
		before,
	)
	await go()
	expect((await go()).at(-1)).toEqual([])
})
