import { afterEach, beforeEach, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { isServiceError } from '../../src/lib/errors.ts'
import { systemRandom } from '../../src/lib/random.ts'
import type { RpcContext } from '../../src/lib/rpc.ts'
import { createVault } from '../../src/lib/vault.ts'
import { createNoticesRouter, listNotices, markRead, notify } from '../../src/notices/index.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'

const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
let now = 1_000
const needs = { vault, random: systemRandom, clock: { now: () => now } }
const enrolled = (accountId: string) =>
	({ accountId, kind: 'enrolled', params: { officeTh: 'ลำลูกกา', officeEn: 'Lam Luk Ka' } }) as const

let opened: TestDb
beforeEach(async () => {
	opened = await memoryDb()
	now = 1_000
})
afterEach(() => opened.close())

test('a citizen finds the own notices, newest first', async () => {
	const { db } = opened
	await atomically(db, [notify(db, needs, enrolled('acc_1')), notify(db, needs, enrolled('acc_2'))])
	now = 2_000
	await atomically(db, [notify(db, needs, { accountId: 'acc_1', kind: 'pin_disabled', params: {} })])
	expect(await listNotices(db, vault, 'acc_1')).toEqual([
		{ id: expect.stringMatching(/^ntc_/), kind: 'pin_disabled', params: {}, at: 2_000, readAt: null },
		{
			id: expect.stringMatching(/^ntc_/),
			kind: 'enrolled',
			params: { officeTh: 'ลำลูกกา', officeEn: 'Lam Luk Ka' },
			at: 1_000,
			readAt: null,
		},
	])
})

test('what a notice says is sealed, and to its own row', async () => {
	const { db } = opened
	await atomically(db, [notify(db, needs, enrolled('acc_1')), notify(db, needs, enrolled('acc_1'))])
	const [one, two] = await db.select().from(schema.notices)
	expect(one?.params).not.toContain('ลำลูกกา')
	await db.update(schema.notices).set({ params: one?.params ?? '' })
	await expect(listNotices(db, vault, 'acc_1')).rejects.toThrow()
	expect(two?.params).not.toBe(one?.params as string)
})

test('nobody is told what did not happen', async () => {
	const { db } = opened
	await atomically(db, [notify(db, needs, enrolled('acc_1'), sql`1 = 2`)])
	expect(await db.select().from(schema.notices)).toEqual([])
})

test('the first reading counts, and only the owner’s', async () => {
	const { db } = opened
	await atomically(db, [notify(db, needs, enrolled('acc_1'))])
	const [{ id } = { id: '' }] = await listNotices(db, vault, 'acc_1')
	const readAt = async () => (await listNotices(db, vault, 'acc_1'))[0]?.readAt
	await atomically(db, [markRead(db, { accountId: 'acc_2', id, now: 5 })])
	expect(await readAt()).toBeNull()
	await atomically(db, [markRead(db, { accountId: 'acc_1', id, now: 6 })])
	await atomically(db, [markRead(db, { accountId: 'acc_1', id, now: 7 })])
	expect(await readAt()).toBe(6)
})

test('the procedures serve the citizen who is signed in, and nobody else', async () => {
	const { db } = opened
	await atomically(db, [notify(db, needs, enrolled('acc_1'))])
	const caller = (accountId: string | null) =>
		createNoticesRouter({ db, ...needs }).createCaller({
			request: new Request('http://localhost/'),
			responseHeaders: new Headers(),
			actKey: 'key',
			browser: async () => ({ hash: 'x' }),
			citizen: async () => (accountId ? { accountId, credentialId: 'c', authenticatedAt: 0 } : null),
			officer: async () => null,
			isUnavailable: () => false,
			acts: { recall: async () => null },
		} satisfies RpcContext)
	const mine = await caller('acc_1').list()
	expect(mine).toHaveLength(1)
	expect(await caller('acc_2').list()).toEqual([])
	await caller('acc_2').markRead({ id: mine[0]?.id ?? '' })
	expect((await caller('acc_1').list())[0]?.readAt).toBeNull()
	await caller('acc_1').markRead({ id: mine[0]?.id ?? '' })
	expect((await caller('acc_1').list())[0]?.readAt).toBe(now)
	const refused = await caller(null)
		.list()
		.catch((error: Error) => error)
	expect(refused instanceof Error && isServiceError(refused.cause) && refused.cause.code).toBe('not_signed_in')
})
