import { eq } from 'drizzle-orm'
import { atomically, type Db, schema } from '../../../db/client.ts'
import { endSessions } from '../../accounts/index.ts'
import { recordEvent, signedOut } from '../../audit/index.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { isOpen } from './session-clients.ts'

const { sessions } = schema

export interface SigningOut {
	session: Pick<typeof sessions.$inferSelect, 'secretHash' | 'accountId'>
	/** The relying party that asked for it; null: the citizen, here. */
	clientId: string | null
}

/**
 * Ends one browser's session in one batch: event, session, what hangs on it, and the logout tokens that are to be sent.
 * Twice, or two at once: once.
 * @returns how many relying parties are to be told
 */
export async function signOut(
	deps: { db: Db; clock: Clock; random: Random },
	{ session, clientId }: SigningOut,
): Promise<number> {
	const { db, clock } = deps
	const { secretHash, accountId } = session
	const [, told] = await atomically(db, [
		recordEvent(db, deps, signedOut({ accountId, clientId }), isOpen(secretHash)),
		...endSessions(db, { which: eq(sessions.secretHash, secretHash), now: clock.now() }),
	])
	return told?.length ?? 0
}
