import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { D1Database } from '@cloudflare/workers-types'
import type { Client, InStatement, TransactionMode } from '@libsql/client'
import { drizzle as overD1 } from 'drizzle-orm/d1'
import { drizzle as overLibsql } from 'drizzle-orm/libsql'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type Db, drizzleConfig, prepareClient } from '../../../db/client.ts'
import { fileDb } from '../../kit/db.ts'

/** What is done to the statements on their way to the database. */
export interface Tap {
	/** Each statement's text; takes a guard away. */
	rewrite?: (sql: string) => string
	/** Runs once, before the first batch that writes: the world moves on between read and write. */
	meanwhile?: () => Promise<unknown>
}

/** An empty, migrated database, reached by as many taps as a test likes. */
export interface Store {
	db(tap?: Tap): Db
	close(): Promise<void>
}

export const STORES: Record<string, () => Promise<Store>> = {
	'libSQL in a file': async () => {
		const file = await fileDb()
		const { client } = await file.connect()
		return {
			db: (tap = {}) => overLibsql(prepareClient(tapLibsql(client, tap)), drizzleConfig),
			close: () => file.remove(),
		}
	},
	D1: async () => {
		const miniflare = new Miniflare(
			convertV4MiniflareOptions({
				modules: [{ type: 'ESModule', path: 'worker.js', contents: 'export default { fetch: () => new Response() }' }],
				compatibilityDate: '2026-11-01',
				d1Databases: { DB: 'oidc' },
				cf: false,
				host: '127.0.0.1',
			}),
		)
		await miniflare.ready
		const d1 = await miniflare.getD1Database('DB')
		for (const statement of await migrations()) await d1.prepare(statement).run()
		return {
			db: (tap = {}) => overD1(tapD1(d1, tap), drizzleConfig) as unknown as Db,
			close: () => miniflare.dispose(),
		}
	},
}

const once = (tap: Tap) => {
	let happened = false
	return async (writes: boolean) => {
		if (!writes || happened) return
		happened = true
		await tap.meanwhile?.()
	}
}

const isWrite = (sql: string) => !/^\s*select/i.test(sql)

function tapLibsql(client: Client, tap: Tap): Client {
	const { rewrite = (sql: string) => sql } = tap
	const before = once(tap)
	const batch = async (statements: InStatement[], mode?: TransactionMode) => {
		const plain = statements.map((each) => (typeof each === 'string' ? { sql: each, args: [] } : each))
		await before(plain.some(({ sql }) => isWrite(sql)))
		return client.batch(
			plain.map(({ sql, args = [] }) => ({ sql: rewrite(sql), args })),
			mode,
		)
	}
	return new Proxy(client, {
		get(target, property) {
			if (property === 'batch') return batch
			if (property === 'execute')
				return (statement: InStatement) =>
					target.execute(
						typeof statement === 'string' ? rewrite(statement) : { ...statement, sql: rewrite(statement.sql) },
					)
			const value = Reflect.get(target, property) as unknown
			return typeof value === 'function' ? value.bind(target) : value
		},
	})
}

function tapD1(d1: D1Database, tap: Tap): D1Database {
	const { rewrite = (sql: string) => sql } = tap
	const before = once(tap)
	return new Proxy(d1, {
		get(target, property) {
			if (property === 'prepare') return (sql: string) => target.prepare(rewrite(sql))
			if (property === 'batch')
				return async (statements: Parameters<D1Database['batch']>[0]) => {
					await before(true)
					return target.batch(statements)
				}
			const value = Reflect.get(target, property) as unknown
			return typeof value === 'function' ? value.bind(target) : value
		},
	})
}

/** The statements of the migrations, in order. */
export async function migrations(): Promise<string[]> {
	const folder = join(import.meta.dir, '../../../db/migrations')
	const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
	const texts = await Promise.all(files.map((name) => Bun.file(join(folder, name)).text()))
	return texts.flatMap((text) => text.split('--> statement-breakpoint')).map((statement) => statement.trim())
}
