import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, spyOn, test } from 'bun:test'
import { MOST_ERRORS, WAITS } from '../../src/authn/index.ts'
import { confirm, type Inspection } from '../kit/journeys.ts'
import {
	type Enrolled,
	openStage,
	outcome,
	refusal,
	refused,
	type Stage,
	scanned,
	type Waiting,
	WRONG_PIN,
} from './kit/stage.ts'

setDefaultTimeout(30_000)

/** The PIN at a sign-in: looked at only after the passkey, ten times at the most. */
let stage: Stage
let phone: Enrolled
let waiting: Waiting
let shown: Inspection
let number: number | null
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	await open()
})

async function open(): Promise<void> {
	waiting = await stage.waiting()
	shown = await scanned(phone, await waiting.qr())
	number = (await waiting.state()).number
}

interface Wrong {
	outcome: 'pin_wrong'
	triesLeft: number
	nextTryAt: number | null
	options: Inspection['options']
}
const wrongly = async (seen = shown): Promise<Wrong> =>
	(await confirm({ ...phone, pin: WRONG_PIN }, seen, number)) as unknown as Wrong
const named = async (name: string) => (await stage.events()).filter((event) => event.name === name)
const failures = async () => (await stage.db.query.pins.findMany())[0]?.failures

describe('a wrong PIN', () => {
	test('is told with the tries that are left, and comes with a challenge for the next', async () => {
		const told = await wrongly()
		expect(told).toMatchObject({ outcome: 'pin_wrong', triesLeft: MOST_ERRORS - 1, nextTryAt: null })
		expect(told.options.challenge).not.toBe(shown.options.challenge)
		expect(await refusal(confirm(phone, shown, number))).toBe('passkey_challenge')
		expect(await confirm(phone, { ...shown, options: told.options }, number)).toMatchObject({ outcome: 'approved' })
		expect(await named('pinWrong')).toMatchObject([
			{ accountId: phone.accountId, data: { triesLeft: 9, at: waiting.id } },
		])
	})

	test('leaves the sign-in, its number and its time as they were', async () => {
		const before = await stage.signIn(waiting.id)
		await wrongly()
		const after = await stage.signIn(waiting.id)
		expect(after).toMatchObject({ state: 'scanned', number: before.number, expiresAt: before.expiresAt })
	})

	test('and the right one after it forgets the errors', async () => {
		const told = await wrongly()
		expect(await failures()).toBe(1)
		await confirm(phone, { ...shown, options: told.options }, number)
		expect(await failures()).toBe(0)
	})
})

describe('wrong to the end', () => {
	test('four are free, then each waits longer; the tenth disables, ends the sign-in, and is told in the inbox', async () => {
		let seen = shown
		for (let error = 1; error < MOST_ERRORS; error++) {
			const told = await wrongly(seen)
			const wait = WAITS[error] ?? 0
			expect(told.triesLeft).toBe(MOST_ERRORS - error)
			expect(told.nextTryAt).toBe(wait === 0 ? null : stage.clock.now() + wait)
			seen = { ...shown, options: told.options }
			if (wait === 0) continue
			// Too early: right or wrong makes no difference, and it costs nothing.
			stage.clock.pass(wait - 1)
			if (stage.clock.now() >= (await stage.signIn(waiting.id)).expiresAt) {
				expect(await refusal(confirm(phone, seen, number))).toBe('sign_in_expired')
				await open()
				seen = shown
			}
			expect(await refused(confirm(phone, seen, number))).toMatchObject({
				code: 'pin_wait',
				status: 429,
				detail: { until: told.nextTryAt, triesLeft: MOST_ERRORS - error },
			})
			expect(await failures()).toBe(error)
			stage.clock.pass(1)
		}
		expect(await refusal(wrongly(seen))).toBe('pin_disabled')
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'pin_disabled' })
		expect(await refusal(confirm(phone, seen, number))).toBe('pin_disabled')
		expect(await named('pinDisabled')).toMatchObject([{ data: { at: waiting.id } }])
		expect(await named('pinWrong')).toHaveLength(MOST_ERRORS)
		expect(await named('signInEnded')).toMatchObject([{ data: { reason: 'pin_disabled' } }])
		expect((await stage.db.query.notices.findMany()).map(({ kind }) => kind)).toEqual(['pin_disabled'])
	})

	test('after it no sign-in takes the right PIN any more', async () => {
		await stage.db.run(`UPDATE pins SET failures = ${MOST_ERRORS}, disabled_at = 1`)
		expect(await refusal(confirm(phone, shown, number))).toBe('pin_disabled')
		await open()
		expect(await refusal(confirm(phone, shown, number))).toBe('pin_disabled')
	})

	test('the right PIN after the longest wait resets everything', async () => {
		await stage.db.run(`UPDATE pins SET failures = ${MOST_ERRORS - 1}, next_try_at = ${stage.clock.now() + 60_000}`)
		expect(await refusal(confirm(phone, shown, number))).toBe('pin_wait')
		stage.clock.pass(60_000)
		expect(await confirm(phone, shown, number)).toMatchObject({ outcome: 'approved' })
		expect(await failures()).toBe(0)
	})
})

describe('the PIN is not looked at', () => {
	const derivations = async (act: () => Promise<unknown>) => {
		const spy = spyOn(crypto.subtle, 'deriveBits')
		await act()
		const count = spy.mock.calls.length
		spy.mockRestore()
		return count
	}
	const reserved = async (act: () => Promise<unknown>) => {
		stage.trips.length = 0
		await act()
		return stage.trips.flat().filter((sql) => sql.startsWith('update "pins"')).length
	}

	test('one derivation belongs to one try', async () => {
		expect(await derivations(() => wrongly())).toBe(1)
	})

	const refusals: [string, () => Promise<unknown>][] = [
		['without user verification', () => badly({ userVerified: false })],
		['with a bogus signature', () => badly({ bogusSignature: true })],
		['at another origin', () => badly({ wrongOrigin: 'https://dopa.example' })],
		['with a stale challenge', () => badly({ wrongChallenge: 'A'.repeat(43) })],
		['with a passkey nobody has', () => badly({ otherCredential: 'A'.repeat(43) })],
		['from another phone', () => confirm({ ...phone, browser: stage.browser() }, shown, number)],
		['with a wrong number', () => confirm(phone, shown, 1 + (number ?? 0))],
	]
	async function badly(knobs: Parameters<Enrolled['phone']['get']>[1]) {
		const response = await phone.phone.get(shown.options, knobs)
		const browserKey = await phone.phone.browserKeyProof(response)
		const input = { id: shown.id, decision: 'confirm', number, pin: WRONG_PIN, response, browserKey }
		return phone.browser.mutate('signIn.decide', input)
	}
	test.each(refusals)('%s: no derivation, no try counted', async (_name, act) => {
		expect(await derivations(() => outcome(act()))).toBe(0)
		await open()
		expect(await reserved(() => outcome(act()))).toBe(0)
		expect(await failures()).toBe(0)
	})

	test('while there is a wait, or none is left', async () => {
		await stage.db.run(`UPDATE pins SET failures = 5, next_try_at = ${stage.clock.now() + 1}`)
		expect(await derivations(() => outcome(confirm(phone, shown, number)))).toBe(0)
		await stage.db.run(`UPDATE pins SET failures = ${MOST_ERRORS}, disabled_at = 1`)
		expect(await derivations(() => outcome(confirm(phone, shown, number)))).toBe(0)
	})
})

describe('many wrong ones at once', () => {
	const FREE = WAITS.filter((wait) => wait === 0).length

	test('64 answers to one challenge are one try', async () => {
		const all = await Promise.all(Array.from({ length: 64 }, () => outcome(wrongly())))
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(1)
		expect(await failures()).toBe(1)
		expect(await named('pinWrong')).toHaveLength(1)
	})

	test('64 sign-ins at once are no more than the tries that need no wait', async () => {
		const seats: { shown: Inspection; number: number | null }[] = []
		for (let seat = 0; seat < 64; seat++) {
			await open()
			seats.push({ shown, number })
			// Looks are counted too; this is about the PIN.
			await stage.db.run('DELETE FROM throttles')
		}
		const guess = (seat: (typeof seats)[0]) => outcome(confirm({ ...phone, pin: WRONG_PIN }, seat.shown, seat.number))
		const all = await Promise.all(seats.map(guess))
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(FREE)
		expect(new Set(all)).toEqual(new Set(['ok', 'pin_wait']))
		expect(await failures()).toBe(FREE)
		expect(await stage.db.query.grants.findMany()).toEqual([])
	})

	test('a right one among the wrong ones at once: whichever counts, one sign-in at most is approved', async () => {
		const [first, second] = [{ shown, number, waiting }, await open().then(() => ({ shown, number, waiting }))]
		const answers = await Promise.all([
			outcome(confirm({ ...phone, pin: WRONG_PIN }, first.shown, first.number)),
			outcome(confirm(phone, second.shown, second.number)),
		])
		const approved = (await second.waiting.state()).state === 'approved'
		expect(answers[1]).toBe(approved ? 'ok' : 'passkey_challenge')
		expect((await first.waiting.state()).state).toBe('scanned')
		expect(await stage.db.query.grants.findMany()).toHaveLength(approved ? 1 : 0)
	})
})
