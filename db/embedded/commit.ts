import type { ResultSet } from '@libsql/core/api'
import type Database from 'libsql'
import { ofStatement, toLibsqlError } from './errors.ts'
import type { Plain, Statements } from './statements.ts'

/** Statements that are stored together or not at all, and who waits for them. */
export interface Batch {
	statements: readonly Plain[]
	/** A statement by itself: its error does not say which one it was. */
	isSingle: boolean
	resolve(results: ResultSet[]): void
	reject(error: unknown): void
}

type Outcome = { results: ResultSet[] } | { error: unknown }

/**
 * Stores batches that arrived together with one commit, which is what waits for the disk. Each stays atomic by itself: one
 * that fails leaves its neighbours alone. Nobody is answered before the commit; where the transaction itself dies
 * (locked, disk full, I/O error), nothing is stored and all are told.
 */
export function commitTogether(db: Database.Database, statements: Statements, group: readonly Batch[]): void {
	let outcomes: Outcome[]
	try {
		outcomes = allOrEach(db, statements, group)
	} catch (error) {
		for (const batch of group) batch.reject(error)
		return
	}
	for (const [i, outcome] of outcomes.entries())
		if ('error' in outcome) group[i]?.reject(outcome.error)
		else group[i]?.resolve(outcome.results)
}

/**
 * Few batches fail, and a savepoint around each costs a copy of every page that it touches. So they are run without
 * first; where one failed, all is undone and done once more with savepoints.
 * @throws LibsqlError where the transaction could not begin or end
 */
function allOrEach(db: Database.Database, statements: Statements, group: readonly Batch[]): Outcome[] {
	let failed = false
	const attempt = (batch: Batch): Outcome => {
		try {
			return { results: runAll(statements, batch) }
		} catch (error) {
			failed = true
			throw error
		}
	}
	try {
		return inTransaction(db, 'BEGIN IMMEDIATE', () => group.map(attempt))
	} catch (error) {
		if (!failed || group.length === 1) throw error
		return inTransaction(db, 'BEGIN IMMEDIATE', () => group.map((batch) => inSavepoint(db, statements, batch)))
	}
}

/** @throws what `work` throws, or what begins or ends the transaction; then nothing of it is stored. */
export function inTransaction<T>(db: Database.Database, begin: string, work: () => T): T {
	try {
		db.exec(begin)
		const result = work()
		db.exec('COMMIT')
		return result
	} catch (error) {
		if (db.inTransaction) db.exec('ROLLBACK')
		throw toLibsqlError(error)
	}
}

/** @throws LibsqlError, with the place of the statement where there are several */
export function runAll(statements: Statements, { statements: plain, isSingle }: Omit<Batch, 'resolve' | 'reject'>) {
	return plain.map((statement, i) => {
		try {
			return statements.run(statement)
		} catch (error) {
			throw isSingle ? error : ofStatement(error, i)
		}
	})
}

function inSavepoint(db: Database.Database, statements: Statements, batch: Batch): Outcome {
	db.exec('SAVEPOINT batch')
	try {
		const results = runAll(statements, batch)
		db.exec('RELEASE batch')
		return { results }
	} catch (error) {
		// Some errors end the whole transaction, and what the neighbours wrote is gone with it.
		if (!db.inTransaction) throw error
		db.exec('ROLLBACK TO batch')
		db.exec('RELEASE batch')
		return { error: toLibsqlError(error) }
	}
}
