import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'
import { forgetClients, tellClients } from './session-endings.ts'

const { accessTokens, accounts, codes, devices, grants, passkeys, pins, refreshTokens, sessions, signIns } = schema

/** The one account of a person that has not ended. Spelt so that the partial index serves it. */
export const livingAccount: SQL = sql`${accounts.status} <> 'ended'`

/**
 * The statements that end a device with all that hangs on it: passkey, PIN, the browser's own secret, sessions (of which
 * their relying parties are told), what relying parties were let see, their tokens and codes, and sign-ins that it is in
 * the middle of. For one batch.
 *
 * The account itself stays as it is; a new enrolment, a suspension or an ending says that beside these.
 * @param end.reason what the passkey's row keeps, such as `replaced`
 * @param end.guard repeated by every statement
 */
export function endDevice(db: Db, end: { accountId: string; now: number; reason: string; guard: SQL }): Statement[] {
	const { accountId, now, reason, guard } = end
	const ofAccount = { which: sql`${sessions.accountId} = ${accountId}`, now, guard }
	const granted = db.select({ id: grants.id }).from(grants).where(eq(grants.accountId, accountId))
	return [
		db
			.update(passkeys)
			.set({ endedAt: now, endedReason: reason })
			.where(and(eq(passkeys.accountId, accountId), isNull(passkeys.endedAt), guard)),
		db
			.update(devices)
			.set({ endedAt: now })
			.where(and(eq(devices.accountId, accountId), isNull(devices.endedAt), guard)),
		// Before the sessions: who is told is found through them.
		tellClients(db, ofAccount),
		forgetClients(db, ofAccount),
		db
			.update(sessions)
			.set({ endedAt: now })
			.where(and(eq(sessions.accountId, accountId), isNull(sessions.endedAt), guard)),
		// Before the grants: these three are found through them.
		db
			.update(accessTokens)
			.set({ endedAt: now })
			.where(and(inArray(accessTokens.grantId, granted), isNull(accessTokens.endedAt), guard)),
		db
			.update(refreshTokens)
			.set({ endedAt: now })
			.where(and(inArray(refreshTokens.grantId, granted), isNull(refreshTokens.endedAt), guard)),
		// A code that is on its way cannot be exchanged any more.
		db
			.update(codes)
			.set({ expiresAt: sql`min(${codes.expiresAt}, ${now})` })
			.where(and(inArray(codes.grantId, granted), isNull(codes.consumedBy), guard)),
		db
			.update(grants)
			.set({ endedAt: now })
			.where(and(eq(grants.accountId, accountId), isNull(grants.endedAt), guard)),
		db
			.update(signIns)
			.set({ state: 'ended', endReason: 'sign_in_ended', challenge: null, snapshot: null })
			.where(and(eq(signIns.accountId, accountId), inArray(signIns.state, ['scanned', 'approved']), guard)),
		// Last: the guard of an act that a PIN has confirmed looks at its row.
		db.delete(pins).where(and(eq(pins.accountId, accountId), guard)),
	]
}
