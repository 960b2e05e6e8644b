import { and, eq, type SQL, sql } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../../db/client.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newSecret } from '../../lib/random.ts'
import { authorizationResponseUrl, codeStatement, consumePushed, readClient } from '../../oidc/index.ts'
import { actId } from '../acts.ts'
import type { AuthnDeps } from '../needs.ts'
import { type ClientRow, effectiveState, readForBrowser, type SignInRow } from './reads.ts'
import { readRequest } from './stored.ts'

const { signIns } = schema

export interface Collected {
	/** Where the browser goes: the relying party's redirect URI with a code, or with the error. */
	location: string
}

type RememberLocation = (outcome: Collected, guard: SQL) => Statement

/**
 * Act four. The browser that waited, and no other, takes the answer to the relying party: once. The code is made and
 * the pushed request spent in the same batch.
 */
export async function collect(
	deps: AuthnDeps,
	id: string,
	browserHash: string,
	actKey: string,
	remember: RememberLocation,
): Promise<Collected> {
	const act = actId(actKey)
	const { signIn, client } = await readForBrowser(deps.db, id, browserHash)
	const now = deps.clock.now()
	const { state, endReason } = effectiveState(signIn, now)
	if (state === 'declined') return giveUp(deps, signIn, act, 'declined', remember)
	if (state !== 'approved')
		throw new ServiceError(endReason === 'sign_in_expired' ? 'sign_in_expired' : 'sign_in_ended')
	return giveCode(deps, signIn, client, act, remember)
}

async function giveCode(
	deps: AuthnDeps,
	signIn: SignInRow,
	stored: ClientRow,
	act: string,
	remember: RememberLocation,
): Promise<Collected> {
	const { db, vault, random, issuer, clock } = deps
	const { accountId, grantId, acr, amr, decidedAt } = signIn
	if (!accountId || !grantId || !acr || !amr || !decidedAt) throw new Error('an approved sign-in lacks its decision')
	const authorization = readRequest(vault, signIn)
	const code = newSecret(random)
	const outcome = { location: authorizationResponseUrl(issuer, authorization, { code }) }
	const collected = sql`EXISTS (SELECT 1 FROM sign_ins WHERE id = ${signIn.id} AND state = 'collected' AND last_act = ${act})`
	const pushed = consumePushed(db, authorization, code)
	const guard = pushed.guard ? sql`${collected} AND ${pushed.guard}` : collected
	const written = await atomically(db, [
		db
			.update(signIns)
			.set({ state: 'collected', lastAct: act })
			.where(and(eq(signIns.id, signIn.id), eq(signIns.state, 'approved'), eq(signIns.browserHash, signIn.browserHash)))
			.returning({ id: signIns.id }),
		...pushed.statements,
		codeStatement(deps, {
			code,
			client: readClient(stored),
			authorization,
			accountId,
			grantId,
			acr,
			amr,
			authTime: decidedAt,
			now: clock.now(),
			guard,
		}),
		remember(outcome, guard),
	])
	if (written[0]?.length !== 1) throw new ServiceError('sign_in_ended')
	deps.wake.touch(signIn.id)
	if (written[1 + pushed.statements.length]?.length === 1) return outcome
	// The same pushed request was answered once before, in another tab: a request_uri serves one answer.
	return errorLocation(deps, signIn, 'invalid_request', 'the pushed request was used before')
}

/** The waiting browser gives up: the relying party hears access_denied. */
export async function cancel(
	deps: AuthnDeps,
	id: string,
	browserHash: string,
	actKey: string,
	remember: RememberLocation,
): Promise<Collected> {
	const { signIn } = await readForBrowser(deps.db, id, browserHash)
	return giveUp(deps, signIn, actId(actKey), signIn.state, remember)
}

async function giveUp(
	deps: AuthnDeps,
	signIn: SignInRow,
	act: string,
	from: SignInRow['state'],
	remember: RememberLocation,
): Promise<Collected> {
	const outcome = errorLocation(deps, signIn, 'access_denied', 'the citizen declined')
	const { db } = deps
	await atomically(db, [
		db
			.update(signIns)
			.set({ state: 'collected', lastAct: act, challenge: null, snapshot: null })
			.where(
				and(
					eq(signIns.id, signIn.id),
					eq(signIns.state, from),
					// What was approved or given is not taken back here.
					sql`${signIns.state} IN ('pending', 'scanned', 'declined', 'ended')`,
				),
			),
		remember(
			outcome,
			sql`EXISTS (SELECT 1 FROM sign_ins WHERE id = ${signIn.id} AND state = 'collected' AND last_act = ${act})`,
		),
	])
	deps.wake.touch(signIn.id)
	return outcome
}

function errorLocation(deps: AuthnDeps, signIn: SignInRow, error: string, description: string): Collected {
	return {
		location: authorizationResponseUrl(deps.issuer, readRequest(deps.vault, signIn), { error, description }),
	}
}
