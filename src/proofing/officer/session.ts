import { and, eq, gt, isNull, lte, type SQL } from 'drizzle-orm'
import { atomically, type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { officerSignedOut, recordEvent } from '../../audit/index.ts'
import { HOUR, MINUTE } from '../../lib/clock.ts'
import { readCookie } from '../../lib/cookies.ts'
import { hashSecret } from '../../lib/crypto.ts'
import type { OfficerActor } from '../../lib/rpc.ts'
import type { ProofingNeeds } from '../needs.ts'

const { officerPasskeys, officers, officerSessions } = schema

/** NIST SP 800-63B, AAL3: 12 hours at most, 15 minutes idle. */
const SESSION_LIFE = 12 * HOUR
const SESSION_IDLE = 15 * MINUTE
/** Idle time is written at most this often: reading a page is no write. */
const RENEW_EVERY = MINUTE

/** The statement that opens a session. @param opened.secret what the cookie holds; the row keeps its hash */
export function openOfficerSession(
	db: Db,
	opened: { secret: string; officerId: string; credentialId: string; now: number },
	guard: SQL,
): Statement {
	const { secret, officerId, credentialId, now } = opened
	return insertWhere(
		db,
		officerSessions,
		{
			secretHash: hashSecret(secret),
			officerId,
			credentialId,
			authenticatedAt: now,
			lastSeenAt: now,
			expiresAt: now + SESSION_LIFE,
		},
		guard,
	)
}

/**
 * The officer whose session the request proves, or null. One read; one write a minute at most. A suspended officer or
 * a passkey that was taken away ends every session at once.
 */
export async function findOfficer(
	{ db, clock }: Pick<ProofingNeeds, 'db' | 'clock'>,
	request: Request,
): Promise<OfficerActor | null> {
	const secret = readCookie(request, 'officer')
	if (secret === null) return null
	const now = clock.now()
	const secretHash = hashSecret(secret)
	const row = await db
		.select({ session: officerSessions, officer: officers })
		.from(officerSessions)
		.innerJoin(officers, and(eq(officers.id, officerSessions.officerId), eq(officers.status, 'active')))
		.innerJoin(
			officerPasskeys,
			and(eq(officerPasskeys.credentialId, officerSessions.credentialId), isNull(officerPasskeys.endedAt)),
		)
		.where(
			and(
				eq(officerSessions.secretHash, secretHash),
				isNull(officerSessions.endedAt),
				gt(officerSessions.expiresAt, now),
				gt(officerSessions.lastSeenAt, now - SESSION_IDLE),
			),
		)
		.get()
	if (!row) return null
	if (now - row.session.lastSeenAt >= RENEW_EVERY)
		await db
			.update(officerSessions)
			.set({ lastSeenAt: now })
			// Many requests at once: the first one writes.
			.where(and(eq(officerSessions.secretHash, secretHash), lte(officerSessions.lastSeenAt, now - RENEW_EVERY)))
	const { id: officerId, officeCode, role } = row.officer
	return { officerId, officeCode, role, authenticatedAt: row.session.authenticatedAt }
}

/** Signs this browser out. Without a session there is nothing to do. */
export async function closeOfficerSession(
	needs: ProofingNeeds,
	request: Request,
	officer: OfficerActor,
): Promise<void> {
	const { db, clock } = needs
	const secret = readCookie(request, 'officer')
	if (secret === null) return
	await atomically(db, [
		db
			.update(officerSessions)
			.set({ endedAt: clock.now() })
			.where(and(eq(officerSessions.secretHash, hashSecret(secret)), isNull(officerSessions.endedAt))),
		recordEvent(db, needs, officerSignedOut({ officerId: officer.officerId })),
	])
}

/** For `ProofingNeeds.ownPidIndex`. */
export async function ownPidIndex({ db }: Pick<ProofingNeeds, 'db'>, officerId: string): Promise<string | null> {
	const row = await db.select({ pidIndex: officers.pidIndex }).from(officers).where(eq(officers.id, officerId)).get()
	return row?.pidIndex ?? null
}
