import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { prepare, together } from '../../../db/prepared.ts'
import { MINUTE } from '../../lib/clock.ts'
import { newId, newSecret } from '../../lib/random.ts'
import { acrSatisfies } from '../artifacts/acr.ts'
import { answerAuthorization } from '../artifacts/authorization-response.ts'
import { consentCovers, consentScope } from '../artifacts/claims.ts'
import { codeRow, codeStatementToPrepare } from '../artifacts/code.ts'
import { isMeant } from '../artifacts/hinted-subject.ts'
import { invalidRequestUri, loginRequired } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import { isOpen, nameSessionToPrepare, sidOf } from '../logout/session-clients.ts'
import { onceFor } from '../prepared.ts'
import type { AuthorizationRequest } from '../wire.ts'

const { grants, pushedRequests, sessions } = schema

/** Why the citizen has to be asked, or null where the session may speak for them: each condition of the policy in a line. */
export function reasonToAsk(x: Exchange, authorization: AuthorizationRequest): 'login' | 'acr' | 'consent' | null {
	const { session, standing, grant, answered } = x.found
	const { prompt, max_age, acr_values } = authorization
	const client = set(x.client, 'client')
	if (!client.silent || !session || standing?.status !== 'active') return 'login'
	// A desk may be a public one: it goes on only where its citizen has been from here.
	if (session.kind === 'desk' && (answered === null || answered.endedAt !== null)) return 'login'
	if (prompt.includes('login') || prompt.includes('select_account')) return 'login'
	// OpenID Connect Core §3.1.2.1: max_age=0 is prompt=login.
	if (max_age === 0) return 'login'
	if (max_age !== undefined && x.now - session.authenticatedAt > max_age * 1_000) return 'login'
	// The AS is asked at every sign-in; a silent answer may reuse its last word only while it is young.
	if (x.now - standing.snapshotAt > x.deps.silentSnapshotAge) return 'login'
	if (!isMeant(x.deps.vault, client, standing, authorization)) return 'login'
	if (!acrSatisfies({ acr: session.acr, ial: standing.ial }, acr_values)) return 'acr'
	// Leave for one act is asked for at each.
	if (authorization.authorization_details !== undefined) return 'consent'
	if (prompt.includes('consent')) return 'consent'
	const granted = grant?.scope.split(' ') ?? []
	return consentCovers(granted, consentScope(authorization)) ? null : 'consent'
}

/** A code by session and earlier consent. One batch; each statement holds only while both still do. */
export async function answerSilently(x: Exchange, authorization: AuthorizationRequest): Promise<Response> {
	const { db, random, vault } = x.deps
	const client = set(x.client, 'client')
	const session = set(x.found.session, 'session')
	const code = newSecret(random)
	const row = codeRow(vault, {
		code,
		client,
		authorization,
		accountId: session.accountId,
		grantId: set(x.found.grant, 'grant').id,
		acr: session.acr,
		ial: set(x.found.standing, 'standing').ial,
		amr: session.amr,
		authTime: session.authenticatedAt,
		now: x.now,
		sid: x.found.answered?.sid ?? null,
	})
	const { again, first, touch } = batches(db)
	const { spend, rest } = x.found.answered ? again : first
	const statements = [
		...(authorization.pushed === undefined ? rest.plain : [spend, ...rest.pushed]),
		// Idle time is written at most once a minute.
		...(x.now - session.lastSeenAt > MINUTE ? [touch] : []),
	]
	const values = {
		...row,
		pushedHash: authorization.pushed,
		sessionHash: session.secretHash,
		now: x.now,
		newSid: newId(random, 'sid'),
	}
	const rows = await together(statements, values)
	const before = authorization.pushed === undefined ? 0 : 1
	if (before === 1 && rows[0]?.length !== 1) throw invalidRequestUri()
	if (rows[before + rest.plain.length - 1]?.length !== 1) throw loginRequired()
	return answerAuthorization(x.deps, client, authorization, { code })
}

const value = sql.placeholder

const batches = onceFor((db: Db) => {
	const sessionHash = sql`${value('sessionHash')}`
	const clientId = sql`${value('clientId')}`
	const alive = sql`${isOpen(sessionHash)} AND EXISTS (SELECT 1 FROM ${grants} WHERE ${grants.id} = ${value('grantId')} AND ${grants.endedAt} IS NULL)`
	const pushedHash = sql`${value('pushedHash')}`
	const by = sql`${value('hash')}`
	const spent = sql`${alive} AND ${pushedSpent(pushedHash, by)}`
	const spend = prepare(db, spendPushed(db, pushedHash, by, alive))
	const name = (guard: SQL) => prepare(db, nameSessionToPrepare(db, guard))
	const code = (guard: SQL, sid?: SQL) => prepare(db, codeStatementToPrepare(db, guard, sid))
	return {
		again: { spend, rest: { plain: [code(alive)], pushed: [code(spent)] } },
		// Two at once: the name is the one that was there first.
		first: {
			spend,
			rest: {
				plain: [name(alive), code(alive, sidOf(sessionHash, clientId))],
				pushed: [name(spent), code(spent, sidOf(sessionHash, clientId))],
			},
		},
		touch: prepare(
			db,
			db
				.update(sessions)
				.set({ lastSeenAt: sql`${value('now')}` })
				.where(eq(sessions.secretHash, value('sessionHash'))),
		),
	}
})

/** A request_uri is spent with the code and not before. @param by the code's hash, not the code: what is stored lets nobody act */
export const spendPushed = (db: Db, uriHash: SQL, by: SQL, guard?: SQL) =>
	db
		.update(pushedRequests)
		.set({ consumedBy: by })
		.where(and(sql`${pushedRequests.uriHash} = ${uriHash}`, isNull(pushedRequests.consumedBy), guard))
		.returning({ uriHash: pushedRequests.uriHash })

/** Holds where this code spent it. */
export const pushedSpent = (uriHash: SQL, by: SQL): SQL =>
	sql`EXISTS (SELECT 1 FROM ${pushedRequests} WHERE ${pushedRequests.uriHash} = ${uriHash} AND ${pushedRequests.consumedBy} = ${by})`
