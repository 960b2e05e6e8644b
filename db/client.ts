import type { Client, InArgs, InStatement, TransactionMode } from '@libsql/client'
import { getTableColumns, is, SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as schema from './schema/index.ts'

export { schema }

/**
 * The one shape in which the rooms see the database: Drizzle over libSQL (file or HTTP) or over D1, which share all
 * that is used here: single statements and `batch`. There are no interactive transactions: D1 has none.
 *
 * A batch is atomic, and it does not stop where a guard changed nothing: every later statement repeats the guard.
 */
export type Db = Omit<LibSQLDatabase<typeof schema>, 'transaction'>

export type Statement = BatchItem<'sqlite'>

/** `drizzle({ casing })` everywhere: columns are camelCase in code and snake_case in SQL. */
export const drizzleConfig = { schema, casing: 'snake_case' } as const

/** Runs statements in one round trip, all or none. @returns the rows of each. */
export async function atomically(db: Db, statements: readonly Statement[]): Promise<unknown[][]> {
	const [first, ...rest] = statements
	if (!first) return []
	return (await db.batch([first, ...rest])) as unknown[][]
}

/**
 * `INSERT … SELECT … WHERE guard`: the way a later statement of a batch repeats the guard of an earlier one.
 * Columns left out of `values` get their default or NULL; an SQL expression stays one. With `returning` (a column), one row comes back where the guard held.
 */
export function insertWhere<T extends SQLiteTable>(
	db: Db,
	table: T,
	values: T['$inferInsert'],
	guard: SQL,
	returning?: SQL,
): Statement {
	const columns = Object.entries(getTableColumns(table))
	const given = values as Record<string, unknown>
	const selected = columns.map(([key, column]) => {
		const value = given[key] === undefined ? column.default : given[key]
		if (value === undefined || value === null) return sql`NULL`
		return is(value, SQL) ? value : sql`${sql.param(value, column)}`
	})
	const insert = db.insert(table).select(sql`SELECT ${sql.join(selected, sql`, `)} WHERE ${guard}`)
	return returning ? insert.returning({ key: returning.as('key') } as never) : insert
}

/** Tells `batch` whether it may share the database with other readers: a batch of SELECTs takes no write lock. */
function modeOf(statements: InStatement[]): TransactionMode {
	const reads = statements.every((statement) =>
		/^\s*select/i.test(typeof statement === 'string' ? statement : statement.sql),
	)
	return reads ? 'read' : 'write'
}

/**
 * Wraps a libSQL client so that batches name their mode (Drizzle leaves it out, and a deferred transaction that
 * becomes a writer late fails where two processes share a file), and so that trips can be counted.
 */
export function prepareClient(client: Client, onTrip: (statements: string[]) => void = () => {}): Client {
	const text = (statement: InStatement | [string, InArgs?]): string =>
		typeof statement === 'string' ? statement : Array.isArray(statement) ? statement[0] : statement.sql
	return new Proxy(client, {
		get(target, property) {
			if (property === 'batch')
				return async (statements: InStatement[], mode?: TransactionMode) => {
					onTrip(statements.map(text))
					const results = await target.batch(statements, mode ?? modeOf(statements))
					for (const { columns } of results) refuseTwins(columns)
					return results
				}
			if (property === 'execute')
				return (statement: InStatement, args?: InArgs) => {
					onTrip([text(statement)])
					return args === undefined ? target.execute(statement) : target.execute(text(statement), args)
				}
			const value = Reflect.get(target, property) as unknown
			return typeof value === 'function' ? value.bind(target) : value
		},
	})
}

/**
 * D1 answers a batch with objects, in which two columns of one name become one and the rest moves up. So a join inside
 * a batch gives its columns names of their own; here it fails on libSQL too, where nobody would notice otherwise.
 */
function refuseTwins(columns: string[]): void {
	if (new Set(columns).size !== columns.length) throw new Error('two columns of one name in a statement of a batch')
}
