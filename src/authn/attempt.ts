import { type SQL, sql } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../db/client.ts'
import { passkeyCountWentBack, pinDisabled, pinWrong, recordEvent } from '../audit/index.ts'
import { isServiceError, ServiceError, type ServiceErrorCode } from '../lib/errors.ts'
import { notify } from '../notices/index.ts'
import { isRunOf } from './acts.ts'
import type { AuthnDeps } from './needs.ts'
import {
	type AssertionOutcome,
	type AuthenticationResponseJSON,
	type BrowserKeyProof,
	verifyAssertion,
} from './passkey/index.ts'
import {
	derivePin,
	pinIsStale,
	pinMatches,
	pinState,
	reserveAttempt,
	settled,
	settleRight,
	settleWrong,
} from './pin/index.ts'

/**
 * Passkey first, then PIN: the one ceremony behind every sign-in and every act.
 *
 * The assertion is verified before anything of the PIN is looked at, so nobody can guess, or lock somebody out, without
 * the device. Then one batch spends the challenge and reserves the attempt, before any hashing; a second batch settles
 * it together with what the ceremony is for.
 */
export interface Ceremony {
	/** Unique to this run: `runOf`. */
	act: string
	passkey: typeof schema.passkeys.$inferSelect
	pin: typeof schema.pins.$inferSelect
	response: AuthenticationResponseJSON
	browserKey: BrowserKeyProof
	typedPin: string
	/** The PIN that is to stand where the typed one was right, by the same statement that says so. */
	newPin?: string
	challenge: string
	/** The one statement that spends the challenge and returns a row where it did. */
	spendChallenge: Statement
	/** Holds exactly where that statement did it. */
	challengeSpent: SQL
	/** For the events: a sign-in's id, or `unlock`. */
	at: string
}

export interface ProvedRight {
	right: true
	assertion: AssertionOutcome
	/** First of the settling batch: a row comes back where the attempt counts as right. */
	settle: Statement
	/** For every later statement of that batch. */
	guard: SQL
	/** What else was seen, for the same batch. */
	signals: Statement[]
}

export interface ProvedWrong {
	right: false
	triesLeft: number
	/** ms, or null where another try may follow at once. */
	nextTryAt: number | null
	disabled: boolean
	/** The settling batch: count, event, and the notice where this was the last try. */
	statements: Statement[]
	guard: SQL
}

/** How long an act waits for its twin: far longer than the hashing takes. */
const TWIN_LOOKS = 40
const TWIN_PAUSE = 50

/** What a twin may be refused with: all that the other one has spent or reserved. */
const SPENT_BY_TWIN: readonly ServiceErrorCode[] = ['passkey_challenge', 'pin_wait', 'pin_disabled']

/**
 * One act may arrive twice at once: a page that heard nothing for a while asks again. The twin finds the challenge
 * spent; it waits until the first one is settled, and is then refused: whoever called remembers the answer by then.
 */
export async function besideTwin<T>(
	deps: AuthnDeps,
	{ accountId, actKey }: { accountId: string; actKey: string },
	run: () => Promise<T>,
): Promise<T> {
	const underWay = async () => {
		const attempt = (await readPin(deps, accountId))?.attempt ?? ''
		return isRunOf(actKey, attempt) && !attempt.includes(':')
	}
	try {
		return await run()
	} catch (error) {
		if (isServiceError(error) && SPENT_BY_TWIN.includes(error.code))
			for (let look = 0; look < TWIN_LOOKS && (await underWay()); look++) await deps.wake.next(actKey, TWIN_PAUSE)
		throw error
	}
}

/** @throws ServiceError passkey_… where the assertion does not hold; pin_wait, pin_disabled where no try is left now. */
export async function prove(deps: AuthnDeps, ceremony: Ceremony): Promise<ProvedRight | ProvedWrong> {
	const { db, vault, random, clock, rp, allowTiers } = deps
	const { passkey, pin } = ceremony
	// The operator may have asked for more since this key was made.
	if (!allowTiers.includes(passkey.tier)) throw new ServiceError('passkey_refused')
	const assertion = await verifyAssertion(rp, {
		response: ceremony.response,
		challenge: ceremony.challenge,
		stored: passkey,
		browserKey: ceremony.browserKey,
	})
	const now = clock.now()
	refuseUnlessReady(pin, now)
	const attempt = { accountId: passkey.accountId, attempt: ceremony.act }
	const [spent, reserved] = await atomically(db, [
		ceremony.spendChallenge,
		// The PIN of a new device is not there for the old one's passkey.
		reserveAttempt(db, { ...attempt, now, guard: sql`${ceremony.challengeSpent} AND ${isAlive(passkey)}` }),
	])
	if (spent?.length !== 1) throw new ServiceError('passkey_challenge')
	if (reserved?.length !== 1) {
		refuseUnlessReady((await readPin(deps, pin.accountId)) ?? pin, now)
		throw new ServiceError('passkey_challenge')
	}
	// The row as the reservation found it: a PIN that was replaced since the first read must not be judged by the old one.
	const held = reserved[0] as typeof pin
	if (await pinMatches(vault, held, ceremony.typedPin)) {
		const next = ceremony.newPin ?? (pinIsStale(vault, held) ? ceremony.typedPin : undefined)
		const fresh = next === undefined ? undefined : await derivePin(vault, random, next)
		const guard = settled('right', attempt)
		return {
			right: true,
			assertion,
			settle: settleRight(db, { ...attempt, now: clock.now(), fresh }),
			guard,
			signals: assertion.signCountWentBack
				? [recordEvent(db, deps, passkeyCountWentBack({ accountId: passkey.accountId, at: ceremony.at }), guard)]
				: [],
		}
	}
	return wrong(deps, ceremony, held)
}

/** Guard: the device has not been replaced since it was read. */
function isAlive({ credentialId }: Ceremony['passkey']): SQL {
	const { passkeys } = schema
	return sql`EXISTS (SELECT 1 FROM ${passkeys} WHERE ${passkeys.credentialId} = ${credentialId} AND ${passkeys.endedAt} IS NULL)`
}

function wrong(deps: AuthnDeps, { passkey, act, at }: Ceremony, reserved: Ceremony['pin']): ProvedWrong {
	const { db, clock } = deps
	const attempt = { accountId: passkey.accountId, attempt: act }
	const now = clock.now()
	const state = pinState(reserved, now)
	const triesLeft = state.kind === 'disabled' ? 0 : state.triesLeft
	const disabled = triesLeft === 0
	const guard = settled(disabled ? 'disabled' : 'wrong', attempt)
	const { accountId } = passkey
	return {
		right: false,
		triesLeft,
		nextTryAt: state.kind === 'wait' ? state.until : null,
		disabled,
		statements: [
			settleWrong(db, { ...attempt, now }),
			recordEvent(db, deps, pinWrong({ accountId, triesLeft, at }), guard),
			...(disabled
				? [
						recordEvent(db, deps, pinDisabled({ accountId, at }), guard),
						notify(db, deps, { accountId, kind: 'pin_disabled', params: {} }, guard),
					]
				: []),
		],
		guard,
	}
}

function refuseUnlessReady(pin: Ceremony['pin'], now: number): void {
	const state = pinState(pin, now)
	if (state.kind === 'disabled') throw new ServiceError('pin_disabled')
	if (state.kind === 'wait') throw new ServiceError('pin_wait', { until: state.until, triesLeft: state.triesLeft })
}

async function readPin({ db }: AuthnDeps, accountId: string): Promise<Ceremony['pin'] | undefined> {
	return db.query.pins.findFirst({ where: (table, { eq }) => eq(table.accountId, accountId) })
}
