import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'
import { endSessions } from './session-endings.ts'

const { accounts, passkeys, sessions, signIns } = schema

/** Guard: a digital ID that can be frozen now. Nothing lighter than a death or an authority's order stands in the way. */
export function canBeFrozen(accountId: string): SQL {
	return sql`EXISTS (SELECT 1 FROM ${accounts} WHERE ${accounts.id} = ${accountId} AND ${accounts.status} <> 'ended' AND (${accounts.statusReason} IS NULL OR ${accounts.statusReason} NOT IN ('person_not_alive', 'frozen', 'device_lost')))`
}

/**
 * The statements that freeze a digital ID whose device is gone: from now on it is suspended for `device_lost`, which no
 * card lifts; sign-ins that are open or not collected end, and so does every session, of which its relying parties are
 * told. The key, the PIN and the consents stay, for the day on which the phone is found again.
 *
 * The last statement returns a row where it froze. Whatever else belongs to it stands before these, behind `canBeFrozen`.
 */
export function freeze(db: Db, { accountId, now, guard }: { accountId: string; now: number; guard: SQL }): Statement[] {
	return [
		db
			.update(signIns)
			.set({ state: 'ended', endReason: 'account_suspended', challenge: null, snapshot: null })
			.where(and(eq(signIns.accountId, accountId), inArray(signIns.state, ['pending', 'scanned', 'approved']), guard)),
		...endSessions(db, { which: sql`${sessions.accountId} = ${accountId}`, now, guard }),
		db
			.update(accounts)
			.set({ status: 'suspended', statusReason: 'device_lost', updatedAt: now })
			.where(and(eq(accounts.id, accountId), guard))
			.returning({ id: accounts.id }),
	]
}

/**
 * The statement that takes a freeze back: the phone is there again, with the key that it had.
 * @param guard the officer's act, and that the device is as it was
 */
export function thaw(db: Db, { accountId, now, guard }: { accountId: string; now: number; guard: SQL }): Statement {
	const hasDevice = sql`EXISTS (SELECT 1 FROM ${passkeys} WHERE ${passkeys.accountId} = ${accountId} AND ${passkeys.endedAt} IS NULL)`
	return db
		.update(accounts)
		.set({ status: 'active', statusReason: null, updatedAt: now })
		.where(
			and(
				eq(accounts.id, accountId),
				eq(accounts.status, 'suspended'),
				eq(accounts.statusReason, 'device_lost'),
				hasDevice,
				guard,
			),
		)
		.returning({ id: accounts.id })
}
