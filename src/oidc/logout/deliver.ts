import { and, eq, inArray, sql } from 'drizzle-orm'
import { atomically, type Db, type Statement, schema } from '../../../db/client.ts'
import { MINUTE } from '../../lib/clock.ts'
import { OutboundRefused } from '../../lib/outbound.ts'
import { subjectOf } from '../artifacts/subject.ts'
import type { OidcDeps } from '../needs.ts'
import { logoutToken } from './logout-token.ts'
import { settle } from './schedule.ts'

const { accounts, clients, logoutDeliveries } = schema

export type DeliveryDeps = Pick<OidcDeps, 'db' | 'vault' | 'clock' | 'keys' | 'issuer' | 'outbound' | 'log'>

/** Taken at once; each waits for its own receiver only. */
const AT_ONCE = 16
/** A server that took a delivery and died is not waited for longer. Well above what one attempt may take. ms */
const LEASE = MINUTE

/**
 * Sends the logout tokens that are due, until none is. The rows were written in the batch that ended the session, so
 * that no end is forgotten; two servers never send the same attempt, since one statement takes it.
 * @returns how many attempts were made
 */
export async function deliverLogouts(deps: DeliveryDeps): Promise<number> {
	let attempts = 0
	for (;;) {
		const taken = await take(deps)
		attempts += taken.length
		if (taken.length > 0) await sendAll(deps, taken)
		if (taken.length < AT_ONCE) return attempts
	}
}

interface Taken {
	id: string
	attempts: number
}

/** One statement, and so atomic: it counts the attempt and keeps everybody else away from it for a while. */
async function take({ db, clock }: DeliveryDeps): Promise<Taken[]> {
	const now = clock.now()
	// Spelt so that the partial index serves it.
	const due = sql`SELECT ${logoutDeliveries.id} FROM ${logoutDeliveries} WHERE ${logoutDeliveries.state} = 'waiting' AND ${logoutDeliveries.nextAt} <= ${now} ORDER BY ${logoutDeliveries.nextAt} LIMIT ${AT_ONCE}`
	return db
		.update(logoutDeliveries)
		.set({ attempts: sql`${logoutDeliveries.attempts} + 1`, nextAt: now + LEASE })
		.where(sql`${logoutDeliveries.id} IN (${due})`)
		.returning({ id: logoutDeliveries.id, attempts: logoutDeliveries.attempts })
}

/** A slow receiver keeps nobody else waiting, and each outcome is written as it comes. */
async function sendAll(deps: DeliveryDeps, taken: readonly Taken[]): Promise<void> {
	const rows = await read(deps.db, taken)
	await Promise.all(
		taken.map(async (attempt) => {
			const row = rows.find(({ delivery }) => delivery.id === attempt.id)
			const outcome = row ? await send(deps, row, attempt) : 'no_address'
			await atomically(deps.db, [written(deps, attempt, outcome)])
			if (outcome !== '200' && outcome !== '204')
				deps.log('logout_not_delivered', { client: row?.client.id ?? '?', outcome, attempts: attempt.attempts })
		}),
	)
}

const read = (db: Db, taken: readonly Taken[]) =>
	db
		.select({ delivery: logoutDeliveries, client: clients, account: accounts })
		.from(logoutDeliveries)
		.innerJoin(clients, eq(clients.id, logoutDeliveries.clientId))
		.innerJoin(accounts, eq(accounts.id, logoutDeliveries.accountId))
		.where(
			inArray(
				logoutDeliveries.id,
				taken.map(({ id }) => id),
			),
		)

type Row = Awaited<ReturnType<typeof read>>[number]

/** @returns the HTTP status, or a word for why there was none */
async function send(deps: DeliveryDeps, { delivery, client, account }: Row, { id, attempts }: Taken): Promise<string> {
	if (client.status !== 'live') return 'client_suspended'
	if (client.backchannelLogoutUri === null) return 'no_address'
	try {
		const token = await logoutToken(deps, {
			client,
			subject: subjectOf(deps.vault, client, account),
			sid: delivery.sid,
			jti: `${id}.${attempts}`,
			now: deps.clock.now(),
		})
		const form = new URLSearchParams({ logout_token: token })
		return String((await deps.outbound.post(client.backchannelLogoutUri, form)).status)
	} catch (error) {
		// A bug of ours, too, keeps no other receiver waiting.
		return error instanceof OutboundRefused ? error.reason : 'internal'
	}
}

/** Only while the attempt is still ours: after the lease another server may have taken the next one. */
function written({ db, clock }: DeliveryDeps, { id, attempts }: Taken, outcome: string): Statement {
	const now = clock.now()
	const { state, nextAt } = settle(outcome, attempts)
	return db
		.update(logoutDeliveries)
		.set({
			state,
			lastOutcome: outcome,
			...(nextAt === null ? { settledAt: now } : { nextAt: now + nextAt }),
		})
		.where(and(eq(logoutDeliveries.id, id), eq(logoutDeliveries.attempts, attempts)))
}
