import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { atomically, type Db, schema } from '../db/client.ts'
import { sweepActs, sweepChallenges, sweepThrottles } from './authn/index.ts'
import { LIMITS } from './env.ts'
import { type Clock, DAY, HOUR } from './lib/clock.ts'
import type { Random } from './lib/random.ts'
import { sweepKeys } from './oidc/index.ts'
import { sweepEnrolments } from './proofing/index.ts'

/**
 * Removes what is over: expired codes, tokens, requests, sessions, challenges, counters; personal data of open cases
 * first.
 */
export async function sweep(deps: { db: Db; clock: Clock; random: Random }): Promise<void> {
	const { db, clock } = deps
	await sweepEnrolments(deps)
	const now = clock.now()
	await atomically(db, [forgetSnapshots(db, now)])
	for (const [table, keptFor] of KEPT) await sweepHead(db, table, sql`${table.expiresAt} <= ${now - keptFor}`)
	for (const [table, isOver] of OVER) await sweepHead(db, table, isOver(now))
	await atomically(db, [sweepActs(db, now), sweepChallenges(db, now), sweepThrottles(db, now), ...sweepKeys(db, now)])
}

const {
	accessTokens,
	cardChecks,
	codes,
	logoutDeliveries,
	pushedRequests,
	refreshTokens,
	sessionClients,
	sessions,
	signIns,
	usedAssertions,
} = schema
const { waiting, scan, decide, collect } = LIMITS.signIn

/** How long rows stay after their end, ms. */
const KEPT = [
	[usedAssertions, 0],
	// So that whoever scans an old picture still reads that it was used.
	[cardChecks, HOUR],
	// The sign-in that a pushed request began may still be going on, and spends it at its end.
	[pushedRequests, waiting + scan + decide + collect],
	// So that a code that comes a second time still finds what it gave.
	[codes, HOUR],
	[accessTokens, HOUR],
	[refreshTokens, HOUR],
	[sessions, DAY],
	// For the log of who asked.
	[signIns, 7 * DAY],
] as const

/** Where the end is not a column. */
const OVER: readonly [SQLiteTable, (now: number) => SQL][] = [
	[
		sessionClients,
		() => sql`NOT EXISTS (SELECT 1 FROM ${sessions} WHERE ${sessions.secretHash} = ${sessionClients.sessionHash})`,
	],
	// So that a relying party can see what went wrong last month.
	[logoutDeliveries, (now) => sql`${logoutDeliveries.settledAt} <= ${now - 30 * DAY}`],
]

/** Rows that one statement looks at: small pieces, so that nobody waits behind a long lock. */
const PIECE = 1_000
/** A run ends even where rows come faster than they go; the next one is soon. */
const MAX_PIECES = 150

/**
 * Looks at the oldest rows only. They are about the first to expire, so neither an index is needed, which each insert
 * would pay for, nor the whole table read.
 */
async function sweepHead(db: Db, table: SQLiteTable, isOver: SQL): Promise<void> {
	const oldest = sql`SELECT rowid FROM ${table} ORDER BY rowid LIMIT ${PIECE}`
	for (let piece = 0; piece < MAX_PIECES; piece++) {
		const gone = await db.delete(table).where(sql`rowid IN (${oldest}) AND ${isOver}`).returning({ gone: sql`1` })
		if (gone.length < PIECE) return
		// The embedded client answers at once: without a pause no request would get its turn.
		await new Promise((resolve) => setTimeout(resolve, 0))
	}
}

/** What the AS answered for a sign-in that came to nothing. */
function forgetSnapshots(db: Db, now: number) {
	const over = sql`SELECT rowid FROM ${signIns} WHERE expires_at <= ${now} AND snapshot IS NOT NULL LIMIT ${PIECE}`
	return db.update(signIns).set({ snapshot: null, challenge: null }).where(sql`rowid IN (${over})`)
}
