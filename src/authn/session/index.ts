/**
 * A citizen's session at the provider, in one browser: what a passkey and a PIN have opened, and what a relying party's
 * later request may reuse silently. `__Host-session` holds a secret, the row its hash.
 *
 * Twelve hours at most, thirty minutes idle (DGS 1-2:2564, AAL2). It ends by being locked, with the device that opened
 * it, or by time; while the account is suspended it shows the card and gives nothing else.
 */
import { and, eq, gt, isNull, type SQL } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { MINUTE } from '../../lib/clock.ts'
import { readCookie } from '../../lib/cookies.ts'
import { hashSecret } from '../../lib/crypto.ts'
import type { CitizenActor } from '../../lib/rpc.ts'

const { accounts, sessions } = schema

/** The hash of the request's session cookie. Only reads the header. */
export function sessionHashOf(request: Request): string | null {
	const secret = readCookie(request, 'session')
	return secret === null ? null : hashSecret(secret)
}

export interface NewSession {
	/** What the cookie holds; the row keeps its hash. */
	secret: string
	accountId: string
	credentialId: string
	acr: string
	/** JSON array. */
	amr: string
	now: number
	/** ms */
	lifetime: number
}

/** The statement that opens one. */
export function openSession(db: Db, s: NewSession, guard: SQL): Statement {
	return insertWhere(
		db,
		sessions,
		{
			secretHash: hashSecret(s.secret),
			accountId: s.accountId,
			credentialId: s.credentialId,
			acr: s.acr,
			amr: s.amr,
			authenticatedAt: s.now,
			lastSeenAt: s.now,
			expiresAt: s.now + s.lifetime,
		},
		guard,
	)
}

/** The citizen whose session the request proves, or null. Idle time is written at most once a minute. */
export async function findCitizen(db: Db, request: Request, now: number, idle: number): Promise<CitizenActor | null> {
	const hash = sessionHashOf(request)
	if (hash === null) return null
	const row = await db
		.select({ session: sessions, status: accounts.status })
		.from(sessions)
		.innerJoin(accounts, eq(accounts.id, sessions.accountId))
		.where(
			and(
				eq(sessions.secretHash, hash),
				isNull(sessions.endedAt),
				gt(sessions.expiresAt, now),
				gt(sessions.lastSeenAt, now - idle),
			),
		)
		.get()
	if (!row || row.status === 'ended') return null
	const { accountId, credentialId, authenticatedAt, lastSeenAt } = row.session
	if (now - lastSeenAt > MINUTE) await db.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.secretHash, hash))
	return { accountId, credentialId, authenticatedAt }
}

/** Signs this browser out. */
export async function closeSession(db: Db, request: Request, now: number): Promise<void> {
	const hash = sessionHashOf(request)
	if (hash !== null)
		await db
			.update(sessions)
			.set({ endedAt: now })
			.where(and(eq(sessions.secretHash, hash), isNull(sessions.endedAt)))
}
