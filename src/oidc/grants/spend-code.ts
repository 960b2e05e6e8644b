import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { atomically, type Db, schema } from '../../../db/client.ts'
import { bind } from '../../../db/prepared.ts'
import { type AuditEvent, assertFit } from '../../audit/index.ts'
import { assertionTaken, takeAssertion } from '../client-auth/index.ts'
import type { Exchange } from '../exchange.ts'
import { onceFor } from '../prepared.ts'

const { accessTokens, codes, events, grants } = schema

export interface Spending {
	/** Names this request: what later statements repeat. */
	act: string
	codeHash: string
	tokenHash: string
	/** ms */
	now: number
	/** ms */
	tokenExpiresAt: number
	/** Thumbprint of the key that the token is bound to. */
	jkt: string | null
	assertion: Exchange['assertion']
	/** What is written down of it. */
	event: AuditEvent
	eventId: string
}

/**
 * The batch of the code grant: the assertion is taken, the code spent, the token stored, the event written down. A
 * batch does not stop where a guard changed nothing, so each statement repeats what must have happened before it.
 */
export async function spendCode(db: Db, s: Spending): Promise<'spent' | 'assertion_used' | 'code_gone'> {
	assertFit(s.event)
	const batch = batches(db)[s.assertion ? 'withAssertion' : 'plain']
	const values = {
		...s,
		assertionKey: s.assertion?.key,
		assertionExpiresAt: s.assertion?.expiresAt,
		eventName: s.event.name,
		actorKind: s.event.actor.kind,
		actorId: s.event.actor.id,
		accountId: s.event.accountId,
		eventData: JSON.stringify(s.event.data),
	}
	const rows = await atomically(
		db,
		batch.map((statement) => bind(statement, values)),
	)
	if (s.assertion && rows[0]?.length !== 1) return 'assertion_used'
	return rows[s.assertion ? 1 : 0]?.length === 1 ? 'spent' : 'code_gone'
}

const value = sql.placeholder

/** A grant that ended between code and token (a new device, a withdrawn consent) gives nothing any more. */
const grantAlive = sql`EXISTS (SELECT 1 FROM ${grants} WHERE ${grants.id} = ${codes.grantId} AND ${grants.endedAt} IS NULL)`
const spentByThisAct = sql`${codes.hash} = ${value('codeHash')} AND ${codes.consumedBy} = ${value('act')}`

const batches = onceFor((db) => {
	const spend = (guard?: typeof assertionTaken) =>
		db
			.update(codes)
			.set({ consumedBy: sql`${value('act')}` })
			.where(
				and(
					eq(codes.hash, value('codeHash')),
					isNull(codes.consumedBy),
					gt(codes.expiresAt, value('now')),
					grantAlive,
					guard,
				),
			)
			.returning({ hash: codes.hash })
			.prepare()
	const store = db
		.insert(accessTokens)
		.select(
			sql`SELECT ${value('tokenHash')}, client_id, account_id, grant_id, hash, scope, ${value('tokenExpiresAt')}, NULL, ${value('jkt')}, resource, asked FROM ${codes} WHERE ${spentByThisAct}`,
		)
		.prepare()
	const writeDown = db
		.insert(events)
		.select(
			sql`SELECT ${value('eventId')}, ${value('now')}, ${value('eventName')}, ${value('actorKind')}, ${value('actorId')}, ${value('accountId')}, NULL, ${value('eventData')} FROM ${codes} WHERE ${spentByThisAct}`,
		)
		.prepare()
	return {
		plain: [spend(), store, writeDown],
		withAssertion: [takeAssertion(db).prepare(), spend(assertionTaken), store, writeDown],
	}
})
