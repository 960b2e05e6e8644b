import { type SQL, sql } from 'drizzle-orm'
import { type AuditEvent, assertFit } from '../../audit/index.ts'
import { newId } from '../../lib/random.ts'
import type { Exchange } from '../exchange.ts'

/** What a grant's batch writes down of itself. */
export interface Recorded {
	event: AuditEvent
}

/** Values of the placeholders of `selectEvent`, and `now`. */
export function recordedValues(x: Exchange, { event }: Recorded): Record<string, unknown> {
	assertFit(event)
	return {
		now: x.now,
		eventId: newId(x.deps.random, 'evt'),
		eventName: event.name,
		actorKind: event.actor.kind,
		actorId: event.actor.id,
		accountId: event.accountId,
		eventData: JSON.stringify(event.data),
	}
}

const value = sql.placeholder

/** The SELECT of an event's INSERT. @param from table and guard: one row where the act happened, none elsewhere */
export const selectEvent = (from: SQL): SQL =>
	sql`SELECT ${value('eventId')}, ${value('now')}, ${value('eventName')}, ${value('actorKind')}, ${value('actorId')}, ${value('accountId')}, NULL, ${value('eventData')} FROM ${from}`
