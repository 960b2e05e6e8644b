import { fillPlaceholders, type SQL } from 'drizzle-orm'
import type { Statement } from './client.ts'

interface PreparedInternals {
	query: { sql: string; params: unknown[] }
	stmt?: unknown
	mapResult(result: unknown, isFromBatch?: boolean): unknown
}

/**
 * A prepared statement with its values filled in, as a member of a batch. Drizzle builds SQL anew each time a query
 * goes into a batch; on the hot path the text never changes, so it is built once and only the values travel.
 */
export function bind(prepared: object, values: Record<string, unknown>): Statement {
	const internals = prepared as PreparedInternals
	const filled = {
		stmt: internals.stmt,
		getQuery: () => ({ sql: internals.query.sql, params: fillPlaceholders(internals.query.params, values) }),
		mapResult: (result: unknown, isFromBatch?: boolean) => internals.mapResult(result, isFromBatch),
	}
	return { _prepare: () => filled } as unknown as Statement
}

export type { SQL }
