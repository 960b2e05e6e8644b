import type { InArgs, Row, Value } from '@libsql/core/api'
import type Database from 'libsql'
import { toLibsqlError } from './errors.ts'
import { Answer, rowMaker } from './results.ts'
import { fromEngine, toEngine } from './values.ts'

/** Statement texts that stay prepared. The product has a few hundred; lists of varying length would add without end. */
const MOST_PREPARED = 500

export interface Plain {
	sql: string
	args: InArgs
}

interface Prepared {
	statement: Database.Statement<unknown[]>
	/** How many values its bindings hold: a value that is not given anew would be the last caller's. */
	arity: number
	/** Null where it brings no rows. */
	shape: Shape | null
}

interface Shape {
	columns: string[]
	types: string[]
	makeRow: ReturnType<typeof rowMaker>
}

export interface Statements {
	/** Runs one statement to its end. @throws LibsqlError, RangeError, TypeError */
	run(plain: Plain): Answer
	/** A SELECT's first row, if there is one, its values by place only; what else it finds is not looked at. @throws as `run` */
	first(plain: Plain): Answer
	/** Forgets what was prepared: after the schema has changed, and before closing. */
	clear(): void
}

/** Prepares each text once and keeps it, the least recently used ones leaving first. */
export function keepStatements(db: Database.Database): Statements {
	const kept = new Map<string, Prepared>()

	function prepare(sql: string, arity: number): Prepared {
		const statement = db.prepare<unknown[]>(sql).safeIntegers(true)
		return { statement, arity, shape: statement.reader ? shapeOf(statement) : null }
	}

	function find({ sql, args }: Plain): Prepared {
		// Names may be left out, so nobody knows what the bindings would still hold.
		if (!Array.isArray(args)) return prepare(sql, 0)
		let prepared = kept.get(sql)
		kept.delete(sql)
		if (prepared?.arity !== args.length) prepared = prepare(sql, args.length)
		kept.set(sql, prepared)
		if (kept.size > MOST_PREPARED) kept.delete(kept.keys().next().value as string)
		return prepared
	}

	return {
		run(plain) {
			const values = bindable(plain.args)
			try {
				return execute(find(plain), values)
			} catch (error) {
				throw toLibsqlError(error)
			}
		},
		first(plain) {
			const values = bindable(plain.args)
			try {
				const row = find(plain).statement.get(values) as unknown[] | undefined
				return new Answer([], [], row ? [row.map(fromEngine) as unknown as Row] : [], 0, undefined)
			} catch (error) {
				throw toLibsqlError(error)
			}
		},
		clear: () => kept.clear(),
	}
}

function shapeOf(statement: Database.Statement<unknown[]>): Shape {
	const found = statement.raw(true).columns()
	const columns = found.map(({ name }) => name)
	return { columns, types: found.map(({ type }) => type ?? ''), makeRow: rowMaker(columns) }
}

function execute(prepared: Prepared, values: unknown): Answer {
	const { statement, shape } = prepared
	if (!shape) {
		const { changes, lastInsertRowid } = statement.run(values)
		return new Answer([], [], [], changes, BigInt(lastInsertRowid))
	}
	const found = statement.all(values) as unknown[][]
	// Another process may have changed the schema: the engine prepares anew by itself, and `*` then means more.
	const isStale = found[0] !== undefined && found[0].length !== shape.columns.length
	if (isStale) prepared.shape = shapeOf(statement)
	const { columns, types, makeRow } = (isStale ? prepared.shape : null) ?? shape
	const rows = found.map((row) => makeRow(row.map(fromEngine) as Value[]))
	return new Answer(columns, types, rows, 0, undefined)
}

function bindable(args: InArgs): unknown {
	if (Array.isArray(args)) return args.map(toEngine)
	return Object.fromEntries(Object.entries(args).map(([name, value]) => [name.replace(/^[@$:]/, ''), toEngine(value)]))
}
