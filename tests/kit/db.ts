import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { type Db, drizzleConfig, prepareClient } from '../../db/client.ts'
import { connectFile } from '../../db/open.ts'

/**
 * Databases for tests: fresh, migrated, and gone afterwards.
 *
 * In memory for everything that one client does; in a file, opened as the server opens it, for what several do at once.
 */
const migrationsFolder = join(import.meta.dir, '../../db/migrations')

export interface TestDb {
	db: Db
	client: Client
	/** The statements of each trip to the database, one entry a trip; empty it to count anew. */
	trips: string[][]
	close(): void
}

function over(client: Client): TestDb & { migrated(): Promise<void> } {
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
	const opened = over(createClient({ url: ':memory:' }))
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
	const open = async () => {
		const opened = over(await connectFile(path))
		clients.push(opened)
		return opened
	}
	const first = await open()
	await first.migrated()
	return {
		path,
		connect: open,
		async remove() {
			for (const client of clients) client.close()
			await rm(folder, { recursive: true, force: true })
		},
	}
}
