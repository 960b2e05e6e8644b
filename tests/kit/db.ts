import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { type Db, drizzleConfig, prepareClient } from '../../db/client.ts'

/**
 * Databases for tests: fresh, migrated, and gone afterwards.
 *
 * In memory for everything that one client does; in a file for what several do at once. Busy waiting blocks the whole
 * event loop (the client is synchronous inside), so it is kept short.
 */
const migrationsFolder = join(import.meta.dir, '../../db/migrations')
const BUSY_TIMEOUT = 250

export interface TestDb {
	db: Db
	client: Client
	/** The statements of each trip to the database, one entry a trip; empty it to count anew. */
	trips: string[][]
	close(): void
}

function connect(url: string): TestDb & { migrated(): Promise<void> } {
	const client = createClient(url === ':memory:' ? { url } : { url, concurrency: 1, timeout: BUSY_TIMEOUT })
	const trips: string[][] = []
	const db = drizzle(
		prepareClient(client, (statements) => trips.push(statements)),
		drizzleConfig,
	)
	return {
		db,
		client,
		trips,
		close: () => client.close(),
		async migrated() {
			await migrate(db, { migrationsFolder })
			trips.length = 0
		},
	}
}

/** A fresh database in memory with all migrations. */
export async function memoryDb(): Promise<TestDb> {
	const opened = connect(':memory:')
	await opened.migrated()
	return opened
}

export interface TestDbFile {
	path: string
	/** One more client of the same file, as another process would have. */
	connect(): Promise<TestDb>
	/** Closes all its clients and removes the file. */
	remove(): Promise<void>
}

/** A fresh database in a temporary file (WAL), with all migrations: for what happens at once. */
export async function fileDb(): Promise<TestDbFile> {
	const folder = await mkdtemp(join(tmpdir(), 'dopa-test-'))
	const path = join(folder, 'test.db')
	const clients: TestDb[] = []
	const open = () => {
		const opened = connect(`file:${path}`)
		clients.push(opened)
		return opened
	}
	const first = open()
	await first.client.execute('PRAGMA journal_mode = WAL')
	await first.migrated()
	return {
		path,
		connect: async () => open(),
		async remove() {
			for (const client of clients) client.close()
			await rm(folder, { recursive: true, force: true })
		},
	}
}
