import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { LIMITS } from '../../src/env.ts'
import { type Citizen, confirm, type Decision, type Inspection } from '../kit/journeys.ts'
import { createPhone, type PhoneKnobs } from '../kit/phone.ts'
import { type Enrolled, ISSUER, openStage, outcome, refusal, type Stage, scanned, type Waiting } from './kit/stage.ts'
import { tapTrips } from './kit/trips.ts'

setDefaultTimeout(30_000)

/** Who may decide a sign-in by QR, with what, and how often. */
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
	waiting = await stage.waiting()
	shown = await scanned(phone, await waiting.qr())
	number = (await waiting.state()).number
})

const named = async (name: string) => (await stage.events()).filter((event) => event.name === name)

/** A confirmation with something about the assertion broken before it is signed. */
async function confirmWith(citizen: Citizen, knobs: PhoneKnobs, seen = shown): Promise<Decision> {
	const response = await citizen.phone.get(seen.options, knobs)
	const browserKey = await citizen.phone.browserKeyProof(response)
	const { pin, browser } = citizen
	return browser.mutate('signIn.decide', { id: seen.id, decision: 'confirm', number, pin, response, browserKey })
}

describe('who decides', () => {
	test('the phone that scanned', async () => {
		expect(await confirm(phone, shown, number)).toEqual({ outcome: 'approved', path: 'qr' } as never)
	})

	test.each([
		['a phone that did not scan', () => ({ ...phone, browser: stage.browser() })],
		['the waiting browser itself', () => ({ ...phone, browser: waiting.browser })],
	])('not %s, even with the right passkey and PIN', async (_name, who) => {
		expect(await refusal(confirm(who(), shown, number))).toBe('sign_in_other_browser')
		expect(await outcome(confirm(phone, shown, number))).toBe('ok')
	})

	test('and nobody before the scan', async () => {
		const fresh = await stage.waiting()
		await fresh.qr()
		expect(await refusal(confirm(phone, { ...shown, id: fresh.id }, 10))).toBe('sign_in_other_browser')
	})

	test('a sign-in that there is not', async () => {
		const id = `si_${'A'.repeat(22)}`
		expect(await refusal(confirm(phone, { ...shown, id }, number))).toBe('sign_in_unknown')
		expect(await refusal(phone.browser.mutate('signIn.decide', { id, decision: 'decline' }))).toBe('sign_in_unknown')
	})

	test('another citizen’s passkey in the phone that scanned tells nothing of that citizen', async () => {
		const other = await stage.citizen('somying')
		const { options } = await other.browser.mutate<{ options: Inspection['options'] }>('me.unlockOptions')
		const theirs = { ...shown.options, allowCredentials: options.allowCredentials }
		const mixed = { ...phone, phone: other.phone, pin: other.pin }
		const answers = [await refusal(confirm(mixed, { ...shown, options: theirs }, number))]
		const wrongPin = { ...mixed, pin: '11112222' }
		answers.push(await refusal(confirm(wrongPin, { ...shown, options: theirs }, number)))
		expect(answers).toEqual(['passkey_unknown', 'passkey_unknown'])
		expect(await named('pinWrong')).toEqual([])
		expect(await outcome(confirm(phone, shown, number))).toBe('ok')
	})

	test('a passkey that nobody has', async () => {
		expect(await refusal(confirmWith(phone, { otherCredential: 'A'.repeat(43) }))).toBe('passkey_unknown')
	})
})

describe('what the phone’s passkey must say', () => {
	test.each<[string, PhoneKnobs, string]>([
		['another origin', { wrongOrigin: 'https://dopa.example' }, 'passkey_refused'],
		['an origin that is a part of ours', { wrongOrigin: 'http://localhost' }, 'passkey_refused'],
		['inside another site’s frame', { crossOrigin: true }, 'passkey_refused'],
		['under another site', { topOrigin: 'https://dopa.example' }, 'passkey_refused'],
		['no user verification', { userVerified: false }, 'passkey_refused'],
		['no user presence', { userPresent: false }, 'passkey_refused'],
		['another RP id', { wrongRpId: 'dopa.example' }, 'passkey_refused'],
		['a signature of another key', { bogusSignature: true }, 'passkey_refused'],
		['a backup eligibility that changed', { flipBackupEligible: true }, 'passkey_refused'],
		['another challenge', { wrongChallenge: 'A'.repeat(43) }, 'passkey_challenge'],
		['a registration', { wrongType: 'webauthn.create' }, 'passkey_refused'],
		['another owner', { userHandle: 'YWNjX3NvbWVib2R5' }, 'passkey_unknown'],
	])('%s is refused, and the PIN is not looked at', async (_name, knobs, code) => {
		expect(await refusal(confirmWith(phone, knobs))).toBe(code)
		expect(await named('pinWrong')).toEqual([])
		expect((await stage.db.query.pins.findMany()).map(({ failures }) => failures)).toEqual([0])
		expect(await outcome(confirm(phone, shown, number))).toBe('ok')
	})

	test('the challenge of another sign-in', async () => {
		const second = await stage.waiting()
		const seen = await scanned(phone, await second.qr())
		const swapped = { ...shown, options: seen.options }
		expect(await refusal(confirm(phone, swapped, number))).toBe('passkey_challenge')
	})

	test('an unlocking’s challenge does not sign in, nor a sign-in’s unlock', async () => {
		const { options } = await phone.browser.mutate<{ options: Inspection['options'] }>('me.unlockOptions')
		expect(await refusal(confirm(phone, { ...shown, options }, number))).toBe('passkey_challenge')
		const response = await phone.phone.get(shown.options)
		const browserKey = await phone.phone.browserKeyProof(response)
		expect(await refusal(phone.browser.mutate('me.unlock', { pin: phone.pin, response, browserKey }))).toBe(
			'passkey_challenge',
		)
	})

	test.each([2, 32])('one answer sent %i times at once counts once', async (count) => {
		const response = await phone.phone.get(shown.options)
		const browserKey = await phone.phone.browserKeyProof(response)
		const { pin } = phone
		const input = { id: shown.id, decision: 'confirm', number, pin, response, browserKey }
		const all = await Promise.all(
			Array.from({ length: count }, () => outcome(phone.browser.mutate('signIn.decide', input))),
		)
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(1)
		for (const answer of all) expect(['ok', 'passkey_challenge', 'sign_in_ended']).toContain(answer)
		expect(await stage.db.query.grants.findMany()).toHaveLength(1)
		expect(await stage.db.query.notices.findMany()).toHaveLength(1)
		expect(await named('signInApproved')).toHaveLength(1)
	})

	test('a cloud’s copy of the passkey on another device lacks the browser’s own key', async () => {
		const iphone = await stage.citizen('pimchanok', { backupEligible: true })
		const thief = createPhone({ rpId: 'localhost', origin: ISSUER, backupEligible: true })
		iphone.phone.copyTo(thief)
		const second = await stage.waiting()
		const seen = await scanned(iphone, await second.qr())
		const { number: right } = await second.state()
		expect(await refusal(confirm({ ...iphone, phone: thief }, seen, right))).toBe('passkey_copied')
		expect(await outcome(confirm(iphone, seen, right))).toBe('ok')
	})

	test('a tier that the operator no longer lets in', async () => {
		const strict = stage.appWith({ settings: { issuer: ISSUER, tiers: ['attested'] } })
		const over = { ...phone, browser: stage.sameBrowser(phone.browser, strict) }
		expect(await refusal(confirm(over, shown, number))).toBe('passkey_refused')
	})
})

describe('the number', () => {
	const wrongNumbers: [string, () => number | null][] = [
		['one of the other two', () => shown.numbers?.find((n) => n !== number) ?? 0],
		['one that was not offered', () => [10, 11, 12, 13].find((n) => !shown.numbers?.includes(n)) ?? 0],
		['none', () => null],
	]
	test.each(wrongNumbers)('%s: the sign-in is over, once and for all', async (_name, pick) => {
		expect(await refusal(confirm(phone, shown, pick()))).toBe('number_mismatch')
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'number_mismatch' })
		expect(await refusal(confirm(phone, shown, number))).toBe('number_mismatch')
		expect(await named('signInEnded')).toMatchObject([{ data: { reason: 'number_mismatch' } }])
		expect(await stage.db.query.grants.findMany()).toEqual([])
	})

	test.each([9, 100, 10.5, '42'])('%p is no number at all', async (odd) => {
		expect(await refusal(confirm(phone, shown, odd as never))).toBe('invalid_input')
		expect((await waiting.state()).state).toBe('scanned')
	})

	test('three guesses at once are one guess', async () => {
		const all = await Promise.all((shown.numbers ?? []).map((guess) => outcome(confirm(phone, shown, guess))))
		const state = (await waiting.state()).state
		// Either the right one was first, or it is over: never both.
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(state === 'approved' ? 1 : 0)
	})
})

describe('no', () => {
	test('from the phone: the waiting page is told, and the relying party hears access_denied', async () => {
		await phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })
		expect((await waiting.state()).state).toBe('declined')
		const location = new URL(await waiting.collect())
		expect(location.searchParams.get('error')).toBe('access_denied')
		expect(location.searchParams.get('error_description')).toBe('the citizen declined')
		expect(location.searchParams.get('state')).toBe('the-state')
		expect(await named('signInDeclined')).toMatchObject([{ accountId: phone.accountId }])
		expect(await stage.db.query.grants.findMany()).toEqual([])
	})

	test.each([
		['another phone', () => stage.browser()],
		['the browser that waits, which cancels instead', () => waiting.browser],
	])('not from %s', async (_name, who) => {
		expect(await refusal(who().mutate('signIn.decide', { id: waiting.id, decision: 'decline' }))).toBe(
			'sign_in_other_browser',
		)
		expect((await waiting.state()).state).toBe('scanned')
	})

	test('after yes it is too late, and after no there is no yes', async () => {
		const decline = () => outcome(phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' }))
		await confirm(phone, shown, number)
		expect(await decline()).toBe('sign_in_ended')
		waiting = await stage.waiting()
		shown = await scanned(phone, await waiting.qr())
		number = (await waiting.state()).number
		expect(await decline()).toBe('ok')
		expect(await decline()).toBe('sign_in_ended')
		expect(await refusal(confirm(phone, shown, number))).toBe('sign_in_ended')
	})

	test('yes and no at once: one of them holds', async () => {
		const [yes, no] = await Promise.all([
			outcome(confirm(phone, shown, number)),
			outcome(phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })),
		])
		expect([yes, no].filter((answer) => answer === 'ok')).toHaveLength(1)
		expect((await waiting.state()).state).toBe(yes === 'ok' ? 'approved' : 'declined')
		expect(await stage.db.query.grants.findMany()).toHaveLength(yes === 'ok' ? 1 : 0)
	})
})

describe('the time to decide', () => {
	const { decide } = LIMITS.signIn

	test('is five minutes to the millisecond', async () => {
		stage.clock.pass(decide - 1)
		expect(await outcome(confirm(phone, shown, number))).toBe('ok')
	})

	test('after it neither yes nor no, nor a look', async () => {
		stage.clock.pass(decide)
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'sign_in_expired' })
		expect(await refusal(confirm(phone, shown, number))).toBe('sign_in_expired')
		expect(await refusal(phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' }))).toBe(
			'sign_in_expired',
		)
	})

	test('runs out while the PIN is being checked: nothing is given', async () => {
		const off = tapTrips(stage.client, {
			after(statements) {
				if (statements.some(({ sql }) => sql.startsWith('update "pins"'))) stage.clock.pass(decide)
			},
		})
		expect(await refusal(confirm(phone, shown, number))).toBe('sign_in_expired')
		off()
		expect(await stage.db.query.grants.findMany()).toEqual([])
		expect((await stage.db.query.pins.findMany()).map(({ failures }) => failures)).toEqual([0])
	})
})
