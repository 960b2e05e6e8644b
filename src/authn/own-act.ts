import { and, eq, isNull } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../db/client.ts'
import { base64url, fromBase64url } from '../lib/bytes.ts'
import { equalInConstantTime } from '../lib/crypto.ts'
import { ServiceError } from '../lib/errors.ts'
import type { Random } from '../lib/random.ts'
import type { CitizenActor } from '../lib/rpc.ts'
import type { Vault } from '../lib/vault.ts'
import { rememberAct, runOf } from './acts.ts'
import { besideTwin, type ProvedRight, type ProvedWrong, prove } from './attempt.ts'
import { challengeSpent, spendChallenge, storeChallenge } from './challenges.ts'
import type { AuthnDeps } from './needs.ts'
import {
	allowedPasskey,
	challengeOf,
	type PublicKeyCredentialRequestOptionsJSON,
	requestOptions,
} from './passkey/index.ts'
import { countUnlock, findPasskey, type Unlocker, type Unlocking } from './unlock.ts'

/**
 * What a citizen does to their own digital ID: session, passkey and PIN, for this one act. The challenge that the passkey
 * signs is made for the act: it holds a keyed hash of what is to be done and for whom, so an answer that was given for one
 * thing (or to unlock the card) is good for nothing else.
 */
export interface OwnAct {
	/** The procedure's path, such as `me.changePin`. */
	procedure: 'me.changePin' | 'me.end'
	/** All that the citizen says yes to, beyond the procedure's name. */
	about: string
	/** The PIN that is to stand afterwards. */
	newPin?: string
}

export type ActedWrong = {
	outcome: 'pin_wrong'
	triesLeft: number
	/** ms, or null where another try may follow at once. */
	nextTryAt: number | null
	options: PublicKeyCredentialRequestOptionsJSON
}

export type OwnRow = NonNullable<Awaited<ReturnType<typeof findPasskey>>>

const { passkeys } = schema

const PURPOSE = 'own-act'
const NONCE = 16

/** What the browser is to ask of the passkey that opened the session. @throws ServiceError too_many_attempts, passkey_unknown */
export async function ownActOptions(
	deps: AuthnDeps,
	me: CitizenActor,
	by: Pick<Unlocker, 'request' | 'browserHash'>,
	actOn: (row: OwnRow) => OwnAct,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	await countUnlock(deps, by)
	const row = await ownRow(deps, me, by.request)
	return newOptions(deps, by.browserHash, row, actOn(row))
}

export interface Doing<Done> extends OwnAct {
	outcome: Done
	/** The act's own statements, each behind the guard that it is given. */
	done(proved: ProvedRight): Statement[]
}

/**
 * Runs the ceremony and, where it came out right, does the act in the batch that settles it.
 * @param actOn throws where the account as it stands, or what was typed, does not allow the act
 * @throws ServiceError passkey_…, pin_wait, pin_disabled, too_many_attempts
 */
export async function doOwnAct<Done extends { outcome: string }>(
	deps: AuthnDeps,
	me: CitizenActor,
	by: Unlocker,
	input: Unlocking,
	actOn: (row: OwnRow) => Doing<Done>,
): Promise<Done | ActedWrong> {
	const { db, clock } = deps
	await countUnlock(deps, by)
	const row = await ownRow(deps, me, by.request)
	const given = actOn(row)
	if (input.response.id !== me.credentialId) throw new ServiceError('passkey_unknown')
	const challenge = challengeOf(input.response)
	if (challenge === null || !isFor(deps.vault, challenge, me.accountId, given))
		throw new ServiceError('passkey_challenge')
	const act = runOf(deps.random, by.actKey)
	const asked = { challenge, purpose: PURPOSE, browserHash: by.browserHash } as const
	return besideTwin(deps, { accountId: me.accountId, actKey: by.actKey }, async () => {
		const proved = await prove(deps, {
			act,
			passkey: row.passkey,
			pin: row.pin,
			response: input.response,
			browserKey: input.browserKey,
			typedPin: input.pin,
			...(given.newPin === undefined ? {} : { newPin: given.newPin }),
			challenge,
			spendChallenge: spendChallenge(db, asked, { act, now: clock.now() }),
			challengeSpent: challengeSpent(asked, act),
			at: given.procedure,
		})
		if (!proved.right) return tellWrong(deps, by, row, { ...given, input }, proved)
		const remembered = { actKey: by.actKey, procedure: given.procedure, input, outcome: given.outcome }
		const [settled] = await atomically(db, [
			proved.settle,
			used(deps, row, proved),
			...proved.signals,
			rememberAct(db, deps, remembered, proved.guard),
			...given.done(proved),
		])
		// Overtaken by another attempt, or the device was replaced meanwhile: it is asked anew.
		if (settled?.length !== 1) throw new ServiceError('passkey_challenge')
		return given.outcome
	})
}

function used({ db, clock }: AuthnDeps, { passkey }: OwnRow, { assertion, guard }: ProvedRight): Statement {
	return db
		.update(passkeys)
		.set({ signCount: assertion.signCount, backedUp: assertion.backedUp, lastUsedAt: clock.now() })
		.where(and(eq(passkeys.credentialId, passkey.credentialId), isNull(passkeys.endedAt), guard))
}

async function tellWrong(
	deps: AuthnDeps,
	by: Unlocker,
	row: OwnRow,
	given: OwnAct & { input: Unlocking },
	proved: ProvedWrong,
): Promise<ActedWrong> {
	const { db } = deps
	if (proved.disabled) {
		await atomically(db, proved.statements)
		throw new ServiceError('pin_disabled')
	}
	const { triesLeft, nextTryAt, guard } = proved
	const options = await newOptions(deps, by.browserHash, row, given)
	const told: ActedWrong = { outcome: 'pin_wrong', triesLeft, nextTryAt, options }
	const remembered = { actKey: by.actKey, procedure: given.procedure, input: given.input, outcome: told }
	await atomically(db, [...proved.statements, rememberAct(db, deps, remembered, guard)])
	return told
}

/** The passkey that opened the session, while it lives. */
async function ownRow(deps: AuthnDeps, me: CitizenActor, request: Request): Promise<OwnRow> {
	const row = await findPasskey(deps, me.credentialId, request)
	if (row?.account.id !== me.accountId) throw new ServiceError('passkey_unknown')
	return row
}

async function newOptions(
	{ db, clock, random, vault, rp }: AuthnDeps,
	browserHash: string,
	{ passkey }: OwnRow,
	act: OwnAct,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	const challenge = challengeFor(vault, random, passkey.accountId, act)
	await atomically(db, [storeChallenge(db, { challenge, purpose: PURPOSE, browserHash }, clock.now())])
	return requestOptions(rp, { challenge, allow: [allowedPasskey(passkey)] })
}

/** 16 random bytes, and over them, the account and the act a keyed hash. Nothing more has to be stored to know it again. */
function challengeFor(vault: Vault, random: Random, accountId: string, act: OwnAct): string {
	const nonce = base64url(random.bytes(NONCE))
	return base64url(new Uint8Array([...fromBase64url(nonce), ...stampOf(vault, nonce, accountId, act)]))
}

function isFor(vault: Vault, challenge: string, accountId: string, act: OwnAct): boolean {
	if (!/^[\w-]{64}$/.test(challenge)) return false
	const bytes = fromBase64url(challenge)
	const nonce = base64url(bytes.slice(0, NONCE))
	return equalInConstantTime(base64url(bytes.slice(NONCE)), base64url(stampOf(vault, nonce, accountId, act)))
}

const stampOf = (vault: Vault, nonce: string, accountId: string, { procedure, about }: OwnAct) =>
	vault.mac('device', JSON.stringify(['own-act', nonce, accountId, procedure, about]))
