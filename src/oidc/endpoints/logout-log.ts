import { desc, eq } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { SECOND } from '../../lib/clock.ts'
import { invalidClient } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'

const { logoutDeliveries } = schema
const NEWEST = 100

/**
 * How the logout tokens of a relying party have fared, for itself alone: the newest hundred. No standard has this; without
 * it an agency whose receiver was down would have to ask the operator.
 */
export async function logoutLog(x: Exchange): Promise<Response> {
	const client = set(x.client, 'client')
	if (client.authMethod === 'none') throw invalidClient('a public client', false)
	if (x.assertion) await runOnce(x, assertionAlone, {})
	const rows = await x.deps.db
		.select()
		.from(logoutDeliveries)
		.where(eq(logoutDeliveries.clientId, client.id))
		.orderBy(desc(logoutDeliveries.createdAt))
		.limit(NEWEST)
	const seconds = (at: number | null) => (at === null ? null : Math.floor(at / SECOND))
	const told = rows.map(({ id, sid, state, attempts, lastOutcome, createdAt, nextAt, settledAt }) => ({
		id,
		sid,
		state,
		attempts,
		last_outcome: lastOutcome,
		created_at: seconds(createdAt),
		...(state === 'waiting' ? { next_at: seconds(nextAt) } : {}),
		settled_at: seconds(settledAt),
	}))
	return Response.json(told, { headers: { 'cache-control': 'no-store' } })
}

const assertionAlone = oneTimeBatch(() => [])
