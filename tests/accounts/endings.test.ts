import { afterEach, beforeEach, expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { endDevice } from '../../src/accounts/index.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'
import { seedSignedInLife } from '../proofing/kit/life.ts'

const {
	accessTokens,
	codes,
	devices,
	grants,
	logoutDeliveries,
	passkeys,
	pins,
	refreshTokens,
	sessionClients,
	sessions,
	signIns,
} = schema
const NOW = 5_000

let opened: TestDb
beforeEach(async () => {
	opened = await memoryDb()
	for (const accountId of ['acc_00000001', 'acc_00000002']) {
		await seedSignedInLife(opened.db, accountId, 1_000)
		await opened.db.insert(passkeys).values({
			credentialId: `key-${accountId}`,
			accountId,
			publicKey: 'x',
			algorithm: -7,
			signCount: 0,
			backupEligible: false,
			backedUp: false,
			tier: 'device-bound',
			transports: '[]',
			aaguid: '',
			createdAt: 0,
			lastUsedAt: 0,
		})
		await opened.db.insert(devices).values({
			secretHash: `device-${accountId}`,
			accountId,
			credentialId: `key-${accountId}`,
			createdAt: 0,
			lastUsedAt: 0,
		})
		const pin = { hash: 'x', salt: 'x', iterations: 1, pepperVersion: 1, failures: 0, nextTryAt: 0, updatedAt: 0 }
		await opened.db.insert(pins).values({ accountId, ...pin })
	}
})
afterEach(() => opened.close())

const end = (guard = sql`1 = 1`) =>
	atomically(opened.db, endDevice(opened.db, { accountId: 'acc_00000001', now: NOW, reason: 'replaced', guard }))

const TABLES = {
	passkeys,
	pins,
	devices,
	sessions,
	sessionClients,
	logoutDeliveries,
	grants,
	accessTokens,
	refreshTokens,
	codes,
	signIns,
}
async function rowsOf(accountId: string) {
	const found: Record<string, unknown[]> = {}
	for (const [name, table] of Object.entries(TABLES))
		found[name] = await opened.db.select().from(table).where(eq(table.accountId, accountId))
	return found
}

test('a device ends with all that hangs on it', async () => {
	await end()
	const rows = await rowsOf('acc_00000001')
	for (const name of ['devices', 'sessions', 'sessionClients', 'grants', 'accessTokens', 'refreshTokens'])
		expect([name, rows[name]]).toEqual([name, [expect.objectContaining({ endedAt: NOW })]])
	expect(rows.passkeys).toMatchObject([{ endedAt: NOW, endedReason: 'replaced' }])
	expect(rows.pins).toEqual([])
	expect(rows.logoutDeliveries).toMatchObject([{ clientId: 'client', state: 'waiting', nextAt: NOW }])
	expect(rows.codes).toMatchObject([{ expiresAt: NOW, consumedBy: null }])
	expect(
		(rows.signIns as { state: string; endReason: string | null }[]).map((row) => [row.state, row.endReason]),
	).toEqual([
		['ended', 'sign_in_ended'],
		['ended', 'sign_in_ended'],
		['collected', null],
	])
})

test('nothing of anybody else ends', async () => {
	const before = await rowsOf('acc_00000002')
	await end()
	expect(await rowsOf('acc_00000002')).toEqual(before)
})

test('nothing ends where the guard does not hold', async () => {
	const before = await rowsOf('acc_00000001')
	await end(sql`1 = 2`)
	expect(await rowsOf('acc_00000001')).toEqual(before)
})

test('what had ended keeps its day and its reason', async () => {
	await end()
	const before = await rowsOf('acc_00000001')
	await atomically(
		opened.db,
		endDevice(opened.db, { accountId: 'acc_00000001', now: NOW + 1, reason: 'later', guard: sql`1 = 1` }),
	)
	expect(await rowsOf('acc_00000001')).toEqual(before)
})

test('every statement finds its rows by an index', async () => {
	const statements = endDevice(opened.db, { accountId: 'acc_00000001', now: NOW, reason: 'x', guard: sql`1 = 1` })
	for (const statement of statements) {
		const { sql: text, params } = (statement as unknown as { toSQL(): { sql: string; params: never[] } }).toSQL()
		const plan = await opened.client.execute({ sql: `EXPLAIN QUERY PLAN ${text}`, args: params })
		expect(JSON.stringify(plan.rows)).not.toMatch(/"SCAN /)
	}
})
