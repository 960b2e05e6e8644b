/**
 * A citizen's session at the provider, in one browser: what a passkey and a PIN have opened, and what a relying party's
 * later request may reuse silently. `__Host-session` holds a secret, the row its hash.
 *
 * Twelve hours at most, thirty minutes idle (DGS 1-2:2564, AAL2). It ends by being locked, at a relying party's wish, with
 * the device that opened it, or by time; while the account is suspended it shows the card and gives nothing else.
 *
 * `own`: the passkey answered in this browser. `desk`: a QR's waiting browser, which may be anybody's: it opens nothing here
 * and answers only the relying parties that it has answered before.
 */
import { and, eq, gt, isNull, type SQL } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { endSessions, inheritClients } from '../../accounts/index.ts'
import { type Clock, MINUTE } from '../../lib/clock.ts'
import { readCookie } from '../../lib/cookies.ts'
import { hashSecret } from '../../lib/crypto.ts'
import type { Random } from '../../lib/random.ts'
import type { CitizenActor } from '../../lib/rpc.ts'
import { signOut } from '../../oidc/index.ts'

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
	/** ms; by default just now. */
	authenticatedAt?: number
	now: number
	/** ms */
	lifetime: number
	kind?: SessionRow['kind']
}

export type SessionRow = typeof sessions.$inferSelect

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
			authenticatedAt: s.authenticatedAt ?? s.now,
			lastSeenAt: s.now,
			expiresAt: (s.authenticatedAt ?? s.now) + s.lifetime,
			kind: s.kind ?? 'own',
		},
		guard,
	)
}

/** The citizen whose session the request proves, or null. Idle time is written at most once a minute. */
export async function findCitizen(db: Db, request: Request, now: number, idle: number): Promise<CitizenActor | null> {
	const hash = sessionHashOf(request)
	if (hash === null) return null
	const row = await db
		.select({ session: sessions, status: accounts.status, reason: accounts.statusReason })
		.from(sessions)
		.innerJoin(accounts, eq(accounts.id, sessions.accountId))
		.where(and(sessionHere(hash, now, idle), eq(sessions.kind, 'own')))
		.get()
	// A session that was opened in the moment in which the device was reported lost is none.
	if (!row || row.status === 'ended' || row.reason === 'device_lost') return null
	const { accountId, credentialId, authenticatedAt, lastSeenAt } = row.session
	if (now - lastSeenAt > MINUTE) await db.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.secretHash, hash))
	return { accountId, credentialId, authenticatedAt }
}

/** Condition: the session of a browser's cookie, while it lives. */
export const sessionHere = (hash: string, now: number, idle: number) =>
	and(
		eq(sessions.secretHash, hash),
		isNull(sessions.endedAt),
		gt(sessions.expiresAt, now),
		gt(sessions.lastSeenAt, now - idle),
	)

/**
 * What becomes of the session that a browser had, where it gets another: of the same citizen, the new one takes over its
 * relying parties; of another, it ends and they are told.
 */
export function replaceSession(
	db: Db,
	before: SessionRow | null,
	{ secret, accountId, now }: Pick<NewSession, 'secret' | 'accountId' | 'now'>,
	guard: SQL,
): Statement[] {
	if (!before) return []
	if (before.accountId !== accountId)
		return endSessions(db, { which: eq(sessions.secretHash, before.secretHash), now, guard })
	return inheritClients(db, { from: before.secretHash, to: hashSecret(secret), now, guard })
}

/**
 * Signs this browser out, whatever session it had.
 * @returns how many relying parties are to be told
 */
export async function closeSession(deps: { db: Db; clock: Clock; random: Random }, request: Request): Promise<number> {
	const hash = sessionHashOf(request)
	if (hash === null) return 0
	const session = await deps.db
		.select({ secretHash: sessions.secretHash, accountId: sessions.accountId })
		.from(sessions)
		.where(and(eq(sessions.secretHash, hash), isNull(sessions.endedAt)))
		.get()
	return session ? signOut(deps, { session, clientId: null }) : 0
}
