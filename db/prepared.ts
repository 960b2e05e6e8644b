import type { InStatement, InValue } from '@libsql/core/api'
import { Column, is, Param, Placeholder } from 'drizzle-orm'
import type { Db, Statement } from './client.ts'
import type { OneRow } from './embedded/index.ts'

/**
 * Statements of the hot path. Drizzle builds SQL anew each time a query goes into a batch, and walks its objects for each
 * value and each row; here the text and the places of its values are made once, and only the values travel. Beneath it
 * is the client that Drizzle itself was given, so a trip is a trip.
 */
export interface Prepared {
	readonly sql: string
	readonly places: readonly Place[]
	readonly client: Libsql & D1
	/** D1's own. */
	readonly stmt: D1Statement | undefined
}

export type Values = Readonly<Record<string, unknown>>

/** Where a value comes from: a placeholder's name and how its column keeps it, or the value itself. */
type Place = { name: string; encode: ((value: unknown) => unknown) | null } | { always: unknown }

interface D1Statement {
	bind(...values: unknown[]): D1Statement
	raw(): Promise<unknown[][]>
}

interface Libsql {
	execute(statement: OneRow): Promise<{ rows: ArrayLike<unknown>[] }>
	batch(statements: InStatement[]): Promise<{ rows: unknown[] }[]>
}

interface D1 {
	batch(statements: D1Statement[]): Promise<{ results: unknown[] }[]>
}

/** What Drizzle's prepared queries hold, over libSQL and over D1. */
interface Internals {
	query: { sql: string; params: unknown[] }
	stmt?: D1Statement
}

/** @param statement with placeholders, not prepared yet */
export function prepare(db: Db, statement: Statement): Prepared {
	const { query, stmt } = (statement as unknown as { prepare(): Internals }).prepare()
	const { $client } = db as unknown as { $client: Libsql & D1 }
	return { sql: query.sql, places: query.params.map(placeOf), client: $client, stmt }
}

function placeOf(param: unknown): Place {
	if (is(param, Placeholder)) return { name: param.name, encode: null }
	if (!is(param, Param) || !is(param.value, Placeholder)) return { always: param }
	const { encoder, value } = param
	const asItIs = encoder.mapToDriverValue === Column.prototype.mapToDriverValue
	return { name: value.name, encode: asItIs ? null : (given) => encoder.mapToDriverValue(given) }
}

/** The first row, its values by place; undefined where there is none. */
export async function firstRow(prepared: Prepared, values: Values): Promise<ArrayLike<unknown> | undefined> {
	const { sql, stmt, client } = prepared
	const args = argsOf(prepared, values)
	if (stmt) return (await stmt.bind(...args).raw())[0]
	// Over HTTP there is nothing to be saved by asking for less.
	return (await client.execute({ sql, args, oneRow: true })).rows[0]
}

/** Runs statements in one round trip, all or none, with the same values. @returns the rows of each, to be counted */
export async function together(batch: readonly Prepared[], values: Values): Promise<unknown[][]> {
	const [first] = batch
	if (!first) return []
	if (first.stmt) {
		const bound = batch.map((each) => (each.stmt as D1Statement).bind(...argsOf(each, values)))
		return (await first.client.batch(bound)).map(({ results }) => results)
	}
	const results = await first.client.batch(batch.map((each) => ({ sql: each.sql, args: argsOf(each, values) })))
	return results.map(({ rows }) => rows)
}

/** @throws Error for a value that was forgotten: the database would take it for NULL */
function argsOf({ places }: Prepared, values: Values): InValue[] {
	return places.map((place) => {
		if ('always' in place) return place.always as InValue
		const value = values[place.name]
		if (value === undefined) throw new Error(`no value for the placeholder ${place.name}`)
		return (place.encode === null || value === null ? value : place.encode(value)) as InValue
	})
}
