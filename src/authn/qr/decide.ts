import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { atomically, type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { recordEvent, signInApproved, signInDeclined } from '../../audit/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId, newSecret } from '../../lib/random.ts'
import { notify } from '../../notices/index.ts'
import { ACR_PHR, ACR_QR } from '../../oidc/index.ts'
import { type Ceremony, type ProvedRight, prove } from '../attempt.ts'
import { type ActCookie, actId, actSecret } from '../acts.ts'
import { rememberDevice } from '../device.ts'
import type { AuthnDeps } from '../needs.ts'
import {
	type AuthenticationResponseJSON,
	allowedPasskey,
	type BrowserKeyProof,
	type PublicKeyCredentialRequestOptionsJSON,
	requestOptions,
} from '../passkey/index.ts'
import { openSession } from '../session/index.ts'
import { assertOpen, end } from './inspect.ts'
import { readForDecision, type SignInRow } from './reads.ts'
import { readAskedFrom, readRequest } from './stored.ts'

const { accounts, passkeys, signIns } = schema

export interface Confirmation {
	id: string
	/** The number that the citizen picked; null on the same device. */
	number: number | null
	pin: string
	response: AuthenticationResponseJSON
	browserKey: BrowserKeyProof
}

export type Decision =
	| { outcome: 'approved'; path: 'qr' | 'this-device' }
	| { outcome: 'declined' }
	| {
			outcome: 'pin_wrong'
			triesLeft: number
			nextTryAt: number | null
			options: PublicKeyCredentialRequestOptionsJSON
	  }

/** Puts the answer of an act beside the act, in its batch. */
export type Remember = (outcome: Decision, guard: SQL, cookies?: readonly ActCookie[]) => Statement

type Read = NonNullable<Awaited<ReturnType<typeof readForDecision>>>
type Deciding = Pick<Read, 'signIn' | 'client'> & {
	passkey: NonNullable<Read['passkey']>
	account: NonNullable<Read['account']>
	pin: NonNullable<Read['pin']>
	challenge: string
}

/** Act three, yes: the citizen confirms with passkey and PIN; consent, grant and notice are one batch. */
export async function confirm(
	deps: AuthnDeps,
	browserHash: string,
	actKey: string,
	given: Confirmation,
	remember: Remember,
): Promise<Decision> {
	const act = actId(actKey)
	const row = await readAndCheck(deps, browserHash, given)
	const ceremony = ceremonyOf(deps.db, act, row, given)
	const proved = await prove(deps, ceremony)
	const decision = proved.right
		? await approve(deps, actKey, row, proved, remember)
		: await tellWrong(deps, ceremony, row, proved, remember)
	deps.wake.touch(given.id)
	return decision
}

async function readAndCheck(deps: AuthnDeps, browserHash: string, given: Confirmation): Promise<Deciding> {
	const row = await readForDecision(deps.db, given.id, given.response.id)
	if (!row) throw new ServiceError('sign_in_unknown')
	const { signIn, client, passkey, account, pin } = row
	assertOpen(signIn, deps.clock.now())
	assertOwnedBy(signIn, browserHash)
	if (!passkey || !account || !pin) throw new ServiceError('passkey_unknown')
	// The consent that was shown is this account's and nobody else's.
	if (signIn.accountId !== account.id) throw new ServiceError('passkey_unknown')
	if (account.status !== 'active') throw new ServiceError('account_suspended', { reason: account.statusReason ?? '' })
	if (signIn.challenge === null) throw new ServiceError('passkey_challenge')
	if (signIn.path === 'qr' && given.number !== signIn.number) {
		await end(deps, signIn, 'number_mismatch')
		throw new ServiceError('number_mismatch')
	}
	return { signIn, client, passkey, account, pin, challenge: signIn.challenge }
}

/** By QR the phone that scanned, on the same device the browser that waits. */
function assertOwnedBy(signIn: SignInRow, browserHash: string): void {
	const owner = signIn.path === 'qr' ? signIn.scannerHash : signIn.browserHash
	const state = signIn.path === 'qr' ? 'scanned' : 'pending'
	if (owner !== browserHash || signIn.state !== state) throw new ServiceError('sign_in_other_browser')
}

function ceremonyOf(db: Db, act: string, row: Deciding, given: Confirmation): Ceremony {
	const { signIn, passkey, pin, challenge } = row
	return {
		act,
		passkey,
		pin,
		response: given.response,
		browserKey: given.browserKey,
		typedPin: given.pin,
		challenge,
		spendChallenge: db
			.update(signIns)
			.set({ challenge: null, lastAct: act })
			.where(and(eq(signIns.id, signIn.id), eq(signIns.challenge, challenge), eq(signIns.state, signIn.state)))
			.returning({ id: signIns.id }),
		challengeSpent: movedBy(signIn.id, act, signIn.state),
		at: signIn.id,
	}
}

/** Holds where this act was the last to move the sign-in, and it is in that state. */
const movedBy = (id: string, act: string, state: SignInRow['state']): SQL =>
	sql`EXISTS (SELECT 1 FROM sign_ins WHERE id = ${id} AND last_act = ${act} AND state = ${state})`

async function approve(
	deps: AuthnDeps,
	actKey: string,
	row: Deciding,
	proved: ProvedRight,
	remember: Remember,
): Promise<Decision> {
	const { db, clock, vault, random, limits } = deps
	const { signIn, client, passkey, account } = row
	const act = actId(actKey)
	const now = clock.now()
	const path = signIn.path ?? 'qr'
	const acr = path === 'qr' ? ACR_QR : ACR_PHR
	const amr = JSON.stringify(amrOf(passkey.tier))
	const { scope } = readRequest(vault, signIn)
	const grantId = newId(random, 'grt')
	const guard = movedBy(signIn.id, act, 'approved')
	const accountId = account.id
	const decision: Decision = { outcome: 'approved', path }
	const written = await atomically(db, [
		// The count is settled first: what follows is guarded by it.
		...proved.statements.slice(0, 1),
		db
			.update(signIns)
			.set({ state: 'approved', acr, amr, grantId, snapshot: null, decidedAt: now, expiresAt: now + limits.collect })
			.where(and(eq(signIns.id, signIn.id), movedBy(signIn.id, act, signIn.state), sql`${signIns.expiresAt} > ${now}`, proved.guard))
			.returning({ id: signIns.id }),
		insertWhere(
			db,
			schema.grants,
			{ id: grantId, accountId, clientId: client.id, scope: scope.join(' '), signInId: signIn.id, createdAt: now },
			guard,
		),
		db
			.update(passkeys)
			.set({ signCount: proved.assertion.signCount, backedUp: proved.assertion.backedUp, lastUsedAt: now })
			.where(and(eq(passkeys.credentialId, passkey.credentialId), isNull(passkeys.endedAt), guard)),
		// What the AS answered at inspection is what the citizen saw, and what the relying party will get.
		...(signIn.snapshot === null || signIn.snapshotAt === null
			? []
			: [
					db
						.update(accounts)
						.set({ snapshot: signIn.snapshot, snapshotAt: signIn.snapshotAt, updatedAt: now })
						.where(and(eq(accounts.id, accountId), guard)),
				]),
		recordEvent(
			db,
			deps,
			signInApproved({ signInId: signIn.id, clientId: client.id, accountId, path, acr, scope: scope.join(' ') }),
			guard,
		),
		noticeOf(deps, row, guard),
		...(path === 'this-device' ? rememberHere(deps, { actKey, row, acr, amr, now, guard }) : []),
		...proved.statements.slice(1),
		remember(decision, guard, path === 'this-device' ? cookiesHere(passkey.credentialId) : []),
	])
	if (written[1]?.length !== 1) throw new ServiceError('sign_in_ended')
	return decision
}

/** RFC 8176. `hwk` only where a maker's statement proves hardware; `mfa`: possession and knowledge. */
export function amrOf(tier: Deciding['passkey']['tier']): string[] {
	return [...(tier === 'attested' ? ['hwk'] : []), 'user', 'pin', 'mfa']
}

function noticeOf(deps: AuthnDeps, { signIn, client, account }: Deciding, guard: SQL): Statement {
	const names = { clientTh: client.nameTh, clientEn: client.nameEn }
	if (signIn.path !== 'qr')
		return notify(deps.db, deps, { accountId: account.id, kind: 'signed_in', params: names }, guard)
	const asker = readAskedFrom(deps.vault, signIn)
	const params = { ...names, place: asker.place ?? asker.network, browser: `${asker.browser} · ${asker.os}` }
	return notify(deps.db, deps, { accountId: account.id, kind: 'signed_in_by_qr', params }, guard)
}

/** The cookies that go with `rememberHere`. */
export const cookiesHere = (credentialId: string): readonly ActCookie[] => [
	{ cookie: 'session' },
	{ cookie: 'device', prefix: credentialId },
]

/** The passkey answered in this browser: it gets a session, and knows its key from now on. */
function rememberHere(
	deps: AuthnDeps,
	{ actKey, row, acr, amr, now, guard }: { actKey: string; row: Deciding; acr: string; amr: string; now: number; guard: SQL },
): Statement[] {
	const { db, vault, limits } = deps
	const { accountId, credentialId } = row.passkey
	return [
		openSession(
			db,
			{ secret: actSecret(vault, actKey, 'session'), accountId, credentialId, acr, amr, now, lifetime: limits.session },
			guard,
		),
		rememberDevice(db, { secret: actSecret(vault, actKey, 'device'), accountId, credentialId, now }, guard),
	]
}

/** A wrong PIN: told how many tries are left, and given a new challenge; after the tenth the sign-in is over. */
async function tellWrong(
	deps: AuthnDeps,
	ceremony: Ceremony,
	{ signIn, passkey }: Deciding,
	proved: Exclude<Awaited<ReturnType<typeof prove>>, ProvedRight>,
	remember: Remember,
): Promise<Decision> {
	if (proved.disabled) {
		await atomically(deps.db, proved.statements)
		await end(deps, signIn, 'pin_disabled')
		throw new ServiceError('pin_disabled')
	}
	const challenge = newSecret(deps.random)
	const decision: Decision = {
		outcome: 'pin_wrong',
		triesLeft: proved.triesLeft,
		nextTryAt: proved.nextTryAt,
		options: await requestOptions(deps.rp, { challenge, allow: [allowedPasskey(passkey)] }),
	}
	await atomically(deps.db, [
		...proved.statements,
		deps.db
			.update(signIns)
			.set({ challenge })
			.where(and(eq(signIns.id, signIn.id), ceremony.challengeSpent, isNull(signIns.challenge))),
		remember(decision, proved.guard),
	])
	return decision
}

/** Act three, no. It needs no proof but to be the browser that was shown the request. */
export async function decline(
	deps: AuthnDeps,
	id: string,
	browserHash: string,
	actKey: string,
	remember: Remember,
): Promise<Decision> {
	const act = actId(actKey)
	const { db, clock } = deps
	const row = await readForDecision(db, id, '')
	if (!row) throw new ServiceError('sign_in_unknown')
	const { signIn } = row
	assertOpen(signIn, clock.now())
	if (signIn.browserHash !== browserHash && signIn.scannerHash !== browserHash)
		throw new ServiceError('sign_in_other_browser')
	const guard = movedBy(id, act, 'declined')
	const now = clock.now()
	const written = await atomically(db, [
		db
			.update(signIns)
			.set({
				state: 'declined',
				lastAct: act,
				challenge: null,
				snapshot: null,
				decidedAt: now,
				expiresAt: now + deps.limits.collect,
			})
			.where(and(eq(signIns.id, id), sql`${signIns.state} IN ('pending', 'scanned')`))
			.returning({ id: signIns.id }),
		recordEvent(db, deps, signInDeclined({ signInId: id, clientId: signIn.clientId, accountId: signIn.accountId }), guard),
		remember({ outcome: 'declined' }, guard),
	])
	if (written[0]?.length !== 1) throw new ServiceError('sign_in_ended')
	deps.wake.touch(id)
	return { outcome: 'declined' }
}
