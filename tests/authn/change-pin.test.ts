import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { MOST_ERRORS, WAITS } from '../../src/authn/index.ts'
import { type Enrolled, openStage, outcome, PIN, refusal, type Stage, WRONG_PIN } from './kit/stage.ts'
import { before } from './kit/trips.ts'
import { askToUnlock, type Options, unlock, unlocking } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** Another PIN, by session, old PIN and the passkey's word over this very change. */
const NEW_PIN = '73920461'

let stage: Stage
let phone: Enrolled
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	await unlock(phone)
})

const named = async (name: string) => (await stage.events()).filter((event) => event.name === name)
const notices = async () => (await stage.db.query.notices.findMany()).map(({ kind }) => kind)
const asks = async (newPin: string): Promise<Options> =>
	(await phone.browser.mutate<{ options: Options }>('me.changePinOptions', { newPin })).options

async function changing(newPin = NEW_PIN, { old = PIN, options }: { old?: string; options?: Options } = {}) {
	return { ...(await unlocking({ ...phone, pin: old }, options ?? (await asks(newPin)))), newPin }
}
const change = async (...given: Parameters<typeof changing>) =>
	phone.browser.mutate<{ outcome: string; triesLeft?: number; options: Options }>(
		'me.changePin',
		await changing(...given),
	)

describe('changing the PIN', () => {
	test('the new one opens the card, the old one does not any more, and it is told', async () => {
		expect(await change()).toEqual({ outcome: 'changed' } as never)
		expect(await unlock(phone)).toMatchObject({ outcome: 'pin_wrong', triesLeft: 9 })
		expect(await unlock({ ...phone, pin: NEW_PIN })).toEqual({ outcome: 'unlocked' })
		expect(await named('pinChanged')).toMatchObject([{ accountId: phone.accountId, data: {} }])
		expect(await notices()).toEqual(['pin_changed'])
	})

	test('a wrong old one is a guess like any other: it is counted with those at the lock, and waited after', async () => {
		const told = await change(NEW_PIN, { old: WRONG_PIN })
		expect(told).toMatchObject({ outcome: 'pin_wrong', triesLeft: 9 })
		expect(await named('pinWrong')).toMatchObject([{ data: { at: 'me.changePin', triesLeft: 9 } }])
		for (let error = 1; error < 4; error++) await unlock({ ...phone, pin: WRONG_PIN })
		expect(await refusal(change())).toBe('pin_wait')
		stage.clock.pass(WAITS[4] ?? 0)
		expect(await change()).toMatchObject({ outcome: 'changed' })
	})

	test('ten wrong old ones disable the PIN', async () => {
		await stage.db.update(schema.pins).set({ failures: MOST_ERRORS - 1 })
		expect(await refusal(change(NEW_PIN, { old: WRONG_PIN }))).toBe('pin_disabled')
		expect(await refusal(change())).toBe('pin_disabled')
		expect(await notices()).toEqual(['pin_disabled'])
	})

	test('after a wrong one, the challenge that came with the answer is good for the same change', async () => {
		const { options } = await change(NEW_PIN, { old: WRONG_PIN })
		expect(await change(NEW_PIN, { options })).toMatchObject({ outcome: 'changed' })
	})

	test.each([
		['12345678', 'pin_weak_run'],
		['12052533', 'pin_weak_birthdate'],
		['1234', 'pin_malformed'],
	])('%s is not taken: %s, when it is asked for and when it is sent', async (newPin, code) => {
		expect(await refusal(asks(newPin))).toBe(code)
		expect(await refusal(change(newPin, { options: await asks(NEW_PIN) }))).toBe(code)
		expect(await named('pinWrong')).toEqual([])
	})

	test('nor is the old one again', async () => {
		expect(await refusal(change(PIN))).toBe('pin_same')
	})

	test('one act sent 16 times at once changes it once', async () => {
		const input = await changing()
		const all = await Promise.all(
			Array.from({ length: 16 }, () => outcome(phone.browser.mutate('me.changePin', input))),
		)
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(1)
		expect(await named('pinChanged')).toHaveLength(1)
	})

	test('an answer that was lost is answered again', async () => {
		const input = await changing()
		const key = 'the-same-act-again'
		const first = await phone.browser.mutate('me.changePin', input, { key })
		expect(await phone.browser.mutate('me.changePin', input, { key })).toEqual(first)
		expect(await notices()).toEqual(['pin_changed'])
	})
})

describe('what the passkey signs is this change and nothing else', () => {
	test('an answer that was given to unlock the card changes no PIN', async () => {
		expect(await refusal(change(NEW_PIN, { options: await askToUnlock(phone.browser) }))).toBe('passkey_challenge')
		expect(await notices()).toEqual([])
	})

	test('nor does one that was given for another PIN', async () => {
		expect(await refusal(change('51938264', { options: await asks(NEW_PIN) }))).toBe('passkey_challenge')
		expect(await unlock(phone)).toEqual({ outcome: 'unlocked' })
	})

	test('and it opens no card', async () => {
		expect(await refusal(unlock(phone, await asks(NEW_PIN)))).toBe('passkey_challenge')
	})

	test('nor is it good in another browser, or for another citizen', async () => {
		const somying = await stage.citizen('somying')
		await unlock(somying)
		const input = await changing()
		expect(await refusal(somying.browser.mutate('me.changePin', input))).toBe('passkey_unknown')
		const twin = stage.sameBrowser(phone.browser, stage.app)
		twin.addCookie('__Host-browser=; Max-Age=0; Path=/; Secure')
		expect(await refusal(twin.mutate('me.changePin', input))).toBe('passkey_challenge')
		expect(await named('pinChanged')).toEqual([])
	})

	test('whoever is not signed in here changes nothing', async () => {
		const input = await changing()
		await phone.browser.mutate('me.lock', {})
		expect(await refusal(phone.browser.mutate('me.changePin', input))).toBe('not_signed_in')
		expect(await refusal(asks(NEW_PIN))).toBe('not_signed_in')
	})

	test('nor does a digital ID that is suspended', async () => {
		const input = await changing()
		await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'card_lost' })
		expect(await refusal(phone.browser.mutate('me.changePin', input))).toBe('account_suspended')
	})

	test('a new PIN that another attempt overtook does not stand', async () => {
		const input = await changing()
		const other = { ...phone, browser: stage.sameBrowser(phone.browser, stage.app) }
		const hook = before(stage.client, /insert into "notices"/, () => unlock(other))
		expect(await refusal(phone.browser.mutate('me.changePin', input))).toBe('passkey_challenge')
		hook.off()
		expect(await unlock(phone)).toEqual({ outcome: 'unlocked' })
		expect(await notices()).toEqual([])
	})
})
