import { sql } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { endSessions } from '../accounts/index.ts'
import { recordEvent, signedOut } from '../audit/index.ts'
import type { CitizenActor } from '../lib/rpc.ts'
import type { AuthnDeps } from './needs.ts'

const { sessions } = schema

/**
 * Ends the citizen's sessions in all browsers that waited for a QR: such a browser may stand in a library, and nobody can
 * walk back to it. Its relying parties are told. One batch; twice, or two at once: once.
 * @returns how many sessions ended
 */
export async function endDesks(deps: AuthnDeps, { accountId }: CitizenActor): Promise<{ ended: number }> {
	const { db, clock } = deps
	const which = sql`${sessions.accountId} = ${accountId} AND ${sessions.kind} = 'desk'`
	const some = sql`EXISTS (SELECT 1 FROM ${sessions} WHERE ${which} AND ${sessions.endedAt} IS NULL)`
	const [, told, ...rest] = await atomically(db, [
		recordEvent(db, deps, signedOut({ accountId, clientId: null }), some),
		...endSessions(db, { which, now: clock.now() }),
	])
	if (told?.length) deps.tellClients()
	return { ended: rest.at(-1)?.length ?? 0 }
}
