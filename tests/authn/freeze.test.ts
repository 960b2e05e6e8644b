import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { enrolsAnew } from './kit/office.ts'
import { type Enrolled, openStage, outcome, refusal, refused, type Stage, scanned, WRONG_PIN } from './kit/stage.ts'
import { before } from './kit/trips.ts'
import { askToUnlock, cardOf, type Options, standingOf, unlock, unlocking } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** A digital ID that its holder locks, or gives up. */
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
const account = () => stage.db.query.accounts.findFirst({ where: eq(schema.accounts.id, phone.accountId) })
const openSessions = async () =>
	(await stage.db.query.sessions.findMany()).filter(({ endedAt }) => endedAt === null).length

describe('locking one’s own digital ID', () => {
	const freeze = () => phone.browser.mutate<{ outcome: string }>('me.freeze', {})

	test('suspends it at once, ends what is open, and is told', async () => {
		const waiting = await stage.waiting()
		await scanned(phone, await waiting.qr())
		expect(await freeze()).toEqual({ outcome: 'frozen' })
		expect(await account()).toMatchObject({ status: 'suspended', statusReason: 'device_lost' })
		expect(await openSessions()).toBe(0)
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'account_suspended' })
		expect(await named('accountFrozen')).toMatchObject([{ accountId: phone.accountId, data: { by: 'citizen' } }])
		expect(await notices()).toEqual(['frozen'])
		expect(await standingOf(phone.browser)).toEqual({ known: true, unlocked: false })
	})

	test('whoever has the phone in hand sees nothing more of its owner, whatever they know', async () => {
		await freeze()
		expect(await refused(unlock(phone))).toMatchObject({
			code: 'account_suspended',
			detail: { reason: 'device_lost' },
		})
		expect(await refusal(cardOf(phone.browser))).toBe('not_signed_in')
	})

	test('nor does one who unlocked it in the very moment', async () => {
		const other = { ...phone, browser: stage.sameBrowser(phone.browser, stage.app) }
		const hook = before(stage.client, /insert into "sessions"/, () => freeze())
		await outcome(unlock(other))
		hook.off()
		expect((await standingOf(other.browser)).unlocked).toBe(false)
		expect(await refusal(cardOf(other.browser))).toBe('not_signed_in')
	})

	test('no new card takes it back', async () => {
		await freeze()
		await stage.registry.edit(people.somchai.pid, { act: 'renewCard' })
		const waiting = await stage.waiting()
		expect(await refusal(scanned(phone, await waiting.qr()))).toBe('account_suspended')
		expect(await account()).toMatchObject({ status: 'suspended', statusReason: 'device_lost' })
	})

	test('twice is once, and its answer is answered again', async () => {
		const key = 'the-same-freeze-again'
		const twin = stage.sameBrowser(phone.browser, stage.app)
		expect(await phone.browser.mutate('me.freeze', {}, { key })).toEqual({ outcome: 'frozen' } as never)
		expect(await twin.mutate('me.freeze', {}, { key })).toEqual({ outcome: 'frozen' } as never)
		expect(await notices()).toEqual(['frozen'])
	})

	test.each(['person_not_alive', 'frozen'])('it does not cover up %s', async (statusReason) => {
		await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason })
		await freeze()
		expect(await account()).toMatchObject({ statusReason })
		expect(await named('accountFrozen')).toEqual([])
	})

	test('a suspension that a card would lift becomes one that none lifts', async () => {
		await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'card_lost' })
		await freeze()
		expect(await account()).toMatchObject({ statusReason: 'device_lost' })
	})

	test('another citizen’s stays as it is', async () => {
		const somying = await stage.citizen('somying')
		await unlock(somying)
		await freeze()
		expect((await cardOf(somying.browser)).status).toBe('active')
	})
})

describe('giving it up', () => {
	const asks = async () => (await phone.browser.mutate<{ options: Options }>('me.endOptions', {})).options
	const end = async (change: { pin?: string; options?: Options } = {}) =>
		phone.browser.mutate<{ outcome: string }>(
			'me.end',
			await unlocking({ ...phone, pin: change.pin ?? phone.pin }, change.options ?? (await asks())),
		)

	test('ends all of it: account, key, PIN, sessions, and what is on its way', async () => {
		const waiting = await stage.waiting()
		await scanned(phone, await waiting.qr())
		const toUnlock = await askToUnlock(phone.browser)
		expect(await end()).toEqual({ outcome: 'ended' })
		expect(await account()).toMatchObject({ status: 'ended', statusReason: 'cancelled' })
		expect(await stage.db.query.pins.findMany()).toEqual([])
		expect(await stage.db.query.passkeys.findMany()).toMatchObject([{ endedReason: 'cancelled' }])
		expect(await openSessions()).toBe(0)
		expect((await waiting.state()).state).toBe('ended')
		expect(await named('accountCancelled')).toMatchObject([{ accountId: phone.accountId }])
		expect(await standingOf(phone.browser)).toEqual({ known: false, unlocked: false })
		expect(await refusal(unlock(phone, toUnlock))).toBe('passkey_unknown')
	})

	test('afterwards one may enrol anew, as somebody new', async () => {
		await end()
		await enrolsAnew(stage, 'somchai')
		const all = await stage.db.query.accounts.findMany()
		expect(all.map(({ status }) => status).sort()).toEqual(['active', 'ended'])
	})

	test('a wrong PIN ends nothing and is counted', async () => {
		expect(await end({ pin: WRONG_PIN })).toMatchObject({ outcome: 'pin_wrong', triesLeft: 9 })
		expect(await account()).toMatchObject({ status: 'active' })
	})

	test('an answer for anything else ends nothing', async () => {
		const { options } = await phone.browser.mutate<{ options: Options }>('me.changePinOptions', { newPin: '73920461' })
		for (const other of [options, await askToUnlock(phone.browser)])
			expect(await refusal(end({ options: other }))).toBe('passkey_challenge')
		expect(await account()).toMatchObject({ status: 'active' })
	})

	test('a suspended one may be given up too', async () => {
		await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'card_lost' })
		expect(await end()).toEqual({ outcome: 'ended' })
	})

	test('overtaken by another try at the PIN, it has ended nothing', async () => {
		const other = { ...phone, browser: stage.sameBrowser(phone.browser, stage.app) }
		const options = await asks()
		const hook = before(stage.client, /update "accounts"/, () => unlock(other))
		expect(await refusal(end({ options }))).toBe('passkey_challenge')
		hook.off()
		expect(await account()).toMatchObject({ status: 'active' })
		expect(await stage.db.query.pins.findMany()).toHaveLength(1)
	})
})
