import { and, eq, isNull, type SQL } from 'drizzle-orm'
import { atomically, type Db, type Statement, schema } from '../../../db/client.ts'
import { recordEvent, signInDeclined } from '../../audit/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newSecret } from '../../lib/random.ts'
import { mayUseQr } from '../../oidc/index.ts'
import { assertActive } from '../account-check.ts'
import { type ActCookie, runOf } from '../acts.ts'
import { besideTwin, type Ceremony, type ProvedWrong, prove } from '../attempt.ts'
import type { AuthnDeps } from '../needs.ts'
import {
	type AuthenticationResponseJSON,
	allowedPasskey,
	type BrowserKeyProof,
	type PublicKeyCredentialRequestOptionsJSON,
	requestOptions,
} from '../passkey/index.ts'
import { approve } from './approve.ts'
import { assertOpen, end, ending, movedBy, whyNot } from './moves.ts'
import { readForDecision, type SignInRow } from './reads.ts'
import { readRequest } from './stored.ts'

const { signIns } = schema

/** The browser that decides, and the act by which it does. */
export interface Decider {
	browserHash: string
	/** Of its device cookie, where it has one. */
	deviceHash: string | null
	/** Of its session's cookie, where it has one. */
	sessionHash: string | null
	actKey: string
}

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
export type Deciding = Pick<Read, 'signIn' | 'client' | 'device' | 'session'> & {
	passkey: NonNullable<Read['passkey']>
	account: NonNullable<Read['account']>
	pin: NonNullable<Read['pin']>
	challenge: string
}

/** Act three, yes: the citizen confirms with passkey and PIN; consent, grant and notice are one batch. */
export async function confirm(
	deps: AuthnDeps,
	by: Decider,
	given: Confirmation,
	remember: Remember,
): Promise<{ decision: Decision; cookies: readonly ActCookie[] }> {
	const asked = { ...by, now: deps.clock.now(), idle: deps.limits.sessionIdle }
	const row = await readForDecision(deps.db, given.id, given.response.id, asked)
	if (!row) throw new ServiceError('sign_in_unknown')
	assertOwnedBy(row.signIn, by.browserHash)
	assertOpen(row.signIn, deps.clock.now(), row.account)
	return besideTwin(deps, { accountId: row.account?.id ?? '', actKey: by.actKey }, async () => {
		const deciding = await check(deps, row, given)
		const ceremony = ceremonyOf(deps.db, runOf(deps.random, by.actKey), deciding, given)
		const proved = await prove(deps, ceremony)
		if (proved.right) return approve(deps, { ...by, act: ceremony.act }, deciding, proved, remember)
		return { decision: await tellWrong(deps, ceremony, deciding, proved, remember), cookies: [] }
	})
}

async function check(deps: AuthnDeps, row: Read, given: Confirmation): Promise<Deciding> {
	const { signIn, client, passkey, account, pin, device, session } = row
	if (!passkey || !account || !pin) throw new ServiceError('passkey_unknown')
	// The consent that was shown is this account's and nobody else's.
	if (signIn.accountId !== account.id) throw new ServiceError('passkey_unknown')
	assertActive(account)
	if (signIn.challenge === null) throw new ServiceError('passkey_challenge')
	if (signIn.path === 'qr') await assertByQr(deps, signIn, given.number)
	return { signIn, client, passkey, account, pin, device, session, challenge: signIn.challenge }
}

/** The number is asked once: whoever picks a wrong one looks at another screen than the one that waits. */
async function assertByQr(deps: AuthnDeps, signIn: SignInRow, number: number | null): Promise<void> {
	if (!mayUseQr(readRequest(deps.vault, signIn))) throw new ServiceError('qr_not_allowed')
	if (number === signIn.number) return
	await end(deps, signIn, 'number_mismatch')
	throw await whyNot(deps, signIn.id, 'number_mismatch')
}

/** By QR it is the phone that scanned, on the same device the browser that waits. */
function assertOwnedBy(signIn: SignInRow, browserHash: string): void {
	const owner = signIn.path === 'qr' ? signIn.scannerHash : signIn.browserHash
	if (owner !== browserHash) throw new ServiceError('sign_in_other_browser')
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

/** A wrong PIN: told how many tries are left, and given a new challenge; after the tenth the sign-in is over. */
async function tellWrong(
	deps: AuthnDeps,
	ceremony: Ceremony,
	{ signIn, passkey }: Deciding,
	proved: ProvedWrong,
	remember: Remember,
): Promise<Decision> {
	const { db } = deps
	if (proved.disabled) {
		await atomically(db, [...proved.statements, ...ending(deps, signIn, 'pin_disabled', proved.guard)])
		deps.wake.touch(signIn.id)
		throw new ServiceError('pin_disabled')
	}
	const challenge = newSecret(deps.random)
	const decision: Decision = {
		outcome: 'pin_wrong',
		triesLeft: proved.triesLeft,
		nextTryAt: proved.nextTryAt,
		options: await requestOptions(deps.rp, { challenge, allow: [allowedPasskey(passkey)] }),
	}
	await atomically(db, [
		...proved.statements,
		db
			.update(signIns)
			.set({ challenge })
			.where(and(eq(signIns.id, signIn.id), ceremony.challengeSpent, isNull(signIns.challenge))),
		remember(decision, proved.guard),
	])
	return decision
}

/** Act three, no. It needs no proof but to be the browser that was shown the request. */
export async function decline(deps: AuthnDeps, id: string, by: Decider, remember: Remember): Promise<Decision> {
	const act = runOf(deps.random, by.actKey)
	const { db, clock, limits } = deps
	const nobody = { deviceHash: null, sessionHash: null, now: clock.now(), idle: limits.sessionIdle }
	const row = await readForDecision(db, id, '', nobody)
	if (!row) throw new ServiceError('sign_in_unknown')
	const { signIn } = row
	assertOwnedBy(signIn, by.browserHash)
	const now = clock.now()
	assertOpen(signIn, now)
	const guard = movedBy(id, act, 'declined')
	const event = signInDeclined({ signInId: id, clientId: signIn.clientId, accountId: signIn.accountId })
	const decision: Decision = { outcome: 'declined' }
	const [declined] = await atomically(db, [
		db
			.update(signIns)
			.set({
				state: 'declined',
				lastAct: act,
				challenge: null,
				snapshot: null,
				decidedAt: now,
				expiresAt: now + limits.collect,
			})
			.where(and(eq(signIns.id, id), eq(signIns.state, signIn.state)))
			.returning({ id: signIns.id }),
		recordEvent(db, deps, event, guard),
		remember(decision, guard),
	])
	if (declined?.length !== 1) throw await whyNot(deps, id, 'sign_in_ended')
	deps.wake.touch(id)
	return decision
}
