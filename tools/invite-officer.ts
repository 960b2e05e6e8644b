import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { schema } from '../db/client.ts'
import { openDatabase } from '../db/open.ts'
import { systemClock } from '../src/lib/clock.ts'
import { systemRandom } from '../src/lib/random.ts'
import { newInvitation } from '../src/proofing/index.ts'

/**
 * Makes the one-time link by which an officer joins, the first one among them:
 *
 *     bun run officer:invite --office 1306 --role officer
 *     bun run officer:invite --office 1306 --role registrar --database file:/var/lib/dopa/dopa.db
 *     bun run officer:invite --office 1306 --role officer --d1 dopa --remote
 *
 * The link starts with `--issuer`, or DOPA_ISSUER of the environment. It needs no key of the deployment: the database
 * gets the hash of the link's token and nothing else. Whether the office exists is not checked here: a link for one that does
 * not will say so when it is opened. Whoever has the link becomes an officer of that office, so hand it over in person.
 */
const USAGE = `officer:invite --office <4 digits> --role officer|registrar
  [--issuer https://…]            default: DOPA_ISSUER, else http://localhost:8787
  [--database file:data/dopa.db]  default: DOPA_DATABASE_URL (with DOPA_DATABASE_TOKEN), else dopa.db in DOPA_DATA
  [--d1 <name> --local|--remote]  Cloudflare D1, through wrangler`

const DATABASE = process.env.DOPA_DATABASE_URL ?? `file:${process.env.DOPA_DATA ?? 'data'}/dopa.db`

type Row = ReturnType<typeof newInvitation>['row']

const COLUMNS = ['token_hash', 'office_code', 'role', 'created_at', 'expires_at'] as const

const valuesOf = (row: Row) => [row.tokenHash, row.officeCode, row.role, row.createdAt, row.expiresAt]

/** One statement for wrangler, which takes no parameters: base64url, digits and two known words need no escaping. */
export function invitationSql(row: Row): string {
	const values = valuesOf(row).map((value) => {
		if (typeof value === 'number') return String(value)
		if (!/^[\w-]+$/.test(value)) throw new Error('a value that would need escaping')
		return `'${value}'`
	})
	return `INSERT INTO officer_invitations (${COLUMNS.join(', ')}) VALUES (${values.join(', ')})`
}

/** The migrations are applied too: the first officer may be invited before the first start. */
async function intoLibsql(url: string, row: Row): Promise<void> {
	const token = process.env.DOPA_DATABASE_TOKEN
	const { db, close } = await openDatabase(url, token === undefined ? {} : { token })
	try {
		await db.insert(schema.officerInvitations).values(row)
	} finally {
		close()
	}
}

function intoD1(name: string, where: '--local' | '--remote', row: Row): void {
	const wrangler = ['--bun', 'wrangler', 'd1', 'execute', name, where, '--yes', '--command', invitationSql(row)]
	const run = spawnSync('bunx', wrangler, { stdio: ['ignore', 'ignore', 'inherit'] })
	if (run.status !== 0) throw new Error('wrangler could not write the invitation')
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			office: { type: 'string' },
			role: { type: 'string' },
			issuer: { type: 'string' },
			database: { type: 'string' },
			d1: { type: 'string' },
			local: { type: 'boolean', default: false },
			remote: { type: 'boolean', default: false },
		},
	})
	const { office, role, d1, local, remote } = values
	if (!office || (role !== 'officer' && role !== 'registrar') || (d1 && local === remote)) throw new Error(USAGE)
	const issuer = (values.issuer ?? process.env.DOPA_ISSUER ?? 'http://localhost:8787').replace(/\/$/, '')
	const made = newInvitation(systemRandom, { officeCode: office, role, issuer, now: systemClock.now() })
	if (d1) intoD1(d1, local ? '--local' : '--remote', made.row)
	else await intoLibsql(values.database ?? DATABASE, made.row)
	console.log(made.link)
	console.error(`valid once, until ${new Date(made.row.expiresAt).toISOString()}`)
}

if (import.meta.main)
	await main().catch((error: unknown) => {
		console.error(error instanceof Error ? error.message : error)
		process.exitCode = 1
	})
