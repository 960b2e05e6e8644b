import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client'
import { createEmbeddedClient } from '../../db/embedded/index.ts'

/** Both ways to a file, for what must be the same on both. */
export const CLIENTS: Readonly<Record<string, (path: string) => Client>> = {
	'@libsql/client': (path) => createClient({ url: `file:${path}`, concurrency: 1, timeout: 100 }),
	embedded: (path) => createEmbeddedClient(path, { timeout: 100, pragmas: ['synchronous = FULL'] }),
}

/** A folder with a table in WAL, and as many clients of it as asked for; all closed and gone at the end. */
export async function withTable(
	open: (path: string) => Client,
	work: (client: Client, another: () => Client, path: string) => Promise<void>,
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'dopa-db-'))
	const path = join(folder, 'test.db')
	const opened: Client[] = []
	const another = () => {
		const client = open(path)
		opened.push(client)
		return client
	}
	try {
		const client = another()
		await client.execute('PRAGMA journal_mode = WAL')
		await client.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT, amount REAL, raw BLOB, owner TEXT)')
		await work(client, another, path)
	} finally {
		for (const client of opened) if (!client.closed) client.close()
		await rm(folder, { recursive: true, force: true })
	}
}

/** What went wrong, as callers tell it apart. */
export async function failure(work: Promise<unknown>) {
	try {
		await work
	} catch (error) {
		const { name, code, extendedCode, rawCode, statementIndex } = error as Record<string, unknown>
		return { name, code, extendedCode, rawCode, statementIndex }
	}
	return null
}

export const insert = (id: number, word = 'x') => ({
	sql: 'INSERT INTO t (id, word) VALUES (?, ?)',
	args: [id, word],
})

export async function ids(client: Client): Promise<number[]> {
	const { rows } = await client.execute('SELECT id FROM t ORDER BY id')
	return rows.map((row) => Number(row.id))
}
