import { Table } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { outcome, type Stage } from './stage.ts'
import { type Plain, tapTrips } from './trips.ts'

/**
 * A batch that comes a moment too late: something happens just before it runs, and a guard may be taken away from one of
 * its statements. Then it is looked at which tables the batch changed.
 */
export interface LateBatch {
	/** Tells the batch from the other trips: each of these is in one of its statements. */
	has: readonly RegExp[]
	/** Everything up to the act. */
	prepare(stage: Stage): Promise<{ act(): Promise<unknown>; meanwhile(): Promise<unknown> }>
}

export interface Taken {
	/** Of the batch, from 0. */
	statement: number
	/** Which of its guards, from 0; all where it is left out. */
	guards?: readonly number[]
}

export interface LateOutcome {
	/** Tables that the batch changed. */
	changed: string[]
	/** A constraint caught what a guard let through. */
	failed: boolean
	statements: Plain[]
}

export async function runLate(stage: Stage, batch: LateBatch, taken?: Taken): Promise<LateOutcome> {
	await stage.afresh()
	const { act, meanwhile } = await batch.prepare(stage)
	let statements: Plain[] = []
	let sent: Plain[] | undefined
	let before: Contents = {}
	let after: Contents | undefined
	const off = tapTrips(stage.client, {
		async before(given) {
			if (statements.length > 0 || !batch.has.every((part) => given.some(({ sql }) => part.test(sql)))) return undefined
			statements = given
			await meanwhile()
			before = await contents(stage)
			sent = taken ? given.map((one, i) => (i === taken.statement ? without(one, taken.guards) : one)) : [...given]
			return sent
		},
		async after(given) {
			if (given === sent) after = await contents(stage)
		},
	})
	await outcome(act()).catch(() => {})
	off()
	if (statements.length === 0) throw new Error('the batch in question did not run')
	const now = after
	const changed = now ? Object.keys(before).filter((table) => now[table] !== before[table]) : []
	return { changed, failed: after === undefined, statements }
}

type Contents = Record<string, string>

/** Every table but counters. */
async function contents({ db }: Stage): Promise<Contents> {
	const found: Contents = {}
	for (const [name, table] of Object.entries(schema))
		if (table instanceof Table && name !== 'throttles') found[name] = JSON.stringify(await db.select().from(table))
	return found
}

/** How many guards a statement has: each `EXISTS (SELECT 1 …)`. */
export const guardsIn = ({ sql }: Plain): number => sql.match(GUARD)?.length ?? 0
const GUARD = /EXISTS \(SELECT 1 /g

/** The statement with guards that always hold; they take as many values as before. */
function without(statement: Plain, which?: readonly number[]): Plain {
	const starts = [...statement.sql.matchAll(GUARD)].map(({ index }) => index)
	const chosen = which ?? starts.keys().toArray()
	let { sql } = statement
	// From the end, so that the places of the others stay.
	for (const guard of [...chosen].sort((a, b) => b - a)) {
		const start = starts[guard]
		if (start === undefined) throw new Error(`no guard ${guard} in: ${sql}`)
		const end = closing(sql, sql.indexOf('(', start))
		const values = sql.slice(start, end).match(/\?/g)?.length ?? 0
		sql = `${sql.slice(0, start)}(1 = 1${' OR ? IS NULL'.repeat(values)})${sql.slice(end)}`
	}
	return { ...statement, sql }
}

/** Just behind the bracket that closes the one at `open`. */
function closing(sql: string, open: number): number {
	let depth = 0
	for (let at = open; at < sql.length; at++) {
		if (sql[at] === '(') depth++
		if (sql[at] === ')' && --depth === 0) return at + 1
	}
	throw new Error('a bracket is not closed')
}
