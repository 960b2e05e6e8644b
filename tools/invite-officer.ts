import { parseArgs } from 'node:util'
import { schema } from '../db/client.ts'
import { systemClock } from '../src/lib/clock.ts'
import { systemRandom } from '../src/lib/random.ts'
import { newInvitation } from '../src/proofing/index.ts'
import { runCommand } from './command.ts'
import { DATABASE_OPTIONS, DATABASE_USAGE, withDeployment } from './database.ts'

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
${DATABASE_USAGE}`

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			office: { type: 'string' },
			role: { type: 'string' },
			issuer: { type: 'string' },
			...DATABASE_OPTIONS,
		},
	})
	const { office, role } = values
	if (!office || (role !== 'officer' && role !== 'registrar')) throw new Error(USAGE)
	const issuer = (values.issuer ?? process.env.DOPA_ISSUER ?? 'http://localhost:8787').replace(/\/$/, '')
	const made = newInvitation(systemRandom, { officeCode: office, role, issuer, now: systemClock.now() })
	// libSQL gets its migrations too: the first officer may be invited before the first start.
	await withDeployment(values, async (db) => {
		await db.insert(schema.officerInvitations).values(made.row)
	})
	console.log(made.link)
	console.error(`valid once, until ${new Date(made.row.expiresAt).toISOString()}`)
}

if (import.meta.main) await runCommand(main)
