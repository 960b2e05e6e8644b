import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { personal, plain } from '../columns.ts'

/** What happened, written in the same batch as the act. */
export const events = sqliteTable(
	'events',
	{
		id: plain(text().primaryKey()),
		at: plain(integer().notNull()),
		/** A name of `src/audit/events.ts`. */
		name: plain(text().notNull()),
		actorKind: plain(text({ enum: ['citizen', 'officer', 'client', 'system'] }).notNull()),
		actorId: plain(text()),
		accountId: plain(text()),
		/** Keyed hash, where the event is about a person without an account. */
		subjectIndex: personal(text()),
		/** JSON without personal data. */
		data: plain(text().notNull()),
	},
	(t) => [index('events_account').on(t.accountId, t.at), index('events_subject').on(t.subjectIndex, t.at)],
)

/** A citizen's inbox. */
export const notices = sqliteTable(
	'notices',
	{
		id: plain(text().primaryKey()),
		accountId: plain(text().notNull()),
		/** A kind of `src/notices`; the words stand in `web/words`. */
		kind: plain(text().notNull()),
		/** Sealed JSON: what the words need. */
		params: personal(text().notNull()),
		at: plain(integer().notNull()),
		readAt: plain(integer()),
	},
	(t) => [index('notices_account').on(t.accountId, t.at)],
)
