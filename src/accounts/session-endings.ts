import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'

const { accessTokens, clients, codes, grants, logoutDeliveries, refreshTokens, sessionClients, sessions } = schema

export interface SessionsEnding {
	/** Which sessions, as a condition on `sessions`. */
	which: SQL
	/** ms */
	now: number
	/** Repeated by every statement. */
	guard?: SQL
}

/**
 * The statements that end sessions at the provider with all that hangs on them: the relying parties that they have
 * answered are to be told (OpenID Connect Back-Channel Logout), and the codes and tokens that came of them give nothing
 * more (§2.7). Consents stay. The last statement returns a row for each session that it ended, the first one for each
 * relying party that is to be told. For one batch.
 */
export function endSessions(db: Db, ending: SessionsEnding): Statement[] {
	const { which, now, guard } = ending
	const named = sql`SELECT ${sessionClients.sid} FROM ${sessionClients} WHERE ${answeredBy(which)}`
	// By way of the grants, since that is how codes and tokens are found without an index more.
	const granted = sql`SELECT ${grants.id} FROM ${sessionClients} JOIN ${grants} ON ${grants.accountId} = ${sessionClients.accountId} AND ${grants.clientId} = ${sessionClients.clientId} WHERE ${answeredBy(which)}`
	const families = sql`SELECT ${codes.hash} FROM ${codes} WHERE ${codes.grantId} IN (${granted}) AND ${codes.sid} IN (${named}) UNION SELECT ${refreshTokens.codeHash} FROM ${refreshTokens} WHERE ${refreshTokens.grantId} IN (${granted}) AND ${refreshTokens.sid} IN (${named})`
	return [
		tellClients(db, ending),
		// Before codes and refresh tokens: these are found through them.
		db
			.update(accessTokens)
			.set({ endedAt: now })
			.where(and(sql`${accessTokens.codeHash} IN (${families})`, isNull(accessTokens.endedAt), guard)),
		db
			.update(refreshTokens)
			.set({ endedAt: now })
			.where(
				and(
					sql`${refreshTokens.grantId} IN (${granted})`,
					sql`${refreshTokens.sid} IN (${named})`,
					isNull(refreshTokens.endedAt),
					guard,
				),
			),
		// Long past rather than now: an exchange that began before this, or at a server whose clock is behind, writes later.
		db
			.update(codes)
			.set({ expiresAt: 0 })
			.where(
				and(sql`${codes.grantId} IN (${granted})`, sql`${codes.sid} IN (${named})`, isNull(codes.consumedBy), guard),
			),
		forgetClients(db, ending),
		db
			.update(sessions)
			.set({ endedAt: now })
			.where(and(which, isNull(sessions.endedAt), guard))
			.returning({ ended: sessions.secretHash }),
	]
}

/**
 * Queues a logout token for each relying party of the sessions that wants to hear of it. The row's name is the session's
 * name at that relying party, so that no end is told twice.
 */
export function tellClients(db: Db, { which, now, guard }: SessionsEnding): Statement {
	return db
		.insert(logoutDeliveries)
		.select(
			sql`SELECT ${sessionClients.sid}, ${sessionClients.clientId}, ${sessionClients.accountId}, ${sessionClients.sid}, 'waiting', 0, ${now}, NULL, ${now}, NULL FROM ${sessionClients} JOIN ${clients} ON ${clients.id} = ${sessionClients.clientId} WHERE ${answeredBy(which)} AND ${clients.backchannelLogoutUri} IS NOT NULL${andAlso(guard)}`,
		)
		.returning({ queued: logoutDeliveries.id })
}

/** The sessions speak for nobody at these relying parties any more. After whatever is found through them. */
export function forgetClients(db: Db, { which, now, guard }: SessionsEnding): Statement {
	return db
		.update(sessionClients)
		.set({ endedAt: now })
		.where(and(answeredBy(which), guard))
}

/**
 * A newer session of the same citizen in the same browser takes an older one's place, and its relying parties with it:
 * nobody is told of an end.
 */
export function inheritClients(
	db: Db,
	{ from, to, now, guard }: { from: string; to: string; now: number; guard: SQL },
): Statement[] {
	const which = eq(sessions.secretHash, from)
	return [
		db
			.update(sessionClients)
			.set({ sessionHash: to })
			.where(and(answeredBy(which), guard)),
		db
			.update(sessions)
			.set({ endedAt: now })
			.where(and(which, isNull(sessions.endedAt), guard)),
	]
}

/** Their row for a session that has not ended. */
const answeredBy = (which: SQL): SQL =>
	sql`${sessionClients.sessionHash} IN (SELECT ${sessions.secretHash} FROM ${sessions} WHERE ${which} AND ${sessions.endedAt} IS NULL) AND ${sessionClients.endedAt} IS NULL`

const andAlso = (guard: SQL | undefined): SQL => (guard ? sql` AND ${guard}` : sql``)
