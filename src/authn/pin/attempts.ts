import { and, eq, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { MOST_ERRORS, WAITS } from './schedule.ts'
import type { Attempt, PinRecord, PinStatement } from './types.ts'

const { pins } = schema

/** When the attempt after this one may come, as the row stands before it. 0 where it need not wait. */
function nextTryAfter(now: number): SQL<number> {
	const cases = WAITS.flatMap((wait, errors) => (wait > 0 ? [sql`WHEN ${errors} THEN ${now + wait}`] : []))
	return sql`CASE ${pins.failures} + 1 ${sql.join(cases, sql` `)} ELSE 0 END`
}

/** `attempt` holds the id while it is under way, and `id:right` or `id:wrong` afterwards. */
function named(attempt: string): string {
	if (attempt === '' || attempt.includes(':')) throw new Error('an attempt is named without a colon')
	return attempt
}

/**
 * Takes the right to evaluate ONE attempt, before any hashing: one guarded UPDATE that counts it as an error and sets
 * the wait after it. However many come at once, each takes its own or gets none.
 *
 * A reserved attempt whose process dies stays an error, and one that is overtaken by the next reservation cannot be
 * settled any more: it stays an error as well. Reserving anew with the same name counts again.
 * @param at.guard what else must hold for the attempt to be taken.
 * @returns the row (evaluate against it), or none: not now (`pinState` says why), or the guard said no.
 */
export function reserveAttempt(db: Db, at: Attempt & { now: number; guard?: SQL }): PinStatement {
	return db
		.update(pins)
		.set({
			failures: sql`${pins.failures} + 1`,
			nextTryAt: nextTryAfter(at.now),
			attempt: named(at.attempt),
			updatedAt: at.now,
		})
		.where(
			and(
				eq(pins.accountId, at.accountId),
				isNull(pins.disabledAt),
				lt(pins.failures, MOST_ERRORS),
				lte(pins.nextTryAt, at.now),
				at.guard,
			),
		)
		.returning()
}

/** The row still waits for this attempt's outcome: not overtaken, not settled, the PIN not set anew. */
const underWay = (at: Attempt): SQL | undefined =>
	and(eq(pins.accountId, at.accountId), eq(pins.attempt, named(at.attempt)), isNull(pins.disabledAt))

/**
 * The attempt was right: the errors are forgotten.
 * @param at.fresh the PIN derived again, where `pinIsStale`.
 * @returns the row, or none: overtaken, settled before, disabled or set anew. Then the attempt did not count as right.
 */
export function settleRight(db: Db, at: Attempt & { now: number; fresh?: PinRecord }): PinStatement {
	return db
		.update(pins)
		.set({
			...(at.fresh ? columnsOf(at.fresh) : {}),
			failures: 0,
			nextTryAt: 0,
			attempt: `${named(at.attempt)}:right`,
			updatedAt: at.now,
		})
		.where(underWay(at))
		.returning()
}

const columnsOf = ({ hash, salt, iterations, pepperVersion }: PinRecord): PinRecord => ({
	hash,
	salt,
	iterations,
	pepperVersion,
})

/**
 * The attempt was wrong. The error and the wait are already counted; the tenth disables the PIN.
 * @returns the row, or none where it was overtaken or set anew: what `reserveAttempt` gave then says the tries left.
 */
export function settleWrong(db: Db, at: Attempt & { now: number }): PinStatement {
	return db
		.update(pins)
		.set({
			disabledAt: sql`CASE WHEN ${pins.failures} >= ${MOST_ERRORS} THEN ${at.now} ELSE ${pins.disabledAt} END`,
			attempt: `${named(at.attempt)}:wrong`,
			updatedAt: at.now,
		})
		.where(underWay(at))
		.returning()
}

/** The guard for later statements of a batch (and for retries): this attempt, and no other, came out so. */
export function settled(how: 'right' | 'wrong' | 'disabled', at: Attempt): SQL {
	const outcome = `${named(at.attempt)}:${how === 'right' ? 'right' : 'wrong'}`
	const disabled = how === 'disabled' ? sql`AND ${pins.disabledAt} IS NOT NULL` : sql``
	return sql`EXISTS (SELECT 1 FROM ${pins} WHERE ${pins.accountId} = ${at.accountId} AND ${pins.attempt} = ${outcome} ${disabled})`
}
