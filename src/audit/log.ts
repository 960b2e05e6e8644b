import { type SQL, sql } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../db/client.ts'
import type { Clock } from '../lib/clock.ts'
import { newId, type Random } from '../lib/random.ts'
import { type AuditEvent, assertFit } from './events.ts'

/**
 * The statement that writes an event down. It belongs in the batch of the act itself, so that there is no act without
 * its event and no event without its act.
 *
 * @param guard what must hold for the act to have happened; repeat the batch's own guard here.
 * @throws UnfitEvent where the event says more than it may.
 */
export function recordEvent(
	db: Db,
	needs: { random: Random; clock: Clock },
	event: AuditEvent,
	guard: SQL = sql`1 = 1`,
): Statement {
	assertFit(event)
	return insertWhere(
		db,
		schema.events,
		{
			id: newId(needs.random, 'evt'),
			at: needs.clock.now(),
			name: event.name,
			actorKind: event.actor.kind,
			actorId: event.actor.id,
			accountId: event.accountId,
			subjectIndex: event.subjectIndex,
			data: JSON.stringify(event.data),
		},
		guard,
	)
}
