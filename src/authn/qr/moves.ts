import { and, eq, type SQL, sql } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../../db/client.ts'
import { recordEvent, signInEnded } from '../../audit/index.ts'
import { ServiceError, type ServiceErrorCode } from '../../lib/errors.ts'
import { newId } from '../../lib/random.ts'
import type { AuthnDeps } from '../needs.ts'
import { effectiveState, type SignInRow } from './reads.ts'

const { signIns } = schema

/** Why a sign-in ended without an answer. A person is told; each is a `ServiceErrorCode`. */
const END_REASONS = [
	'sign_in_expired',
	'qr_scanned_elsewhere',
	'number_mismatch',
	'pin_disabled',
	'account_suspended',
	'sign_in_other_citizen',
	'sign_in_way_not_enough',
] as const satisfies readonly ServiceErrorCode[]

export type EndReason = Exclude<(typeof END_REASONS)[number], 'sign_in_expired'>

/**
 * Guard for all that follows a move: this act, and no other, moved the sign-in last, and into that state. Every look
 * and every decision moves it, so that of two at once the later one finds itself alone.
 * @param act named anew for each run
 */
export function movedBy(id: string, act: string, state: SignInRow['state']): SQL {
	return sql`EXISTS (SELECT 1 FROM ${signIns} WHERE ${signIns.id} = ${id} AND ${signIns.lastAct} = ${act} AND ${signIns.state} = ${sql.param(state)})`
}

/** Whose suspension it may have been; a person is told its reason. */
type Suspended = Pick<typeof schema.accounts.$inferSelect, 'statusReason'> | null

/** @throws ServiceError that says why it is over, where it is. */
export function assertOpen(signIn: SignInRow, now: number, account: Suspended = null): void {
	const { state } = effectiveState(signIn, now)
	if (state !== 'pending' && state !== 'scanned') throw overBecause(signIn, now, account)
}

/** Why nothing more comes of a sign-in. */
export function overBecause(signIn: SignInRow, now: number, account: Suspended = null): ServiceError {
	const { endReason } = effectiveState(signIn, now)
	const code = END_REASONS.find((reason) => reason === endReason) ?? 'sign_in_ended'
	return new ServiceError(code, code === 'account_suspended' ? { reason: account?.statusReason ?? '' } : {})
}

/**
 * A guarded statement changed nothing: the row, read again, says why.
 * @param otherwise where the sign-in is still open
 */
export async function whyNot(deps: AuthnDeps, id: string, otherwise: ServiceErrorCode): Promise<ServiceError> {
	const row = await deps.db.select().from(signIns).where(eq(signIns.id, id)).get()
	if (!row) return new ServiceError('sign_in_unknown')
	const { state } = effectiveState(row, deps.clock.now())
	return state === 'pending' || state === 'scanned' ? new ServiceError(otherwise) : overBecause(row, deps.clock.now())
}

/** The statements that end a sign-in which nobody has decided, with the event: of many at once, one writes it. */
export function ending(
	deps: AuthnDeps,
	{ id, clientId, accountId }: Pick<SignInRow, 'id' | 'clientId' | 'accountId'>,
	reason: EndReason,
	guard?: SQL,
): Statement[] {
	const { db, random } = deps
	const act = newId(random, 'act')
	return [
		db
			.update(signIns)
			.set({ state: 'ended', endReason: reason, lastAct: act, challenge: null, snapshot: null })
			.where(and(eq(signIns.id, id), sql`${signIns.state} IN ('pending', 'scanned')`, guard)),
		recordEvent(db, deps, signInEnded({ signInId: id, clientId, accountId, reason }), movedBy(id, act, 'ended')),
	]
}

/** Ends it, and says so to whoever waits. */
export async function end(
	deps: AuthnDeps,
	signIn: Pick<SignInRow, 'id' | 'clientId' | 'accountId'>,
	reason: EndReason,
): Promise<void> {
	await atomically(deps.db, ending(deps, signIn, reason))
	deps.wake.touch(signIn.id)
}
