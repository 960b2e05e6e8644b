import { and, inArray, lte, sql } from 'drizzle-orm'
import { atomically, type Db, schema } from '../db/client.ts'
import { sweepActs, sweepChallenges, sweepThrottles } from './authn/index.ts'
import { type Clock, DAY, HOUR } from './lib/clock.ts'
import type { Random } from './lib/random.ts'
import { sweepEnrolments } from './proofing/index.ts'

/** Rows a run removes of each kind at the most: small pieces, so that nobody waits behind a long lock. */
const PIECE = 500

/** How long a token's row stays after its end, so that a code that comes a second time still finds its family. */
const FAMILY_KEPT = HOUR
/** How long a finished sign-in stays for the log of who asked. */
const SIGN_IN_KEPT = 7 * DAY

/** Removes what is over: expired codes, tokens, requests, challenges, counters; personal data of open cases first. */
export async function sweep(deps: { db: Db; clock: Clock; random: Random }): Promise<void> {
	const { db, clock } = deps
	await sweepEnrolments(deps)
	const now = clock.now()
	const { accessTokens, codes, pushedRequests, signIns, usedAssertions } = schema
	const piece = (table: string, key: string, column: string, before: number) =>
		sql.raw(`SELECT ${key} FROM ${table} WHERE ${column} <= ${before} LIMIT ${PIECE}`)
	await atomically(db, [
		sweepActs(db, now),
		sweepChallenges(db, now),
		sweepThrottles(db, now),
		db
			.delete(pushedRequests)
			.where(inArray(pushedRequests.uriHash, piece('pushed_requests', 'uri_hash', 'expires_at', now))),
		db.delete(usedAssertions).where(inArray(usedAssertions.key, piece('used_assertions', 'key', 'expires_at', now))),
		db.delete(codes).where(inArray(codes.hash, piece('codes', 'hash', 'expires_at', now - FAMILY_KEPT))),
		db
			.delete(accessTokens)
			.where(inArray(accessTokens.hash, piece('access_tokens', 'hash', 'expires_at', now - FAMILY_KEPT))),
		db
			.update(signIns)
			.set({ snapshot: null, challenge: null })
			.where(and(lte(signIns.expiresAt, now), sql`${signIns.snapshot} IS NOT NULL`)),
		db.delete(signIns).where(inArray(signIns.id, piece('sign_ins', 'id', 'expires_at', now - SIGN_IN_KEPT))),
	])
}
