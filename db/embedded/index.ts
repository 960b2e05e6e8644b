/**
 * libSQL in a file, in this process: the interface of @libsql/client over the native engine beneath it. What differs is
 * the cost: statements stay prepared, and writes that arrive in one turn of the event loop share one commit
 * (`docs/decisions/0014-group-commit.md`). Reads wait for nobody.
 */
import type { Client, InArgs, InStatement, InValue, ResultSet, Transaction, TransactionMode } from '@libsql/core/api'
import { LibsqlError } from '@libsql/core/api'
import Database from 'libsql'
import { type Batch, commitTogether, inTransaction, runAll } from './commit.ts'
import { clientClosed, toLibsqlError } from './errors.ts'
import { keepStatements, type Plain, type Statements } from './statements.ts'

export interface EmbeddedOptions {
	/** How long to wait for another process's lock, ms. The engine is synchronous: everything waits meanwhile. */
	timeout: number
	/** Run whenever the file is opened: they hold for one connection. */
	pragmas: readonly string[]
}

const READS = /^\s*select\b/i
/** What may share a transaction with others. The rest (schema, pragmas, transactions) is run by itself. */
const WRITES = /^\s*(?:insert|update|delete|replace|with)\b/i

/**
 * @param path of the file; made where it is missing
 * @throws LibsqlError where it cannot be opened
 */
export function createEmbeddedClient(path: string, options: EmbeddedOptions): Client {
	return new EmbeddedClient(path, options)
}

class EmbeddedClient implements Client {
	readonly protocol = 'file'
	readonly #open: () => Database.Database
	#db: Database.Database
	#statements: Statements
	#waiting: Batch[] = []

	constructor(path: string, { timeout, pragmas }: EmbeddedOptions) {
		this.#open = () => {
			try {
				const db = new Database(path, { timeout })
				for (const pragma of pragmas) db.exec(`PRAGMA ${pragma}`)
				return db
			} catch (error) {
				throw toLibsqlError(error)
			}
		}
		this.#db = this.#open()
		this.#statements = keepStatements(this.#db)
	}

	get closed(): boolean {
		return !this.#db.open
	}

	async execute(statement: InStatement, args?: InArgs): Promise<ResultSet> {
		this.#checkOpen()
		if (isOneRow(statement)) return this.#statements.first(statement)
		const plain = plainOf(args === undefined ? statement : { sql: statement as string, args })
		if (READS.test(plain.sql)) return this.#statements.run(plain)
		if (WRITES.test(plain.sql)) return (await this.#write([plain], true))[0] as ResultSet
		return this.#alone(() => this.#statements.run(plain))
	}

	async batch(given: (InStatement | [string, InArgs?])[], mode: TransactionMode = 'deferred'): Promise<ResultSet[]> {
		this.#checkOpen()
		const statements = given.map(plainOf)
		const batch = { statements, isSingle: false }
		if (mode === 'read') {
			const isOne = statements.length === 1 && READS.test(statements[0]?.sql ?? '')
			if (isOne) return runAll(this.#statements, batch)
			return inTransaction(this.#db, 'BEGIN TRANSACTION READONLY', () => runAll(this.#statements, batch))
		}
		if (statements.every(({ sql }) => WRITES.test(sql) || READS.test(sql))) return this.#write(statements, false)
		return this.#alone(() => inTransaction(this.#db, 'BEGIN IMMEDIATE', () => runAll(this.#statements, batch)))
	}

	/** Schema changes, without looking at foreign keys until they are done. */
	async migrate(given: InStatement[]): Promise<ResultSet[]> {
		this.#checkOpen()
		const batch = { statements: given.map(plainOf), isSingle: false }
		return this.#alone(() => {
			this.#db.exec('PRAGMA foreign_keys=off')
			try {
				return inTransaction(this.#db, 'BEGIN IMMEDIATE', () => runAll(this.#statements, batch))
			} finally {
				this.#db.exec('PRAGMA foreign_keys=on')
			}
		})
	}

	/** Not here: one that waits stops every other writer, and D1 has none. */
	async transaction(): Promise<Transaction> {
		throw new LibsqlError('there are no interactive transactions; use a batch', 'TRANSACTIONS_NOT_SUPPORTED')
	}

	async executeMultiple(sql: string): Promise<void> {
		this.#checkOpen()
		this.#alone(() => {
			try {
				this.#db.exec(sql)
			} catch (error) {
				throw toLibsqlError(error)
			}
		})
	}

	async sync(): Promise<never> {
		throw new LibsqlError('a file of its own has nothing to sync with', 'SYNC_NOT_SUPPORTED')
	}

	/** What waits is stored first, and told so. */
	close(): void {
		if (this.closed) return
		this.#flush()
		// A statement that is still prepared would keep the file open.
		this.#statements.clear()
		this.#db.close()
	}

	reconnect(): void {
		this.close()
		this.#db = this.#open()
		this.#statements = keepStatements(this.#db)
	}

	#checkOpen(): void {
		if (this.closed) throw clientClosed()
	}

	/** Until the end of this turn of the event loop, so that one commit serves all who come in it. */
	#write(statements: Plain[], isSingle: boolean): Promise<ResultSet[]> {
		return new Promise((resolve, reject) => {
			if (this.#waiting.push({ statements, isSingle, resolve, reject }) === 1) setImmediate(() => this.#flush())
		})
	}

	#flush(): void {
		const group = this.#waiting
		if (group.length === 0) return
		this.#waiting = []
		commitTogether(this.#db, this.#statements, group)
	}

	/** After all that waits; the schema may be another afterwards, and no transaction is left open. */
	#alone<T>(work: () => T): T {
		this.#flush()
		try {
			return work()
		} finally {
			if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
			this.#statements.clear()
		}
	}
}

/** A SELECT of which only the first row is wanted, its values by place: `oneRow` is a word of this client alone. */
export interface OneRow {
	sql: string
	args: InValue[]
	oneRow: true
}

const isOneRow = (statement: InStatement): statement is OneRow => typeof statement !== 'string' && 'oneRow' in statement

function plainOf(statement: InStatement | [string, InArgs?]): Plain {
	if (typeof statement === 'string') return { sql: statement, args: [] }
	if (Array.isArray(statement)) return { sql: statement[0], args: statement[1] ?? [] }
	return { sql: statement.sql, args: statement.args ?? [] }
}
