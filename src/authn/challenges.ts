import { and, eq, gt, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'
import { MINUTE } from '../lib/clock.ts'
import { hashSecret } from '../lib/crypto.ts'

/**
 * WebAuthn challenges outside a sign-in or an enrolment: made for one purpose and one browser, answered once, within
 * five minutes. The table holds hashes.
 */
const CHALLENGE_LIFE = 5 * MINUTE

const { challenges } = schema

export type ChallengePurpose = (typeof challenges.$inferInsert)['purpose']

export interface Challenge {
	/** base64url, as the browser was given it. */
	challenge: string
	purpose: ChallengePurpose
	/** The browser's cookie, as a hash. */
	browserHash: string
}

/** The statement that hands a challenge out. */
export function storeChallenge(db: Db, { challenge, purpose, browserHash }: Challenge, now: number): Statement {
	return db
		.insert(challenges)
		.values({ hash: hashSecret(challenge), purpose, browserHash, expiresAt: now + CHALLENGE_LIFE })
}

/**
 * The statement that spends a challenge; a row comes back where it was there to spend.
 * @param act the spender's name, by which later statements know (`challengeSpent`)
 * @param guard what else must hold
 */
export function spendChallenge(
	db: Db,
	{ challenge, purpose, browserHash }: Challenge,
	{ act, now, guard }: { act: string; now: number; guard?: SQL },
): Statement {
	return db
		.update(challenges)
		.set({ consumedBy: act })
		.where(
			and(
				eq(challenges.hash, hashSecret(challenge)),
				eq(challenges.purpose, purpose),
				eq(challenges.browserHash, browserHash),
				isNull(challenges.consumedBy),
				gt(challenges.expiresAt, now),
				guard,
			),
		)
		.returning({ hash: challenges.hash })
}

/** Guard for the statements after `spendChallenge`: this act, and no other, spent it. */
export function challengeSpent({ challenge }: Pick<Challenge, 'challenge'>, act: string): SQL {
	return sql`EXISTS (SELECT 1 FROM ${challenges} WHERE ${challenges.hash} = ${hashSecret(challenge)} AND ${challenges.consumedBy} = ${act})`
}

/** Removes challenges that nobody can answer any more. */
export function sweepChallenges(db: Db, now: number): Statement {
	return db.delete(challenges).where(lte(challenges.expiresAt, now))
}
