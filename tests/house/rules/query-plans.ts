import type { Client } from '@libsql/client'
import type { Violation } from '../kit/sources.ts'

const PLANNED = /^\s*(select|insert|update|delete|with)\b/i

/**
 * Statements that read a table from end to end: they are quick in a test and stop a country.
 * Asks SQLite for the plan of each; nothing is executed.
 * @param small tables that are read whole on purpose, each with the reason
 */
export async function tableScans(
	client: Client,
	statements: Iterable<string>,
	small: Readonly<Record<string, string>> = {},
): Promise<Violation[]> {
	const found: Violation[] = []
	for (const statement of new Set(statements)) {
		if (!PLANNED.test(statement)) continue
		// A plan does not depend on the values, so each parameter may be null.
		const args = Array.from({ length: parametersOf(statement) }, () => null)
		const { rows } = await client.execute({ sql: `EXPLAIN QUERY PLAN ${statement}`, args })
		for (const { detail } of rows) {
			// An alias is told by its own name. `SCAN CONSTANT ROW` is a SELECT without a table.
			const [, table] = /^SCAN (?!CONSTANT ROW)(\w+)(?!.* VIRTUAL TABLE)/.exec(String(detail)) ?? []
			if (table && !(table in small)) found.push(`${detail}: ${statement}`)
		}
	}
	return found
}

/** `?` outside of quotes. */
const parametersOf = (statement: string): number =>
	statement.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '').split('?').length - 1
