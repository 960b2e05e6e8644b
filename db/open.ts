import { join } from 'node:path'
import type { Client } from '@libsql/core/api'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import * as driver from 'drizzle-orm/libsql/driver-core'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { type Db, drizzleConfig, prepareClient, type schema } from './client.ts'

/** The engine is synchronous, so waiting for another process's lock stops everything: it is kept short. ms */
const BUSY_TIMEOUT = 250

/** What was acknowledged survives the machine, not only the process. */
const PRAGMAS = ['journal_mode = WAL', 'synchronous = FULL']

/** Drizzle over a client that is made already. Its public `drizzle()` brings a client for HTTP along, which no file needs. */
const { construct } = driver as unknown as { construct(client: Client, config: typeof drizzleConfig): Db }

export interface OpenedDb {
	db: Db
	close(): void
}

/**
 * libSQL from a file or over HTTP, with all migrations applied.
 * @param url `file:…`, `libsql://…` or `http://…`
 * @param onTrip told the statements of every trip to the database
 * @param migrations the folder in which they lie; where this file does not stand beside it any more
 */
export async function openDatabase(
	url: string,
	{
		token,
		onTrip,
		migrations = join(import.meta.dirname, 'migrations'),
	}: { token?: string; onTrip?: (statements: string[]) => void; migrations?: string } = {},
): Promise<OpenedDb> {
	const client = url.startsWith('file:')
		? await connectFile(pathOf(url))
		: (await import('@libsql/client')).createClient({ url, ...(token === undefined ? {} : { authToken: token }) })
	const db = construct(prepareClient(client, onTrip), drizzleConfig)
	await migrate(db as LibSQLDatabase<typeof schema>, { migrationsFolder: migrations })
	return { db, close: () => client.close() }
}

/**
 * A client of a file, in WAL and with nothing acknowledged before it is on the disk. Under Bun over the engine itself
 * (`embedded/`), elsewhere by @libsql/client.
 * @param timeout how long to wait for another process's lock, ms
 * @throws LibsqlError where it cannot be opened
 */
export async function connectFile(path: string, timeout = BUSY_TIMEOUT): Promise<Client> {
	if ('Bun' in globalThis && path !== ':memory:') {
		const { createEmbeddedClient } = await import('./embedded/index.ts')
		return createEmbeddedClient(path, { timeout, pragmas: PRAGMAS })
	}
	// Pragmas hold for one connection only; the guarded batches need no more than one.
	const { createClient } = await import('@libsql/client')
	const client = createClient({ url: `file:${path}`, concurrency: 1, timeout })
	for (const pragma of PRAGMAS) await client.execute(`PRAGMA ${pragma}`)
	return client
}

/** `file:name`, `file:/path` or `file:///path`, percent-encoded where needed. @throws Error where more is asked for */
function pathOf(url: string): string {
	if (/[?#]/.test(url)) throw new Error('a file: URL of a database takes no query and no fragment')
	const path = url.slice('file:'.length).replace(/^\/\/(localhost)?(?=\/)/, '')
	return decodeURIComponent(path)
}
