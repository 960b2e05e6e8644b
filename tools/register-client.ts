import { parseArgs } from 'node:util'
import { eq } from 'drizzle-orm'
import { type Db, schema } from '../db/client.ts'
import { systemClock } from '../src/lib/clock.ts'
import { createOutbound } from '../src/lib/outbound.ts'
import { bunConnection } from '../src/lib/outbound-bun.ts'
import { systemRandom } from '../src/lib/random.ts'
import { metadataOf, type Registered, type RegistrationDeps, readRegistration } from '../src/oidc/index.ts'
import { runCommand } from './command.ts'
import { DATABASE_OPTIONS, DATABASE_USAGE, withDeployment } from './database.ts'

/**
 * Registers a relying party from a file of RFC 7591 client metadata (docs/registration.md):
 *
 *     bun run client:register agency.json
 *     bun run client:register agency.json --update                what is registered under its client_id changes; the secret stays
 *     bun run client:register agency.json --update --new-secret
 *     bun run client:register agency.json --d1 dopa-digital-id --remote
 *
 * Prints what was registered, as JSON. A secret is shown this once: the database keeps its hash.
 */
const USAGE = `client:register <file.json> [--update [--new-secret]]
  [--loopback]                    plain http on this machine is let in: demo and development
${DATABASE_USAGE}`

/** Registers, or changes a registration. @returns what was registered, the secret among it where there is a new one */
export async function registerClient(
	db: Db,
	deps: RegistrationDeps,
	metadata: unknown,
	{ update, newSecret }: { update: boolean; newSecret: boolean },
): Promise<Record<string, unknown>> {
	const { clients } = schema
	const id = (metadata as { client_id?: unknown } | null)?.client_id
	const [previous] = typeof id === 'string' ? await db.select().from(clients).where(eq(clients.id, id)) : []
	if (update && !previous) throw new Error('nothing is registered by this client_id: leave --update out')
	if (!update && previous) throw new Error('this client_id is registered already: --update changes it')
	const registered = await readRegistration(deps, metadata, previous ? { previous, renewSecret: newSecret } : {})
	const { row } = registered
	const written = previous
		? await db.update(clients).set(row).where(eq(clients.id, row.id)).returning({ id: clients.id })
		: await db.insert(clients).values(row).onConflictDoNothing().returning({ id: clients.id })
	if (written.length !== 1) throw new Error('somebody else registered this client_id just now')
	return shown(registered)
}

/** RFC 7591 §3.2.1 */
function shown({ row, secret }: Registered): Record<string, unknown> {
	const { client_id, ...rest } = metadataOf(row)
	return { client_id, ...(secret === null ? {} : { client_secret: secret }), ...rest }
}

/** The one host that this registration names for its sector; the operator who runs this has read the file. */
function outboundFor(metadata: unknown) {
	const uri = (metadata as { sector_identifier_uri?: unknown } | null)?.sector_identifier_uri
	const allowedHosts = typeof uri === 'string' && URL.canParse(uri) ? [new URL(uri).host] : []
	return createOutbound({ allowedHosts, ...bunConnection() })
}

async function main(): Promise<void> {
	const { positionals, values } = parseArgs({
		allowPositionals: true,
		options: {
			...DATABASE_OPTIONS,
			update: { type: 'boolean', default: false },
			'new-secret': { type: 'boolean', default: false },
			loopback: { type: 'boolean', default: false },
		},
	})
	const [path, ...more] = positionals
	const { update, 'new-secret': newSecret, loopback } = values
	if (path === undefined || more.length > 0 || (newSecret && !update)) throw new Error(USAGE)
	const metadata: unknown = await Bun.file(path).json()
	const deps = { random: systemRandom, now: systemClock.now(), outbound: outboundFor(metadata), loopback }
	await withDeployment(values, async (db) => {
		const registered = await registerClient(db, deps, metadata, { update, newSecret })
		console.log(JSON.stringify(registered, null, '\t'))
		for (const name of ['jwks_uri', 'backchannel_logout_uri'])
			if (typeof registered[name] === 'string')
				console.error(`${name}: the servers ask ${new URL(registered[name]).host} where DOPA_OUTBOUND_HOSTS lists it`)
		if ('client_secret' in registered) console.error('client_secret: shown this once')
	})
}

if (import.meta.main) await runCommand(main)
