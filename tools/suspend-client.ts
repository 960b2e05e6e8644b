import { parseArgs } from 'node:util'
import { eq } from 'drizzle-orm'
import { type Db, schema } from '../db/client.ts'
import { runCommand } from './command.ts'
import { DATABASE_OPTIONS, DATABASE_USAGE, withDeployment } from './database.ts'

/**
 * Suspends a relying party at once, or lets it in again:
 *
 *     bun run client:suspend agency
 *     bun run client:suspend agency --resume
 *
 * While it is suspended nothing of it is served: no sign-in, no token, no answer about one. What it was given before
 * stays stored and is good again after `--resume`, as far as it has not run out.
 */
const USAGE = `client:suspend <client_id> [--resume]
${DATABASE_USAGE}`

/** @returns how it stands now. @throws Error where nobody is registered by this client_id */
export async function suspendClient(
	db: Db,
	id: string,
	{ resume }: { resume: boolean },
): Promise<'live' | 'suspended'> {
	const status = resume ? 'live' : 'suspended'
	const changed = await db
		.update(schema.clients)
		.set({ status })
		.where(eq(schema.clients.id, id))
		.returning({ id: schema.clients.id })
	if (changed.length !== 1) throw new Error('nothing is registered by this client_id')
	return status
}

async function main(): Promise<void> {
	const { positionals, values } = parseArgs({
		allowPositionals: true,
		options: { ...DATABASE_OPTIONS, resume: { type: 'boolean', default: false } },
	})
	const [id, ...more] = positionals
	if (id === undefined || more.length > 0) throw new Error(USAGE)
	await withDeployment(values, async (db) => {
		console.log(`${id}: ${await suspendClient(db, id, values)}`)
	})
}

if (import.meta.main) await runCommand(main)
