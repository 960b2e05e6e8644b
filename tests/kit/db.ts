import type { Client } from '@libsql/client'
import type { Db } from '../../db/client.ts'

export interface TestDb {
	db: Db
	client: Client
	/** Statements of each trip to the database, since the start. */
	trips: string[][]
	close(): void
}

/** A fresh database in memory with all migrations. */
export async function memoryDb(): Promise<TestDb> {
	throw new Error('not yet written')
}

export interface TestDbFile {
	path: string
	/** One more client of the same file, as another process would have. */
	connect(): Promise<TestDb>
	/** Closes all its clients and removes the file. */
	remove(): Promise<void>
}

/** A fresh database in a temporary file, with all migrations: for what happens at once. */
export async function fileDb(): Promise<TestDbFile> {
	throw new Error('not yet written')
}
