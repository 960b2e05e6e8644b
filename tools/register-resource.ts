import { parseArgs } from 'node:util'
import { eq } from 'drizzle-orm'
import { type Db, schema } from '../db/client.ts'
import { systemClock } from '../src/lib/clock.ts'
import { runCommand } from './command.ts'
import { DATABASE_OPTIONS, DATABASE_USAGE, withDeployment } from './database.ts'

/**
 * Registers a resource server (an API) that access tokens can be meant for (RFC 8707), or changes it:
 *
 *     bun run resource:register https://api.example.go.th --scope "openid pid name"
 *     bun run resource:register https://api.example.go.th --scope pid --alg PS256 --introspected-by api-client
 *     bun run resource:register https://api.example.go.th --suspend
 *
 * Its tokens are JWTs (RFC 9068) with the scopes that were granted and that it may have. With `--introspected-by` it may
 * also ask about them, by the credentials of that registered client.
 */
const USAGE = `resource:register <uri> --scope "…" [--alg ES256|PS256|RS256|EdDSA] [--introspected-by <client_id>]
resource:register <uri> --suspend | --resume
${DATABASE_USAGE}`

const ALGS = ['ES256', 'PS256', 'RS256', 'EdDSA'] as const
type Alg = (typeof ALGS)[number]

export interface ResourceServer {
	/** The resource indicator. */
	id: string
	scopes: string[]
	alg: string
	clientId: string | null
	now: number
}

/** @throws Error that says what is wrong */
export async function registerResource(db: Db, { id, scopes, alg, clientId, now }: ResourceServer): Promise<void> {
	// RFC 8707 §2: an absolute URI without a fragment. A token for it must not be sent over plain http.
	if (!URL.canParse(id) || new URL(id).protocol !== 'https:' || id.includes('#'))
		throw new Error('a resource is an https URI without a fragment')
	if (!isAlg(alg)) throw new Error(`--alg: one of ${ALGS.join(', ')}`)
	if (scopes.length === 0) throw new Error('--scope: what may its tokens be good for?')
	if (clientId !== null) {
		const found = await db.select({ id: schema.clients.id }).from(schema.clients).where(eq(schema.clients.id, clientId))
		if (found.length !== 1) throw new Error('--introspected-by: nothing is registered by this client_id')
	}
	const said = { clientId, accessTokenAlg: alg, scopes: JSON.stringify(scopes), status: 'live' as const }
	await db
		.insert(schema.resourceServers)
		.values({ id, ...said, createdAt: now })
		.onConflictDoUpdate({ target: schema.resourceServers.id, set: said })
}

const isAlg = (alg: string): alg is Alg => (ALGS as readonly string[]).includes(alg)

/** @throws Error where it is not registered */
export async function setResourceStatus(db: Db, id: string, status: 'live' | 'suspended'): Promise<void> {
	const { resourceServers } = schema
	const changed = await db
		.update(resourceServers)
		.set({ status })
		.where(eq(resourceServers.id, id))
		.returning({ id: resourceServers.id })
	if (changed.length !== 1) throw new Error('this resource is not registered')
}

async function main(): Promise<void> {
	const { positionals, values } = parseArgs({
		allowPositionals: true,
		options: {
			...DATABASE_OPTIONS,
			scope: { type: 'string', default: '' },
			alg: { type: 'string', default: 'ES256' },
			'introspected-by': { type: 'string' },
			suspend: { type: 'boolean', default: false },
			resume: { type: 'boolean', default: false },
		},
	})
	const [id, ...more] = positionals
	const { suspend, resume, scope, alg } = values
	if (id === undefined || more.length > 0 || (suspend && resume)) throw new Error(USAGE)
	await withDeployment(values, async (db) => {
		if (suspend || resume) await setResourceStatus(db, id, suspend ? 'suspended' : 'live')
		else {
			const scopes = scope.split(' ').filter(Boolean)
			await registerResource(db, {
				id,
				scopes,
				alg,
				clientId: values['introspected-by'] ?? null,
				now: systemClock.now(),
			})
		}
		console.log(`${id}: ${suspend ? 'suspended' : 'live'}`)
	})
}

if (import.meta.main) await runCommand(main)
