import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../../db/client.ts'
import { recordEvent, signInEnded } from '../../audit/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newSecret } from '../../lib/random.ts'
import { type AuthorizationRequest, authorizationLocation, codeStatement, readClient } from '../../oidc/index.ts'
import { isActive } from '../account-check.ts'
import { type ActCookie, runOf } from '../acts.ts'
import type { AuthnDeps } from '../needs.ts'
import { movedBy, overBecause, whyNot } from './moves.ts'
import { type ClientRow, effectiveState, readForBrowser, readForCollection, type SignInRow } from './reads.ts'
import { sessionAfter } from './session-after.ts'
import { readRequest } from './stored.ts'

const { signIns } = schema

export interface Collected {
	/** Where the browser goes: the relying party's redirect URI with a code, or with the error. */
	location: string
}

export interface Collector {
	browserHash: string
	actKey: string
}

/** The waiting browser, with the session that it may have already. */
export interface CollectorInSession extends Collector {
	sessionHash: string | null
}

type RememberLocation = (outcome: Collected, guard: SQL, cookies?: readonly ActCookie[]) => Statement
type Row = Awaited<ReturnType<typeof readForCollection>>

interface Collecting {
	collected: Collected
	cookies: readonly ActCookie[]
	/** Relying parties that are to be told of a session's end. */
	told: number
}

/**
 * Act four. The browser that waited, and no other, takes the answer to the relying party: once. The code is made and
 * the pushed request spent in the same batch. After a QR the browser has a session of its own kind (`desk`).
 * @throws ServiceError that says why there is no answer
 */
export async function collect(
	deps: AuthnDeps,
	id: string,
	by: CollectorInSession,
	remember: RememberLocation,
): Promise<Collecting> {
	const now = deps.clock.now()
	const asked = { sessionHash: by.sessionHash, now, idle: deps.limits.sessionIdle }
	const row = await readForCollection(deps.db, id, by.browserHash, asked)
	const { signIn, client } = row
	const { state } = effectiveState(signIn, now)
	if (state === 'declined') {
		const collected = await giveUp(deps, signIn, client, runOf(deps.random, by.actKey), remember)
		return { collected, cookies: [], told: 0 }
	}
	if (state !== 'approved') throw overBecause(signIn, now)
	return giveCode(deps, row, by.actKey, remember)
}

async function giveCode(deps: AuthnDeps, row: Row, actKey: string, remember: RememberLocation): Promise<Collecting> {
	const { db, vault, random, clock } = deps
	const { signIn } = row
	const { id, accountId, grantId, acr, amr, decidedAt } = signIn
	if (!accountId || !grantId || !acr || !amr || !decidedAt || row.ial === null)
		throw new Error('an approved sign-in lacks its decision')
	const act = runOf(random, actKey)
	const authorization = readRequest(vault, signIn)
	const code = newSecret(random)
	const client = readClient(row.client)
	const given = { location: await authorizationLocation(deps, client, authorization, { code }) }
	// The same pushed request was answered once before, in another tab: a request_uri serves one answer.
	const late = await errorLocation(deps, signIn, row.client, 'invalid_request', 'the pushed request was used before')
	const collected = movedBy(id, act, 'collected')
	const pushed = spendPushed(deps, authorization, act, collected)
	const guard = pushed ? sql`${collected} AND ${pushed.guard}` : collected
	const now = clock.now()
	const proof = { accountId, acr, amr, authenticatedAt: decidedAt, now }
	const session = sessionAfter(deps, row, proof, actKey, guard)
	const head = [
		db
			.update(signIns)
			.set({ state: 'collected', lastAct: act })
			.where(and(eq(signIns.id, id), eq(signIns.state, 'approved'), isActive(accountId)))
			.returning({ id: signIns.id }),
		...(pushed ? [pushed.statement, remember(late, sql`${collected} AND NOT ${pushed.guard}`)] : []),
		remember(given, guard, session.cookies),
	]
	const answering = {
		code,
		client,
		authorization,
		accountId,
		grantId,
		acr,
		ial: row.ial,
		amr,
		authTime: decidedAt,
		now,
	}
	const written = await atomically(db, [
		...head,
		...session.statements,
		codeStatement(deps, { ...answering, sid: session.sid, guard }),
	])
	if (written[0]?.length !== 1) throw await whyNot(deps, id, 'sign_in_ended')
	deps.wake.touch(id)
	if (written.at(-1)?.length !== 1) return { collected: late, cookies: [], told: 0 }
	const told = session.telling === null ? 0 : (written[head.length + session.telling]?.length ?? 0)
	return { collected: given, cookies: session.cookies, told }
}

/** The request_uri is spent with the answer and not before. The guard says that this act spent it. */
function spendPushed({ db }: AuthnDeps, { pushed: uriHash }: AuthorizationRequest, act: string, collected: SQL) {
	if (uriHash === undefined) return null
	const { pushedRequests } = schema
	return {
		statement: db
			.update(pushedRequests)
			.set({ consumedBy: act })
			.where(and(eq(pushedRequests.uriHash, uriHash), isNull(pushedRequests.consumedBy), collected)),
		guard: sql`EXISTS (SELECT 1 FROM ${pushedRequests} WHERE ${pushedRequests.uriHash} = ${uriHash} AND ${pushedRequests.consumedBy} = ${act})`,
	}
}

/**
 * The waiting browser gives up, in whatever state but one: what the citizen has approved is collected or runs out.
 * @throws ServiceError sign_in_ended where there was nothing left to give up
 */
export async function cancel(
	deps: AuthnDeps,
	id: string,
	by: Collector,
	remember: RememberLocation,
): Promise<Collected> {
	const { signIn, client } = await readForBrowser(deps.db, id, by.browserHash)
	return giveUp(deps, signIn, client, runOf(deps.random, by.actKey), remember)
}

/** What the relying party hears of it (OpenID Connect Core §3.1.2.6, RFC 9470 §5). */
function errorOf(state: SignInRow['state'], reason: string): [error: string, description: string] {
	if (reason === 'sign_in_other_citizen') return ['login_required', 'another citizen than the one meant has signed in']
	if (reason === 'sign_in_way_not_enough')
		return ['unmet_authentication_requirements', 'the citizen has no such key or level']
	return ['access_denied', state === 'declined' ? 'the citizen declined' : 'the sign-in was not finished']
}

/** The relying party hears an error, once. Nobody had decided: then that is an event of its own, and comes first. */
async function giveUp(
	deps: AuthnDeps,
	signIn: SignInRow,
	stored: ClientRow,
	act: string,
	remember: RememberLocation,
): Promise<Collected> {
	const { db, clock, wake } = deps
	const { id, clientId, accountId } = signIn
	const now = clock.now()
	const reason = effectiveState(signIn, now).endReason ?? 'sign_in_ended'
	const [error, description] = errorOf(signIn.state, reason)
	const outcome = await errorLocation(deps, signIn, stored, error, description)
	const undecided = sql`EXISTS (SELECT 1 FROM ${signIns} WHERE ${signIns.id} = ${id} AND ${signIns.state} IN ('pending', 'scanned'))`
	const nothingGiven = sql`(${signIns.state} IN ('pending', 'scanned', 'declined', 'ended') OR (${signIns.state} = 'approved' AND ${signIns.expiresAt} <= ${now}))`
	const [, givenUp] = await atomically(db, [
		recordEvent(db, deps, signInEnded({ signInId: id, clientId, accountId, reason }), undecided),
		db
			.update(signIns)
			.set({ state: 'collected', lastAct: act, challenge: null, snapshot: null })
			.where(and(eq(signIns.id, id), nothingGiven))
			.returning({ id: signIns.id }),
		remember(outcome, movedBy(id, act, 'collected')),
	])
	if (givenUp?.length !== 1) throw new ServiceError('sign_in_ended')
	wake.touch(id)
	return outcome
}

async function errorLocation(
	deps: AuthnDeps,
	signIn: SignInRow,
	stored: ClientRow,
	error: string,
	description: string,
): Promise<Collected> {
	const request = readRequest(deps.vault, signIn)
	return { location: await authorizationLocation(deps, readClient(stored), request, { error, description }) }
}
