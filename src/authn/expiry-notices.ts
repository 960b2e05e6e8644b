import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { atomically, type Db, type Statement, schema } from '../../db/client.ts'
import { evaluate, GRACE_DAYS_AFTER_EXPIRY, readSnapshot, WARN_DAYS_BEFORE_EXPIRY } from '../accounts/index.ts'
import { type Clock, DAY } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { thaiDateAt, toStoredDate } from '../lib/thai/dates.ts'
import type { Vault } from '../lib/vault.ts'
import { notify } from '../notices/index.ts'

/**
 * Once a day, whoever's ID card runs out is told so without signing in: within the seven days before, and within the days
 * of grace. Once a stage, by a notice; a new card begins anew, since its stages come years later.
 *
 * It goes by the AS's last answer and asks nobody: sixty million questions a day would be no help to the register. Who has a new
 * card already and has not signed in since is told once too often; the words say that the data follow.
 */
export interface ExpiryNeeds {
	db: Db
	vault: Vault
	clock: Clock
	random: Random
}

const { accounts, jobs, notices } = schema
type Row = typeof accounts.$inferSelect

const NAME = 'expiry-notices'
/** Accounts that one read takes; each is opened, which costs some microseconds. */
const PIECE = 200
/** A run ends after so many; the next one goes on from there. */
const MAX_PIECES = 50

/** @returns how many accounts it looked at; 0 where the day's work is done */
export async function noticeExpiry(needs: ExpiryNeeds, { piece = PIECE, pieces = MAX_PIECES } = {}): Promise<number> {
	const { db, clock } = needs
	const today = toStoredDate(thaiDateAt(clock.now()))
	const job = await db.select().from(jobs).where(eq(jobs.name, NAME)).get()
	if (job?.doneFor === today) return 0
	let cursor = job?.cursor ?? ''
	let looked = 0
	for (let turn = 0; turn < pieces; turn++) {
		const rows = await db
			.select()
			.from(accounts)
			.where(and(gt(accounts.id, cursor), eq(accounts.status, 'active')))
			.orderBy(asc(accounts.id))
			.limit(piece)
		looked += rows.length
		cursor = rows.at(-1)?.id ?? ''
		const over = rows.length < piece
		// The day is done with its last piece: what broke off is looked at again, and nobody is told twice.
		await atomically(db, [
			...rows.flatMap((row) => noticeFor(needs, row)),
			remember(db, over ? { cursor: '', doneFor: today } : { cursor, doneFor: job?.doneFor ?? '' }),
		])
		if (over) return looked
		// The embedded client answers at once: without a pause no request would get its turn.
		await new Promise((resolve) => setTimeout(resolve, 0))
	}
	return looked
}

function remember(db: Db, at: { cursor: string; doneFor: string }): Statement {
	return db
		.insert(jobs)
		.values({ name: NAME, ...at })
		.onConflictDoUpdate({ target: jobs.name, set: at })
}

/** The notice for the stage in which this card is; none where it is in none. */
function noticeFor(needs: ExpiryNeeds, row: Row): Statement[] {
	const { db, vault, clock } = needs
	const before = readSnapshot(vault, row)
	const record = { person: before.person, card: { ...before.card, laserCode: null, chipNumber: null } }
	const now = clock.now()
	const { warnings } = evaluate({ record, before, today: thaiDateAt(now), account: row })
	return warnings.flatMap(({ code, days }) => {
		if (code === 'card_address_changed' || days === undefined) return []
		// A stage is shorter than the time until the same stage of the next card, by years.
		const stage = code === 'card_expires_soon' ? WARN_DAYS_BEFORE_EXPIRY : GRACE_DAYS_AFTER_EXPIRY
		const since = now - (stage + 1) * DAY
		const guard = sql`NOT EXISTS (SELECT 1 FROM ${notices} WHERE ${notices.accountId} = ${row.id} AND ${notices.at} > ${since} AND ${notices.kind} = ${code}) AND EXISTS (SELECT 1 FROM ${accounts} WHERE ${accounts.id} = ${row.id} AND ${accounts.status} = 'active')`
		return [notify(db, needs, { accountId: row.id, kind: code, params: { days } }, guard)]
	})
}
