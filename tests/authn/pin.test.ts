import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import {
	derivePin,
	MOST_ERRORS,
	pinMatches,
	pinState,
	reserveAttempt,
	settled,
	settleRight,
	settleWrong,
	WAITS,
} from '../../src/authn/pin/index.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { memoryDb } from '../kit/db.ts'
import { cheap, newAttempt, PIN, readPin, root, rowsOf, START, setPin, vault, without } from './pin-kit.ts'

const S = 1_000
const M = 60 * S

describe('the schedule', () => {
	test.each([
		[0, 0],
		[1, 0],
		[2, 0],
		[3, 0],
		[4, 30 * S],
		[5, 1 * M],
		[6, 2 * M],
		[7, 5 * M],
		[8, 15 * M],
		[9, 60 * M],
	])('after %i errors the next attempt waits %i ms', async (errors, wait) => {
		expect(WAITS[errors]).toBe(wait)
		const { db } = await memoryDb()
		// As the row stands just before the last of these errors.
		await setPin(db, 'acc', errors > 0 ? { failures: errors - 1 } : {})
		if (errors > 0) {
			const attempt = newAttempt()
			expect(await reserveAttempt(db, { ...attempt, now: START })).toHaveLength(1)
			expect(await settleWrong(db, { ...attempt, now: START + 20 })).toMatchObject([{ disabledAt: null }])
		}
		const row = await readPin(db, 'acc')
		const triesLeft = 10 - errors
		const waiting = { kind: 'wait' as const, until: START + wait, triesLeft }
		const ready = { kind: 'ready' as const, triesLeft }
		expect(pinState(row, START + wait - 1)).toEqual(wait > 0 ? waiting : ready)
		expect(pinState(row, START + wait)).toEqual(ready)
		const early = await reserveAttempt(db, { ...newAttempt(), now: START + wait - 1 })
		expect(early).toHaveLength(wait > 0 ? 0 : 1)
		if (wait > 0) expect(await reserveAttempt(db, { ...newAttempt(), now: START + wait })).toHaveLength(1)
	})

	test('the tenth error disables, for good', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc', { failures: 9 })
		const attempt = newAttempt()
		expect(await reserveAttempt(db, { ...attempt, now: START })).toMatchObject([{ failures: MOST_ERRORS }])
		const [row] = await settleWrong(db, { ...attempt, now: START + 20 })
		expect(row).toMatchObject({ disabledAt: START + 20, failures: 10 })
		expect(row && pinState(row, START + 365 * 24 * 60 * M)).toEqual({ kind: 'disabled' })
		expect(await reserveAttempt(db, { ...newAttempt(), now: START + 365 * 24 * 60 * M })).toEqual([])
		expect(await settleRight(db, { ...attempt, now: START + 30 })).toEqual([])
	})

	test('ten errors of which the last one’s process died: disabled, though nobody wrote it down', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc', { failures: 9 })
		const [row] = await reserveAttempt(db, { ...newAttempt(), now: START })
		expect(row && pinState(row, START)).toEqual({ kind: 'disabled' })
		expect(await reserveAttempt(db, { ...newAttempt(), now: START + 24 * 60 * M })).toEqual([])
	})

	test('the right PIN at the tenth attempt is right', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc', { failures: 9 })
		const attempt = newAttempt()
		await reserveAttempt(db, { ...attempt, now: START })
		expect(await settleRight(db, { ...attempt, now: START })).toMatchObject([
			{ failures: 0, nextTryAt: 0, disabledAt: null },
		])
	})
})

describe('an attempt', () => {
	test('counts as an error before it is evaluated, and no more once it was right', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc')
		const attempt = newAttempt()
		const [row] = await reserveAttempt(db, { ...attempt, now: START })
		expect(row).toMatchObject({ failures: 1, attempt: attempt.attempt })
		expect(row && (await pinMatches(vault, row, PIN, cheap))).toBe(true)
		expect(await settleRight(db, { ...attempt, now: START })).toMatchObject([{ failures: 0 }])
	})

	test('is settled once', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc')
		const [right, wrong] = [newAttempt(), newAttempt()]
		await reserveAttempt(db, { ...right, now: START })
		expect(await settleRight(db, { ...right, now: START })).toHaveLength(1)
		expect(await settleRight(db, { ...right, now: START })).toEqual([])
		expect(await settleWrong(db, { ...right, now: START })).toEqual([])
		await reserveAttempt(db, { ...wrong, now: START })
		expect(await settleWrong(db, { ...wrong, now: START })).toHaveLength(1)
		expect(await settleRight(db, { ...wrong, now: START })).toEqual([])
		expect(await readPin(db, 'acc')).toMatchObject({ failures: 1 })
	})

	test('that is overtaken stays an error, even a right one', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc')
		const [first, second] = [newAttempt(), newAttempt()]
		await reserveAttempt(db, { ...first, now: START })
		await reserveAttempt(db, { ...second, now: START })
		expect(await settleRight(db, { ...first, now: START })).toEqual([])
		expect(await settleWrong(db, { ...second, now: START })).toMatchObject([{ failures: 2 }])
	})

	test('does not count as right where the PIN was disabled meanwhile', async () => {
		const { db, client } = await memoryDb()
		await setPin(db, 'acc')
		const attempt = newAttempt()
		await reserveAttempt(db, { ...attempt, now: START })
		await db.update(schema.pins).set({ disabledAt: START })
		const settle = settleRight(db, { ...attempt, now: START })
		expect(await settle).toEqual([])
		expect(pinState(await readPin(db, 'acc'), START)).toEqual({ kind: 'disabled' })
		expect(await rowsOf(client, without(' and "pins"."disabled_at" is null', settle))).toBe(1)
	})

	test('needs its guard as well', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc')
		expect(await reserveAttempt(db, { ...newAttempt(), now: START, guard: sql`1 = 0` })).toEqual([])
		expect(await readPin(db, 'acc')).toMatchObject({ failures: 0 })
		expect(await reserveAttempt(db, { ...newAttempt(), now: START, guard: sql`1 = 1` })).toHaveLength(1)
	})

	test('touches no other account', async () => {
		const { db } = await memoryDb()
		const other = await setPin(db, 'other')
		await setPin(db, 'acc')
		const attempt = newAttempt()
		await reserveAttempt(db, { ...attempt, now: START })
		await settleWrong(db, { ...attempt, now: START })
		expect(await readPin(db, 'other')).toEqual(other)
		expect(await settleRight(db, { accountId: 'other', attempt: attempt.attempt, now: START })).toEqual([])
	})

	test.each(['', 'a:right'])('is named without a colon: %p', async (attempt) => {
		const { db } = await memoryDb()
		expect(() => reserveAttempt(db, { accountId: 'acc', attempt, now: START })).toThrow('without a colon')
	})

	test('that was right writes the PIN under the new pepper', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc')
		const rotated = createVault([root(2), root(1)], systemRandom)
		const attempt = newAttempt()
		await reserveAttempt(db, { ...attempt, now: START })
		const fresh = await derivePin(rotated, systemRandom, PIN, cheap)
		expect(await settleRight(db, { ...attempt, now: START, fresh })).toMatchObject([fresh])
		expect(await pinMatches(createVault([root(2)], systemRandom), await readPin(db, 'acc'), PIN, cheap)).toBe(true)
	})

	test('that comes back after the PIN was set anew changes nothing; without its guard it would bring the old PIN back', async () => {
		const { db, client } = await memoryDb()
		await setPin(db, 'acc')
		const late = newAttempt()
		await reserveAttempt(db, { ...late, now: START })
		const renewed = await derivePin(vault, systemRandom, '93718264', cheap)
		await db.update(schema.pins).set({ ...renewed, failures: 0, nextTryAt: 0, attempt: null })
		const settle = settleRight(db, { ...late, now: START, fresh: await derivePin(vault, systemRandom, PIN, cheap) })
		expect(await settle).toEqual([])
		expect(await readPin(db, 'acc')).toMatchObject(renewed)
		expect(await rowsOf(client, without(' and "pins"."attempt" = ?', settle))).toBe(1)
	})
})

describe('what else depends on an attempt', () => {
	test('is written only with the outcome that it waits for', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc', { failures: 9 })
		const [attempt, other] = [newAttempt(), newAttempt()]
		await reserveAttempt(db, { ...attempt, now: START })
		const holds = async () => {
			const outcomes = await atomically(
				db,
				(['right', 'wrong', 'disabled'] as const).map((how) =>
					db.select({ accountId: schema.pins.accountId }).from(schema.pins).where(settled(how, attempt)),
				),
			)
			return outcomes.map((rows) => rows.length)
		}
		expect(await holds()).toEqual([0, 0, 0])
		await settleWrong(db, { ...attempt, now: START })
		expect(await holds()).toEqual([0, 1, 1])
		await db.update(schema.pins).set({ failures: 0, disabledAt: null, attempt: attempt.attempt })
		await settleRight(db, { ...attempt, now: START })
		expect(await holds()).toEqual([1, 0, 0])
		await reserveAttempt(db, { ...other, now: START })
		expect(await holds()).toEqual([0, 0, 0])
	})

	test('a wrong attempt that disables nothing is not told as disabling', async () => {
		const { db } = await memoryDb()
		await setPin(db, 'acc')
		const attempt = newAttempt()
		await reserveAttempt(db, { ...attempt, now: START })
		await settleWrong(db, { ...attempt, now: START })
		expect(await db.select().from(schema.pins).where(settled('wrong', attempt))).toHaveLength(1)
		expect(await db.select().from(schema.pins).where(settled('disabled', attempt))).toEqual([])
	})
})
