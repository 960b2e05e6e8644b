import { and, asc, isNotNull, lte, type SQL, sql } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../db/client.ts'
import { enrolmentEnded, recordEvent } from '../audit/index.ts'
import { MINUTE } from '../lib/clock.ts'
import { ServiceError, type ServiceErrorCode } from '../lib/errors.ts'
import { newId } from '../lib/random.ts'
import type { ProofingNeeds } from './needs.ts'

const { enrolments } = schema

export type CaseRow = typeof enrolments.$inferSelect
export type CaseState = CaseRow['state']

/** From the AS's answer to the face being confirmed. */
export const LOOKED_UP_LIFE = 15 * MINUTE
/**
 * From the link being made to the phone being done. Together with the time before it, the AS's answer is at most 25
 * minutes old when the digital ID stands, so it is not asked a second time.
 */
export const LINK_LIFE = 10 * MINUTE

/** In these states a case holds the person's data and may still go on. In the others it holds none, and stays. */
const OPEN: readonly CaseState[] = ['looked_up', 'link_issued', 'opened']

/** A case as it stands now: what ran out of time has ended, though nothing has written so. */
export function stateNow(row: CaseRow, now: number): { state: CaseState; endReason: ServiceErrorCode | null } {
	if (OPEN.includes(row.state) && row.expiresAt <= now) return { state: 'ended', endReason: 'enrolment_link_expired' }
	return { state: row.state, endReason: row.endReason as ServiceErrorCode | null }
}

export const isOpen = (state: CaseState): boolean => OPEN.includes(state)

/** Guard: the case is open and in time. Spelt out, since a batch repeats it. */
export function stillOpen(now: number): SQL {
	return sql`${enrolments.state} IN ('looked_up', 'link_issued', 'opened') AND ${enrolments.expiresAt} > ${now}`
}

/**
 * Guard for all that follows a move of a case: this act, and no other, brought it into this state.
 * @param act named anew for each run: where one call runs twice, only the run that moved the case goes on
 */
export function movedTo(state: CaseState, caseId: string, act: string): SQL {
	return sql`EXISTS (SELECT 1 FROM ${enrolments} WHERE ${enrolments.id} = ${caseId} AND ${enrolments.state} = ${sql.param(state)} AND ${enrolments.lastAct} = ${act})`
}

/** What a case loses at its end, however it ends: the person's data and what could still move it. */
export const EMPTIED = { subject: null, challenge: null } as const

/** Why a phone cannot go on with this case. @throws ServiceError */
export function refusePhone(row: CaseRow, now: number): never {
	const { state, endReason } = stateNow(row, now)
	if (state === 'done') throw new ServiceError('enrolment_link_used')
	if (state === 'cancelled') throw new ServiceError('enrolment_cancelled')
	throw new ServiceError(endReason ?? 'enrolment_state')
}

const SWEPT_AT_ONCE = 50

/**
 * Ends cases that ran out of time, and empties them. A few at once; call it again while it finds any.
 * @returns how many it found
 */
export async function sweepEnrolments(needs: Pick<ProofingNeeds, 'db' | 'random' | 'clock'>): Promise<number> {
	const { db } = needs
	const now = needs.clock.now()
	// Named anew each time: of two sweeps at once only the one that ended a case writes so.
	const sweep = newId(needs.random, 'sweep')
	const late = and(isNotNull(enrolments.subject), lte(enrolments.expiresAt, now))
	const rows = await db
		.select({ id: enrolments.id, pidIndex: enrolments.pidIndex })
		.from(enrolments)
		.where(late)
		.orderBy(asc(enrolments.expiresAt))
		.limit(SWEPT_AT_ONCE)
	const statements = rows.flatMap(({ id, pidIndex }): Statement[] => {
		const reason = 'enrolment_link_expired'
		return [
			db
				.update(enrolments)
				.set({ state: 'ended', endReason: reason, lastAct: sweep, ...EMPTIED })
				.where(sql`${enrolments.id} = ${id} AND ${late}`),
			recordEvent(
				db,
				needs,
				enrolmentEnded({ caseId: id, subjectIndex: pidIndex, reason }),
				movedTo('ended', id, sweep),
			),
		]
	})
	await atomically(db, statements)
	return rows.length
}
