import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { labelOf } from '../../../db/columns.ts'
import { dottedName, nodesOf, parse, type Source, type Violation } from '../kit/sources.ts'

/** The tables that a schema module exports. */
export function tablesOf(module: object): SQLiteTable[] {
	return Object.values(module).filter((value): value is SQLiteTable => is(value, SQLiteTable))
}

/** Columns of which nobody has said what they hold. */
export function unlabelledColumns(tables: readonly SQLiteTable[]): Violation[] {
	return tables.flatMap((table) =>
		Object.values(getTableColumns(table))
			.filter((column) => labelOf(column) === undefined)
			.map((column) => `${getTableName(table)}.${column.name} has no label`),
	)
}

/** How many tables a file defines: none may hide by not being exported. */
export function tablesDefined(source: Source): number {
	return [...nodesOf(parse(source).program)].filter(
		(node) => node.type === 'CallExpression' && dottedName(node.callee) === 'sqliteTable',
	).length
}
