import { spawnSync } from 'node:child_process'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import { type Db, drizzleConfig } from '../db/client.ts'
import { type OpenedDb, openDatabase } from '../db/open.ts'

/**
 * The database of a deployment, for a command that an operator runs beside it: libSQL in a file or over HTTP, or
 * Cloudflare D1 through wrangler. The same statements reach all of them.
 */
export const DATABASE_OPTIONS = {
	database: { type: 'string' },
	d1: { type: 'string' },
	local: { type: 'boolean', default: false },
	remote: { type: 'boolean', default: false },
} as const

export const DATABASE_USAGE = `  [--database file:data/dopa.db]  default: DOPA_DATABASE_URL (with DOPA_DATABASE_TOKEN), else dopa.db in DOPA_DATA
  [--d1 <name> --local|--remote]  Cloudflare D1, through wrangler`

interface Wanted {
	database?: string | undefined
	d1?: string | undefined
	local: boolean
	remote: boolean
}

/** Opens it for as long as the act takes. @throws Error where it cannot be told which one is meant, and what the act throws */
export async function withDeployment(wanted: Wanted, act: (db: Db) => Promise<void>): Promise<void> {
	const { db, close } = await openDeployment(wanted)
	try {
		await act(db)
	} finally {
		close()
	}
}

/** libSQL gets its migrations; D1's are applied at deployment. */
async function openDeployment({ database, d1, local, remote }: Wanted): Promise<OpenedDb> {
	if (d1 === undefined) {
		if (local || remote) throw new Error('--local and --remote say where a --d1 database is')
		const token = process.env.DOPA_DATABASE_TOKEN
		const url = database ?? process.env.DOPA_DATABASE_URL ?? `file:${process.env.DOPA_DATA ?? 'data'}/dopa.db`
		return openDatabase(url, token === undefined ? {} : { token })
	}
	if (local === remote || database !== undefined) throw new Error('a --d1 database is either --local or --remote')
	return {
		db: d1Db((statements) => runWrangler(d1, local ? '--local' : '--remote', statements.join(';\n'))),
		close: () => {},
	}
}

/** Runs statements as one batch, all or none. @returns the rows of each, as objects */
export type RunSql = (statements: string[]) => Promise<Record<string, unknown>[][]> | Record<string, unknown>[][]

/** A database that takes texts without parameters: each value is written into its statement. */
export function d1Db(run: RunSql): Db {
	const rowsOf = async (queries: { sql: string; params: unknown[] }[]) => {
		const results = await run(queries.map(({ sql, params }) => inlined(sql, params)))
		if (results.length !== queries.length) throw new Error('D1 answered another number of statements than were asked')
		return results.map((rows) => ({ rows: rows.map((row) => Object.values(row)) }))
	}
	const one = async (sql: string, params: unknown[], method: string) => {
		const [result = { rows: [] }] = await rowsOf([{ sql, params }])
		return method === 'get' ? { rows: result.rows[0] as unknown[] } : result
	}
	// The driver's type differs from libSQL's in what it says about results of `run`, which nobody reads.
	return drizzle(one, rowsOf, drizzleConfig) as unknown as Db
}

/** A statement with its values written out. SQLite's one rule for texts: a quotation mark is doubled. */
export function inlined(sql: string, params: readonly unknown[]): string {
	const parts = sql.split('?')
	if (parts.length !== params.length + 1) throw new Error('a statement with another number of values than places')
	return parts.map((part, i) => (i === 0 ? part : `${literal(params[i - 1])}${part}`)).join('')
}

function literal(value: unknown): string {
	if (value === null) return 'NULL'
	if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
	if (typeof value !== 'string' || value.includes('\u0000')) throw new Error('a value that cannot be written out')
	return `'${value.replaceAll("'", "''")}'`
}

function runWrangler(name: string, where: '--local' | '--remote', sql: string): Record<string, unknown>[][] {
	const wrangler = ['--bun', 'wrangler', 'd1', 'execute', name, where, '--yes', '--json', '--command', sql]
	const run = spawnSync('bunx', wrangler, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
	if (run.status !== 0) throw new Error('wrangler could not reach the database')
	const answers = JSON.parse(run.stdout) as { results: Record<string, unknown>[] }[]
	return answers.map(({ results }) => results)
}
