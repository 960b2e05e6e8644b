import { type SQL, sql } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { newId, type Random } from '../../lib/random.ts'

const { sessionClients, sessions } = schema

/** A session and the relying party that it answers. */
export interface Answering {
	sessionHash: string
	clientId: string
	accountId: string
	/** ms */
	now: number
}

/**
 * The relying party's own name for a session, `sid` (OpenID Connect Back-Channel Logout §2.1): random, so that two of them
 * cannot compare. Made at the first answer, the same at each later one, and the reason to tell them of the session's end.
 */
export function nameSession(db: Db, random: Random, answering: Answering, guard: SQL): Statement {
	const { sessionHash, clientId, accountId, now } = answering
	const row = { sid: newId(random, 'sid'), sessionHash, clientId, accountId, createdAt: now }
	const named = insertWhere(db, sessionClients, row, sql`${isOpen(sessionHash)} AND ${guard}`)
	return onceNamed(named)
}

/** The same, to be prepared: `newSid`, `sessionHash`, `clientId`, `accountId`, `now`. The guard has to hold `isOpen`. */
export function nameSessionToPrepare(db: Db, guard: SQL): Statement {
	const value = sql.placeholder
	const row = {
		sid: value('newSid'),
		sessionHash: value('sessionHash'),
		clientId: value('clientId'),
		accountId: value('accountId'),
		createdAt: value('now'),
	}
	return onceNamed(insertWhere(db, sessionClients, row as never, guard))
}

/** What has a name keeps it. */
const onceNamed = (insert: Statement): Statement =>
	(insert as unknown as { onConflictDoNothing(): Statement }).onConflictDoNothing()

/** Guard: nobody has ended the session. */
export const isOpen = (sessionHash: SQL | string): SQL =>
	sql`EXISTS (SELECT 1 FROM ${sessions} WHERE ${sessions.secretHash} = ${sessionHash} AND ${sessions.endedAt} IS NULL)`

/** The name, or NULL where there is none. */
export const sidOf = (sessionHash: SQL, clientId: SQL): SQL =>
	sql`(SELECT ${sessionClients.sid} FROM ${sessionClients} WHERE ${sessionClients.sessionHash} = ${sessionHash} AND ${sessionClients.clientId} = ${clientId} AND ${sessionClients.endedAt} IS NULL)`
