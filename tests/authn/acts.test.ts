import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import {
	actId,
	actSecret,
	createActMemory,
	type DoneAct,
	rememberAct,
	setActCookie,
	sweepActs,
} from '../../src/authn/index.ts'
import { isServiceError } from '../../src/lib/errors.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'

const old = { version: 1, key: systemRandom.bytes(32) }
const vault = createVault([old], systemRandom)
const needs = { vault, clock: { now: () => 1_000 } }
const DONE: DoneAct = {
	actKey: 'key-of-a-browser',
	procedure: 'enrol.finish',
	input: { pin: '83510694', response: { id: 'x', parts: [1, null, { b: 1, a: 2 }] } },
	outcome: { name: 'สมชาย' },
}

let opened: TestDb
beforeEach(async () => {
	opened = await memoryDb()
})
afterEach(() => opened.close())

const remember = (act: Partial<DoneAct> = {}, guard = sql`1 = 1`) =>
	atomically(opened.db, [rememberAct(opened.db, needs, { ...DONE, ...act }, guard)])

const recall = (
	asked: { key?: string; procedure?: string; input?: unknown } = {},
	headers = new Headers(),
	ring = vault,
) =>
	createActMemory({ db: opened.db, vault: ring }, headers).recall(
		asked.key ?? DONE.actKey,
		asked.procedure ?? DONE.procedure,
		asked.input ?? DONE.input,
	)

const codeOf = (call: Promise<unknown>) =>
	call.then(
		() => null,
		(error: unknown) => (isServiceError(error) ? error.code : 'bug'),
	)

describe('an act', () => {
	test('that was done is answered again; one that was not is not', async () => {
		expect(await recall()).toBeNull()
		await remember()
		expect(await recall()).toEqual({ outcome: DONE.outcome })
		expect(await recall({ key: 'another key' })).toBeNull()
	})

	test('leaves no memory where its guard did not hold', async () => {
		await remember({}, sql`1 = 2`)
		expect(await recall()).toBeNull()
	})

	test('is the same in whatever order its parts come, and another with any other part', async () => {
		await remember()
		const reordered = { response: { parts: [1, null, { a: 2, b: 1 }], id: 'x', gone: undefined }, pin: '83510694' }
		expect(await recall({ input: reordered })).toEqual({ outcome: DONE.outcome })
		const others = [{}, null, { ...(DONE.input as object), pin: '83510695' }, { ...(DONE.input as object), more: 1 }]
		for (const input of others) {
			const call = createActMemory({ db: opened.db, vault }, new Headers()).recall(DONE.actKey, DONE.procedure, input)
			expect(await codeOf(call)).toBe('idempotency_key_reused')
		}
		expect(await codeOf(recall({ procedure: 'signIn.decide' }))).toBe('idempotency_key_reused')
	})

	test('shows nothing of itself in the table', async () => {
		await remember()
		const [row] = await opened.db.select().from(schema.acts)
		const text = JSON.stringify(row)
		for (const secret of [DONE.actKey, '83510694', 'สมชาย']) expect(text).not.toContain(secret)
		expect(row?.key).toBe(actId(DONE.actKey))
	})

	test('is forgotten after a day', async () => {
		await remember()
		const day = 24 * 3_600_000
		await atomically(opened.db, [sweepActs(opened.db, 1_000 + day - 1)])
		expect(await recall()).not.toBeNull()
		await atomically(opened.db, [sweepActs(opened.db, 1_000 + day)])
		expect(await recall()).toBeNull()
	})
})

describe('an act’s cookies', () => {
	const cookies = [{ cookie: 'device', prefix: 'credential' }, { cookie: 'session' }] as const

	test('are set again as they were, though their secrets are not kept', async () => {
		const first = new Headers()
		for (const cookie of cookies) setActCookie(first, vault, DONE.actKey, cookie)
		await remember({ cookies })
		const again = new Headers()
		await recall({}, again)
		expect(again.getSetCookie()).toEqual(first.getSetCookie())
		expect(again.getSetCookie()[0]).toMatch(
			/^__Host-device=credential\.[\w-]{43}; Path=\/; Max-Age=34560000; Secure; HttpOnly; SameSite=Lax$/,
		)
		const text = JSON.stringify(await opened.db.select().from(schema.acts))
		expect(text).not.toContain(actSecret(vault, DONE.actKey, 'device'))
	})

	test('stay the same when a new root key came in between', async () => {
		await remember({ cookies })
		const ring = createVault([{ version: 2, key: systemRandom.bytes(32) }, old], systemRandom)
		const again = new Headers()
		expect(await recall({}, again, ring)).toEqual({ outcome: DONE.outcome })
		expect(again.getSetCookie()[1]).toContain(actSecret(vault, DONE.actKey, 'session'))
	})

	test('differ by act and by cookie', () => {
		const secrets = new Set(
			['a', 'b'].flatMap((key) =>
				(['device', 'session', 'officer'] as const).map((what) => actSecret(vault, key, what)),
			),
		)
		expect(secrets.size).toBe(6)
	})
})
