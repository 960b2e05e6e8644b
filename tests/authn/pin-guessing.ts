import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@libsql/client'
import { eq, sql } from 'drizzle-orm'
import { type Db, schema } from '../../db/client.ts'
import { pinState, reserveAttempt, settleWrong } from '../../src/authn/pin/index.ts'
import { newAttempt, readPin, rowsOf, without } from './pin-kit.ts'

/** How a guesser takes its right to an attempt: the product's way, or one that lacks something. */
export type Way = 'guarded' | 'without the wait' | 'without the count' | 'without disabled' | 'read, then write'

const GUARDS: Partial<Record<Way, string>> = {
	'without the wait': ' and "pins"."next_try_at" <= ?',
	'without the count': ' and "pins"."failures" < ?',
	'without disabled': ' and "pins"."disabled_at" is null',
}

interface Access {
	db: Db
	client: Client
}

/** What reads first and writes later: right for one caller, wrong for two. */
async function readThenWrite(db: Db, accountId: string, now: number): Promise<boolean> {
	if (pinState(await readPin(db, accountId), now).kind !== 'ready') return false
	await sleep(1)
	await db
		.update(schema.pins)
		.set({ failures: sql`${schema.pins.failures} + 1` })
		.where(eq(schema.pins.accountId, accountId))
	return true
}

async function take(
	{ db, client }: Access,
	attempt: ReturnType<typeof newAttempt>,
	now: number,
	way: Way,
): Promise<boolean> {
	if (way === 'read, then write') return readThenWrite(db, attempt.accountId, now)
	const reserve = reserveAttempt(db, { ...attempt, now })
	const guard = GUARDS[way]
	return guard ? (await rowsOf(client, without(guard, reserve))) > 0 : (await reserve).length > 0
}

/** SQLite lets one write at a time; another process is asked to come again. */
async function patiently<T>(run: () => Promise<T>): Promise<T> {
	for (let tries = 0; ; tries++) {
		try {
			return await run()
		} catch (error) {
			if (tries > 200 || !/SQLITE_BUSY|database is locked/.test(`${error} ${(error as Error).cause}`)) throw error
			await sleep(1 + Math.random() * 10)
		}
	}
}

/** Guesses at once, all wrong. @returns how many were evaluated. */
export async function guessAtOnce(
	access: Access,
	{ accountId, count, now, way }: { accountId: string; count: number; now: number; way: string },
): Promise<number> {
	const guesses = Array.from({ length: count }, async () => {
		const attempt = newAttempt(accountId)
		if (!(await patiently(() => take(access, attempt, now, way as Way)))) return 0
		// Here the product hashes: time for everybody else.
		await sleep(2)
		await patiently(async () => settleWrong(access.db, { ...attempt, now }))
		return 1
	})
	return (await Promise.all(guesses)).reduce<number>((sum, one) => sum + one, 0)
}
