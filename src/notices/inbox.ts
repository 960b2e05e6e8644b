import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../db/client.ts'
import type { Clock } from '../lib/clock.ts'
import { newId, type Random } from '../lib/random.ts'
import type { Vault } from '../lib/vault.ts'
import type { NewNotice, Notice, NoticeKind } from './kinds.ts'

const { notices } = schema

/** An inbox shows the newest; older ones stay stored. */
const SHOWN = 100

/**
 * The statement that puts a notice into a citizen's inbox. It belongs in the batch of what it tells.
 * @param guard what must hold for it to have happened; repeat the batch's own guard here.
 */
export function notify(
	db: Db,
	needs: { vault: Vault; random: Random; clock: Clock },
	notice: NewNotice & { accountId: string },
	guard: SQL = sql`1 = 1`,
): Statement {
	const id = newId(needs.random, 'ntc')
	const params = needs.vault.seal(['notices', id, 'params'], JSON.stringify(notice.params))
	const { accountId, kind } = notice
	return insertWhere(db, notices, { id, accountId, kind, params, at: needs.clock.now() }, guard)
}

/** A citizen's inbox, newest first. One round trip. */
export async function listNotices(db: Db, vault: Vault, accountId: string): Promise<Notice[]> {
	const rows = await db
		.select()
		.from(notices)
		.where(eq(notices.accountId, accountId))
		.orderBy(desc(notices.at), desc(notices.id))
		.limit(SHOWN)
	return rows.map((row) => ({
		id: row.id,
		kind: row.kind as NoticeKind,
		params: JSON.parse(vault.open(['notices', row.id, 'params'], row.params)) as Notice['params'],
		at: row.at,
		readAt: row.readAt,
	}))
}

/** The first reading counts. Says nothing about a notice that is somebody else's or not there. */
export function markRead(db: Db, read: { accountId: string; id: string; now: number }): Statement {
	return db
		.update(notices)
		.set({ readAt: read.now })
		.where(and(eq(notices.id, read.id), eq(notices.accountId, read.accountId), isNull(notices.readAt)))
}
