import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { type Db, drizzleConfig, prepareClient } from './client.ts'

/** The client is synchronous inside, so waiting for another process's lock stops everything: it is kept short. */
const BUSY_TIMEOUT = 250

export interface OpenedDb {
	db: Db
	close(): void
}

/**
 * libSQL from a file or over HTTP, with all migrations applied.
 * @param url `file:…`, `libsql://…` or `http://…`
 * @param onTrip told the statements of every trip to the database
 */
export async function openDatabase(
	url: string,
	{ token, onTrip }: { token?: string; onTrip?: (statements: string[]) => void } = {},
): Promise<OpenedDb> {
	const isFile = url.startsWith('file:')
	const client = createClient({
		url,
		...(token === undefined ? {} : { authToken: token }),
		// Pragmas hold for one connection only; the guarded batches need no more than one.
		...(isFile ? { concurrency: 1, timeout: BUSY_TIMEOUT } : {}),
	})
	if (isFile) {
		await client.execute('PRAGMA journal_mode = WAL')
		// What was acknowledged survives the machine, not only the process.
		await client.execute('PRAGMA synchronous = FULL')
	}
	const db = drizzle(prepareClient(client, onTrip), drizzleConfig)
	await migrate(db, { migrationsFolder: new URL('migrations', import.meta.url).pathname })
	return { db, close: () => client.close() }
}
