import type { ResultSet, Row, Value } from '@libsql/core/api'

/** What a statement answers, in the shape of @libsql/client. */
export class Answer implements ResultSet {
	constructor(
		readonly columns: string[],
		readonly columnTypes: string[],
		readonly rows: Row[],
		readonly rowsAffected: number,
		readonly lastInsertRowid: bigint | undefined,
	) {}

	toJSON(): unknown {
		const { columns, columnTypes, rowsAffected, lastInsertRowid } = this
		return {
			columns,
			columnTypes,
			rows: this.rows.map((row) => Array.prototype.map.call(row, toJson)),
			rowsAffected,
			lastInsertRowid: lastInsertRowid === undefined ? null : `${lastInsertRowid}`,
		}
	}
}

const toJson = (value: unknown): unknown =>
	value instanceof ArrayBuffer ? new Uint8Array(value).toBase64() : typeof value === 'bigint' ? `${value}` : value

type RowMaker = (values: Value[]) => Row

/** A row is read both ways: by place, as Drizzle does (an array-like with `length`), and by name, which is what it lists. */
class NamedValues {
	[name: string]: Value
	readonly #values: Value[]

	constructor(places: readonly (readonly [name: string, place: number])[], values: Value[]) {
		this.#values = values
		for (const [name, place] of places) this[name] = values[place] as Value
	}

	static at(row: NamedValues, place: number): Value {
		return row.#values[place] as Value
	}
}

/** One class for each statement, so that places cost nothing until they are read. Of two columns of a name the first has it. */
export function rowMaker(columns: readonly string[]): RowMaker {
	class StatementRow extends NamedValues {}
	Object.defineProperty(StatementRow.prototype, 'length', { value: columns.length })
	for (const place of columns.keys())
		Object.defineProperty(StatementRow.prototype, place, {
			get(this: StatementRow) {
				return NamedValues.at(this, place)
			},
		})
	const places = [...columns.entries()]
		.filter(([place, name]) => columns.indexOf(name) === place && !(name in StatementRow.prototype))
		.map(([place, name]) => [name, place] as const)
	return (values) => new StatementRow(places, values) as unknown as Row
}
