import { and, eq, isNull } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { cardUnlocked, recordEvent } from '../audit/index.ts'
import { ServiceError } from '../lib/errors.ts'
import { newSecret } from '../lib/random.ts'
import { acrOfWay } from '../oidc/index.ts'
import { type ActCookie, rememberAct, runOf } from './acts.ts'
import { besideTwin, type ProvedRight, type ProvedWrong, prove } from './attempt.ts'
import { challengeSpent, spendChallenge, storeChallenge } from './challenges.ts'
import { deviceOf, findDevice, ownCookie } from './device.ts'
import { amrOf, cookiesHere, openHere } from './here.ts'
import type { AuthnDeps } from './needs.ts'
import {
	type AllowedPasskey,
	type AuthenticationResponseJSON,
	allowedPasskey,
	type BrowserKeyProof,
	challengeOf,
	type PublicKeyCredentialRequestOptionsJSON,
	requestOptions,
} from './passkey/index.ts'
import { sessionHashOf, sessionHere } from './session/index.ts'
import { admit, countChallenge } from './throttle.ts'

const { accounts, devices, passkeys, pins, sessions } = schema

export interface Unlocking {
	pin: string
	response: AuthenticationResponseJSON
	browserKey: BrowserKeyProof
}

export type Unlocked =
	| { outcome: 'unlocked' }
	| {
			outcome: 'pin_wrong'
			triesLeft: number
			nextTryAt: number | null
			options: PublicKeyCredentialRequestOptionsJSON
	  }

/** The browser that unlocks, and the act by which it does. */
export interface Unlocker {
	request: Request
	browserHash: string
	actKey: string
}

/** What the browser is to ask of its passkey: of the one it knows, else of any that is discoverable. */
export async function unlockOptions(
	deps: AuthnDeps,
	by: Pick<Unlocker, 'request' | 'browserHash'>,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	await countUnlock(deps, by)
	const device = await findDevice(deps.db, by.request)
	return newChallenge(deps, by.browserHash, device ? [allowedPasskey(device.passkey)] : [])
}

/**
 * Passkey and PIN, for the browser itself: the card opens, and the browser knows its key from now on. A suspended
 * citizen may see the card, as suspended; nothing else comes of the session until the suspension ends.
 */
export async function unlock(
	deps: AuthnDeps,
	by: Unlocker,
	input: Unlocking,
): Promise<{ unlocked: Unlocked; cookies: readonly ActCookie[] }> {
	const { db, clock } = deps
	await countUnlock(deps, by)
	const row = await findPasskey(deps, input.response.id, by.request)
	if (!row) throw new ServiceError('passkey_unknown')
	if (row.account.status === 'ended') throw new ServiceError('account_ended')
	// Whoever has a lost phone in hand sees nothing of its owner, whatever else they know.
	if (row.account.statusReason === 'device_lost')
		throw new ServiceError('account_suspended', { reason: row.account.statusReason })
	const challenge = challengeOf(input.response)
	if (challenge === null) throw new ServiceError('passkey_challenge')
	const act = runOf(deps.random, by.actKey)
	const asked = { challenge, purpose: 'unlock' as const, browserHash: by.browserHash }
	return besideTwin(deps, { accountId: row.account.id, actKey: by.actKey }, async () => {
		const proved = await prove(deps, {
			act,
			passkey: row.passkey,
			pin: row.pin,
			response: input.response,
			browserKey: input.browserKey,
			typedPin: input.pin,
			challenge,
			spendChallenge: spendChallenge(db, asked, { act, now: clock.now() }),
			challengeSpent: challengeSpent(asked, act),
			at: 'unlock',
		})
		return proved.right ? open(deps, by, input, row, proved) : tellWrong(deps, by, input, row, proved)
	})
}

type Row = NonNullable<Awaited<ReturnType<typeof findPasskey>>>

async function open(deps: AuthnDeps, by: Unlocker, input: Unlocking, row: Row, proved: ProvedRight) {
	const { db, clock } = deps
	const { guard, assertion } = proved
	const { accountId, credentialId, tier } = row.passkey
	const now = clock.now()
	const unlocked: Unlocked = { outcome: 'unlocked' }
	const cookies = cookiesHere(row)
	const [settled] = await atomically(db, [
		proved.settle,
		db
			.update(passkeys)
			.set({ signCount: assertion.signCount, backedUp: assertion.backedUp, lastUsedAt: now })
			.where(and(eq(passkeys.credentialId, credentialId), isNull(passkeys.endedAt), guard)),
		...openHere(deps, row, {
			actKey: by.actKey,
			acr: acrOfWay('this-device', tier),
			amr: JSON.stringify(amrOf(tier)),
			now,
			guard,
			before: row.session,
		}),
		recordEvent(db, deps, cardUnlocked({ accountId }), guard),
		...proved.signals,
		rememberAct(db, deps, { actKey: by.actKey, procedure: 'me.unlock', input, outcome: unlocked, cookies }, guard),
	])
	// Overtaken by another attempt, or the device was replaced meanwhile: it is asked anew.
	if (settled?.length !== 1) throw new ServiceError('passkey_challenge')
	return { unlocked, cookies }
}

async function tellWrong(deps: AuthnDeps, by: Unlocker, input: Unlocking, row: Row, proved: ProvedWrong) {
	const { db } = deps
	if (proved.disabled) {
		await atomically(db, proved.statements)
		throw new ServiceError('pin_disabled')
	}
	const unlocked: Unlocked = {
		outcome: 'pin_wrong',
		triesLeft: proved.triesLeft,
		nextTryAt: proved.nextTryAt,
		options: await newChallenge(deps, by.browserHash, [allowedPasskey(row.passkey)]),
	}
	await atomically(db, [
		...proved.statements,
		rememberAct(db, deps, { actKey: by.actKey, procedure: 'me.unlock', input, outcome: unlocked }, proved.guard),
	])
	return { unlocked, cookies: [] }
}

async function newChallenge(
	{ db, clock, random, rp }: AuthnDeps,
	browserHash: string,
	allow: readonly AllowedPasskey[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	const challenge = newSecret(random)
	await atomically(db, [storeChallenge(db, { challenge, purpose: 'unlock', browserHash }, clock.now())])
	return requestOptions(rp, { challenge, allow })
}

/** By network and by browser: each is a challenge, or the hashing of a PIN. @throws ServiceError too_many_attempts */
export async function countUnlock(
	deps: AuthnDeps,
	{ request, browserHash }: Pick<Unlocker, 'request' | 'browserHash'>,
): Promise<void> {
	await countChallenge(deps, request)
	const { db, clock, limits } = deps
	await admit(db, [{ key: `unlock/${browserHash}`, ...limits.unlocksOfBrowser, now: clock.now() }])
}

/** The passkey while it lives, with its account and PIN; and what this browser's cookies stand for: that passkey, a session. */
export async function findPasskey({ db, clock, limits }: AuthnDeps, credentialId: string, request: Request) {
	return db
		.select({ passkey: passkeys, account: accounts, pin: pins, device: devices, session: sessions })
		.from(passkeys)
		.innerJoin(accounts, eq(accounts.id, passkeys.accountId))
		.innerJoin(pins, eq(pins.accountId, accounts.id))
		.leftJoin(devices, ownCookie(deviceOf(request)?.secretHash ?? ''))
		.leftJoin(sessions, sessionHere(sessionHashOf(request) ?? '', clock.now(), limits.sessionIdle))
		.where(and(eq(passkeys.credentialId, credentialId), isNull(passkeys.endedAt)))
		.get()
}
