import { afterEach, beforeEach, expect, test } from 'bun:test'
import { atomically, schema } from '../../db/client.ts'
import {
	challengeSpent,
	checkAttempt,
	countAttempt,
	spendChallenge,
	storeChallenge,
	sweepChallenges,
	sweepThrottles,
} from '../../src/authn/index.ts'
import { isServiceError } from '../../src/lib/errors.ts'
import { fileDb, memoryDb, type TestDb } from '../kit/db.ts'

let opened: TestDb
beforeEach(async () => {
	opened = await memoryDb()
})
afterEach(() => opened.close())

const attempt = (now: number, key = 'k') => ({ key, limit: 3, window: 100, now })

async function may(now: number, key = 'k', db = opened.db): Promise<boolean> {
	const [counted] = await countAttempt(db, attempt(now, key))
	try {
		checkAttempt(counted, attempt(now, key))
		return true
	} catch (error) {
		if (!isServiceError(error)) throw error
		expect(error.code).toBe('too_many_attempts')
		return false
	}
}

test('so many in a window, then none, then as many again', async () => {
	expect([await may(0), await may(10), await may(99), await may(99)]).toEqual([true, true, true, false])
	expect([await may(100), await may(100), await may(100), await may(100)]).toEqual([true, true, true, false])
})

test('keys are counted apart', async () => {
	for (let i = 0; i < 3; i++) await may(0)
	expect([await may(0), await may(0, 'other')]).toEqual([false, true])
})

test('says until when', async () => {
	for (let i = 0; i < 3; i++) await may(5)
	const [counted] = await countAttempt(opened.db, attempt(50))
	expect(() => checkAttempt(counted, attempt(50))).toThrow(expect.objectContaining({ detail: { until: 105 } }))
})

test('of many at once from two processes, as many get through as may', async () => {
	const file = await fileDb()
	const [a, b] = [await file.connect(), await file.connect()]
	const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => may(0, 'k', (i % 2 ? a : b).db)))
	expect(outcomes.filter(Boolean)).toHaveLength(3)
	await file.remove()
})

test('counters whose window is over are swept', async () => {
	await may(0)
	await may(50, 'later')
	await atomically(opened.db, [sweepThrottles(opened.db, 100)])
	expect(await opened.db.select().from(schema.throttles)).toMatchObject([{ key: 'later' }])
})

test('a challenge is spent once, for its purpose, by its browser, in time', async () => {
	const { db } = opened
	const asked = { challenge: 'c', purpose: 'unlock', browserHash: 'b' } as const
	const spend = async (change: Partial<Parameters<typeof spendChallenge>[1]>, now: number, act = 'act') => {
		const [rows] = await atomically(db, [spendChallenge(db, { ...asked, ...change }, { act, now })])
		return rows?.length === 1
	}
	await atomically(db, [storeChallenge(db, asked, 0)])
	expect(await spend({ challenge: 'd' }, 1)).toBe(false)
	expect(await spend({ purpose: 'officer-sign-in' }, 1)).toBe(false)
	expect(await spend({ browserHash: 'x' }, 1)).toBe(false)
	expect(await spend({}, 300_000)).toBe(false)
	expect(await spend({}, 299_999)).toBe(true)
	expect(await spend({}, 299_999, 'another act')).toBe(false)
	const spent = async (act: string) =>
		(await db.select().from(schema.challenges).where(challengeSpent(asked, act))).length
	expect([await spent('act'), await spent('another act')]).toEqual([1, 0])
	expect(JSON.stringify(await db.select().from(schema.challenges))).not.toContain('"c"')
	await atomically(db, [sweepChallenges(db, 300_000)])
	expect(await db.select().from(schema.challenges)).toEqual([])
})
