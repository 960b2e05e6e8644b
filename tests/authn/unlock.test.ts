import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { like } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { MOST_ERRORS, WAITS } from '../../src/authn/index.ts'
import { LIMITS } from '../../src/env.ts'
import { DAY, MINUTE } from '../../src/lib/clock.ts'
import { people, type RegistryChange } from '../../src/ports/civil-registry/index.ts'
import { answerOf, authorizationUrl } from './kit/agency.ts'
import { enrolsAnew } from './kit/office.ts'
import {
	type Enrolled,
	ISSUER,
	openStage,
	outcome,
	refusal,
	refused,
	type Stage,
	scanned,
	WRONG_PIN,
} from './kit/stage.ts'
import { before } from './kit/trips.ts'
import { askToUnlock, cardOf, standingOf, unlock, unlocking } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** The card in the citizen's own browser: opened by passkey and PIN, and what it shows. */
let stage: Stage
let phone: Enrolled
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
})

const named = async (name: string) => (await stage.events()).filter((event) => event.name === name)
const sessions = () => stage.db.query.sessions.findMany()
const happens = (change: RegistryChange) => stage.registry.edit(people.somchai.pid, change)

describe('unlocking', () => {
	test('passkey and PIN open a session here', async () => {
		expect(await standingOf(phone.browser)).toEqual({ known: true, unlocked: false })
		expect(await unlock(phone)).toEqual({ outcome: 'unlocked' })
		expect(await standingOf(phone.browser)).toEqual({ known: true, unlocked: true })
		expect(await sessions()).toMatchObject([
			{ accountId: phone.accountId, acr: 'phr', amr: '["pop","user","pin","mfa"]' },
		])
		expect(await named('cardUnlocked')).toMatchObject([{ accountId: phone.accountId }])
	})

	test('a browser that knows its key asks for that one only', async () => {
		const { allowCredentials } = await askToUnlock(phone.browser)
		expect(allowCredentials?.map(({ id }) => id)).toEqual([phone.phone.credentialId ?? ''])
		expect((await askToUnlock(stage.browser())).allowCredentials ?? []).toEqual([])
	})

	test('a wrong PIN is told, with the tries left and a challenge for the next', async () => {
		const told = await unlock({ ...phone, pin: WRONG_PIN })
		expect(told).toMatchObject({ outcome: 'pin_wrong', triesLeft: 9, nextTryAt: null })
		expect(await sessions()).toEqual([])
		expect(await named('pinWrong')).toMatchObject([{ data: { at: 'unlock', triesLeft: 9 } }])
		if (told.outcome !== 'pin_wrong') throw new Error('not reached')
		expect(await unlock(phone, told.options)).toEqual({ outcome: 'unlocked' })
	})

	test('the tenth wrong one disables the PIN, with a notice', async () => {
		for (let error = 1; error < MOST_ERRORS; error++) {
			expect(await unlock({ ...phone, pin: WRONG_PIN })).toMatchObject({ triesLeft: MOST_ERRORS - error })
			if (WAITS[error]) expect(await refusal(unlock(phone))).toBe('pin_wait')
			stage.clock.pass(WAITS[error] ?? 0)
		}
		expect(await refusal(unlock({ ...phone, pin: WRONG_PIN }))).toBe('pin_disabled')
		expect(await refusal(unlock(phone))).toBe('pin_disabled')
		expect(await named('pinDisabled')).toMatchObject([{ data: { at: 'unlock' } }])
		expect((await stage.db.query.notices.findMany()).map(({ kind }) => kind)).toEqual(['pin_disabled'])
	})

	test.each([2, 32])('one answer sent %i times at once opens one session', async (count) => {
		const input = await unlocking(phone, await askToUnlock(phone.browser))
		const browser = phone.browser
		const all = await Promise.all(Array.from({ length: count }, () => outcome(browser.mutate('me.unlock', input))))
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(1)
		expect(new Set(all)).toEqual(new Set(['ok', 'passkey_challenge']))
		expect(await sessions()).toHaveLength(1)
	})

	test('a challenge is of one browser, and of five minutes', async () => {
		const input = await unlocking(phone, await askToUnlock(phone.browser))
		expect(await refusal(stage.browser().mutate('me.unlock', input))).toBe('passkey_challenge')
		stage.clock.pass(5 * MINUTE)
		expect(await refusal(phone.browser.mutate('me.unlock', input))).toBe('passkey_challenge')
		expect(await sessions()).toEqual([])
	})

	test('an officer’s challenge opens no card', async () => {
		const { options } = await phone.browser.mutate<{ options: never }>('office.signInOptions', {})
		const known = await askToUnlock(phone.browser)
		const mixed = { ...known, ...(options as object), allowCredentials: known.allowCredentials }
		expect(await refusal(unlock(phone, mixed))).toBe('passkey_challenge')
	})

	test('asking is counted', async () => {
		const { limit, window } = LIMITS.signIn.unlocksOfBrowser
		for (let count = 0; count < limit; count++) await askToUnlock(phone.browser)
		expect(await refused(askToUnlock(phone.browser))).toMatchObject({ code: 'too_many_attempts', status: 429 })
		const challenges = await stage.db.query.challenges.findMany()
		expect(challenges).toHaveLength(limit)
		stage.clock.pass(window)
		expect(await unlock(phone)).toEqual({ outcome: 'unlocked' })
	})
})

describe('a challenge is a row that anybody may ask for', () => {
	const { limit, window } = LIMITS.signIn.challengesFromNetwork
	const rows = async () => [
		(await stage.db.query.challenges.findMany()).length,
		(await stage.db.query.throttles.findMany()).length,
	]

	test.each(['me.unlockOptions', 'office.signInOptions'])(
		'%s: who brings a new browser each time is one network all the same, and leaves nothing',
		async (procedure) => {
			await stage.browser().mutate(procedure, {})
			await stage.db.update(schema.throttles).set({ count: limit }).where(like(schema.throttles.key, 'challenge/%'))
			const before = await rows()
			expect(await refusal(stage.browser().mutate(procedure, {}))).toBe('too_many_attempts')
			expect(await rows()).toEqual(before)
			stage.clock.pass(window)
			await stage.browser().mutate(procedure, {})
			expect(await rows()).not.toEqual(before)
			expect(JSON.stringify(await stage.db.query.throttles.findMany())).not.toContain('192.0')
		},
	)
})

describe('unlocking says it went through only where it did', () => {
	const SESSION = /insert into "sessions"/

	test('not where another attempt at the PIN overtook it', async () => {
		const other = { ...phone, browser: stage.sameBrowser(phone.browser, stage.app) }
		const hook = before(stage.client, SESSION, () => unlock(other))
		expect(await refusal(unlock(phone))).toBe('passkey_challenge')
		hook.off()
		expect(await sessions()).toHaveLength(1)
		expect(await standingOf(phone.browser)).toMatchObject({ unlocked: false })
	})

	test.each([
		['before the try at the PIN', /^update "pins"/],
		['after it', SESSION],
	])('nor where the device was replaced meanwhile, %s', async (_name, trip) => {
		const hook = before(stage.client, trip, () => enrolsAnew(stage, 'somchai'))
		expect(await refusal(unlock(phone))).toBe('passkey_challenge')
		hook.off()
		expect(hook.done).toBe(true)
		expect(await sessions()).toEqual([])
		expect(await named('cardUnlocked')).toEqual([])
		expect(phone.browser.cookies().map(({ name }) => name)).not.toContain('__Host-session')
	})
})

describe('the card', () => {
	test('is its holder’s alone', async () => {
		expect(await refusal(cardOf(phone.browser))).toBe('not_signed_in')
		await unlock(phone)
		const card = await cardOf(phone.browser)
		expect(card).toMatchObject({ name: { th: 'นายสมชาย ใจดี' }, status: 'active', statusReason: null, warnings: [] })
		expect(card).toMatchObject({ asOf: stage.clock.now(), tier: 'device-bound', ial: '2.1' })
		expect(card.portrait).toStartWith('data:image/')
	})

	test('shows what the registry says today', async () => {
		await unlock(phone)
		await happens({ act: 'setCardExpiry', inDays: 3 })
		expect(await cardOf(phone.browser)).toMatchObject({
			status: 'warned',
			warnings: [{ code: 'card_expires_soon', days: 3 }],
		})
	})

	test('suspended, it is shown as suspended, with the reason and what was on it', async () => {
		await unlock(phone)
		const { cardNumber } = await cardOf(phone.browser)
		await happens({ act: 'loseCard' })
		const shown = await cardOf(phone.browser)
		expect(shown).toMatchObject({ status: 'suspended', statusReason: 'card_lost', cardNumber })
		expect(await cardOf(phone.browser)).toMatchObject({ status: 'suspended' })
		expect(await named('accountSuspended')).toHaveLength(1)
	})

	test('a suspended citizen may still unlock and look, and signs in nowhere', async () => {
		await happens({ act: 'loseCard' })
		await unlock(phone)
		expect(await cardOf(phone.browser)).toMatchObject({ status: 'suspended' })
		const silent = await phone.browser.get(authorizationUrl(ISSUER, { prompt: 'none' }))
		expect(answerOf(silent.headers.get('location') ?? '').error).toBe('login_required')
		const waiting = await stage.waiting()
		expect(await refusal(scanned(phone, await waiting.qr()))).toBe('account_suspended')
	})

	test('a new card shows itself, and lifts the suspension', async () => {
		await unlock(phone)
		await happens({ act: 'loseCard' })
		const { cardNumber } = await cardOf(phone.browser)
		await happens({ act: 'renewCard' })
		const renewed = await cardOf(phone.browser)
		expect(renewed).toMatchObject({ status: 'active', statusReason: null })
		expect(renewed.cardNumber).not.toBe(cardNumber)
		expect(await named('accountReinstated')).toHaveLength(1)
	})

	test('of an account that has ended is not shown, nor unlocked', async () => {
		await unlock(phone)
		await stage.db.update(schema.accounts).set({ status: 'ended' })
		expect(await refusal(cardOf(phone.browser))).toBe('not_signed_in')
		expect(await refusal(unlock(phone))).toBe('account_ended')
	})
})

describe('while the registry does not answer', () => {
	let cookie = ''
	beforeEach(async () => {
		cookie = phone.browser.cookies().find(({ name }) => name === '__Host-device')?.value ?? ''
		await unlock(phone)
	})

	test('the card is shown as it was last, with the time of that', async () => {
		const { asOf } = await cardOf(phone.browser)
		stage.clock.pass(10 * MINUTE)
		stage.registry.faults.set({ down: true })
		const shown = await cardOf(phone.browser)
		expect(shown).toMatchObject({ status: 'active', asOf, portrait: null })
	})

	test('a suspended one stays suspended, with its reason', async () => {
		await happens({ act: 'loseCard' })
		await cardOf(phone.browser)
		stage.registry.faults.set({ down: true })
		expect(await cardOf(phone.browser)).toMatchObject({ status: 'suspended', statusReason: 'card_lost' })
	})

	const FOUR_YEARS = 1_461
	test.each([
		[FOUR_YEARS - 8, 'active', []],
		[FOUR_YEARS - 5, 'warned', [{ code: 'card_expires_soon', days: 5 }]],
		[FOUR_YEARS + 20, 'grace', [{ code: 'card_expired_grace', days: 40 }]],
		[FOUR_YEARS + 61, 'suspended', []],
	])('after %i days it says what the day has made of it, and writes nothing', async (days, status, warnings) => {
		stage.clock.pass(days * DAY)
		// A jar forgets after 400 days; whoever uses the card meanwhile has it renewed.
		phone.browser.addCookie(`__Host-device=${cookie}; Path=/; Secure`)
		await unlock(phone)
		stage.registry.faults.set({ down: true })
		expect(await cardOf(phone.browser)).toMatchObject({ status, warnings })
		expect(await stage.db.query.accounts.findMany()).toMatchObject([{ status: 'active', statusReason: null }])
	})
})
