import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import type { Statement } from '../../../db/client.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { nameSession, sidOf } from '../../oidc/index.ts'
import { type ActCookie, actSecret } from '../acts.ts'
import type { AuthnDeps } from '../needs.ts'
import { openSession, replaceSession } from '../session/index.ts'
import type { readForCollection } from './reads.ts'

/** What a sign-in leaves in the browser that collects. */
export interface SessionAfter {
	/** For the batch, before the code's. */
	statements: Statement[]
	/** Which of them returns a row for each relying party that is to be told of an end; null where none does. */
	telling: number | null
	cookies: readonly ActCookie[]
	/** What the relying party will call the session; NULL where there is none. */
	sid: SQL
}

export interface Proof {
	accountId: string
	acr: string
	/** JSON array. */
	amr: string
	/** ms */
	authenticatedAt: number
	/** ms */
	now: number
}

/**
 * On the same device the session is there since the decision. After a QR the waiting browser gets one of the kind `desk`,
 * or keeps its own where the same citizen has one there. Either way the session knows from now on that it has answered
 * this relying party.
 */
export function sessionAfter(
	deps: AuthnDeps,
	row: Awaited<ReturnType<typeof readForCollection>>,
	proof: Proof,
	actKey: string,
	guard: SQL,
): SessionAfter {
	const { db, vault, random, limits } = deps
	const { session, client, credentialId } = row
	const { accountId, now } = proof
	const named = (sessionHash: string) => ({
		statement: nameSession(db, random, { sessionHash, clientId: client.id, accountId, now }, guard),
		sid: sidOf(sql`${sessionHash}`, sql`${client.id}`),
	})
	if (session?.accountId === accountId && session.kind === 'own') {
		const { statement, sid } = named(session.secretHash)
		return { statements: [statement], telling: null, cookies: [], sid }
	}
	// On the same device it was ended meanwhile. A passkey that has ended took the sign-in with it.
	if (row.signIn.path !== 'qr' || credentialId === null)
		return { statements: [], telling: null, cookies: [], sid: sql`NULL` }
	const secret = actSecret(vault, actKey, 'session')
	const { statement, sid } = named(hashSecret(secret))
	return {
		statements: [
			openSession(db, { ...proof, secret, credentialId, lifetime: limits.session, kind: 'desk' }, guard),
			...replaceSession(db, session, { secret, accountId, now }, guard),
			statement,
		],
		telling: session !== null && session.accountId !== accountId ? 1 : null,
		cookies: [{ cookie: 'session' }],
		sid,
	}
}
