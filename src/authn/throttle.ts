import { lte, type SQL, sql } from 'drizzle-orm'
import { atomically, type Db, type Statement, schema } from '../../db/client.ts'
import { base64url } from '../lib/bytes.ts'
import { ServiceError } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import { type AskedFrom, describeAsker } from './asked-from.ts'
import type { AuthnDeps } from './needs.ts'

const { throttles } = schema

export interface Attempt {
	/** Who and what, such as `look-up/<officer id>`. No personal data: it is stored as it stands. */
	key: string
	/** How many in one window. */
	limit: number
	/** The window's length, ms. It opens with the first attempt. */
	window: number
	now: number
}

type CountStatement = Statement & PromiseLike<{ count: number; expiresAt: number }[]>

/** Counts one attempt and returns the count; one statement, so that of many at once each gets a number of its own. */
export function countAttempt(db: Db, { key, window, now }: Attempt): CountStatement {
	const over = sql`${throttles.expiresAt} <= ${now}`
	return db
		.insert(throttles)
		.values({ key, count: 1, expiresAt: now + window })
		.onConflictDoUpdate({
			target: throttles.key,
			set: {
				count: sql`CASE WHEN ${over} THEN 1 ELSE ${throttles.count} + 1 END`,
				expiresAt: sql`CASE WHEN ${over} THEN ${now + window} ELSE ${throttles.expiresAt} END`,
			},
		})
		.returning({ count: throttles.count, expiresAt: throttles.expiresAt })
}

/**
 * Guard for what follows a count in the same batch: the count did not go beyond the limit. A later statement of the batch
 * sees it, so that nothing has to be asked first.
 */
export function stillAdmitted({ key, limit }: Pick<Attempt, 'key' | 'limit'>): SQL {
	return sql`NOT EXISTS (SELECT 1 FROM ${throttles} WHERE ${throttles.key} = ${key} AND ${throttles.count} > ${limit})`
}

/** @param counted the row that `countAttempt` returned. @throws ServiceError too_many_attempts, with `until` in ms */
export function checkAttempt(counted: { count: number; expiresAt: number } | undefined, { limit }: Attempt): void {
	if (!counted) throw new Error('an attempt was not counted')
	if (counted.count > limit) throw new ServiceError('too_many_attempts', { until: counted.expiresAt })
}

/** Counts all in one trip, each whatever comes of the others. @throws ServiceError too_many_attempts, with `until` in ms */
export async function admit(db: Db, attempts: readonly Attempt[]): Promise<void> {
	const counted = await atomically(
		db,
		attempts.map((attempt) => countAttempt(db, attempt)),
	)
	attempts.forEach((attempt, i) => {
		checkAttempt(counted[i]?.[0] as { count: number; expiresAt: number } | undefined, attempt)
	})
}

/**
 * Each challenge for whoever asks is a row, and nobody has to prove anything for it. A browser's own counter stops no
 * flood, since its cookie is whatever the client says; so the network is counted, and first.
 * @throws ServiceError too_many_attempts
 */
export async function countChallenge(
	{ db, clock, vault, limits, peer }: ChallengeNeeds,
	request: Request,
): Promise<void> {
	const key = networkKey(vault, 'challenge', describeAsker(request, peer(request)))
	await admit(db, [{ key, ...limits.challengesFromNetwork, now: clock.now() }])
}

export type ChallengeNeeds = Pick<AuthnDeps, 'db' | 'clock' | 'vault' | 'peer'> & {
	limits: Pick<AuthnDeps['limits'], 'challengesFromNetwork'>
}

/** The key of a network's counter. Hashed with a key: even the first part of an address is nobody else's business. */
export function networkKey(vault: Vault, what: string, { network }: Pick<AskedFrom, 'network'>): string {
	return `${what}/${base64url(vault.mac('device', `network/${network}`))}`
}

/** Removes counters whose window is over. */
export function sweepThrottles(db: Db, now: number): Statement {
	return db.delete(throttles).where(lte(throttles.expiresAt, now))
}
