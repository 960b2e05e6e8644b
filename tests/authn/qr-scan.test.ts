import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { LIMITS } from '../../src/env.ts'
import { confirm } from '../kit/journeys.ts'
import { type Enrolled, openStage, outcome, refusal, refused, type Stage, scanned, type Waiting } from './kit/stage.ts'
import { before } from './kit/trips.ts'

setDefaultTimeout(30_000)

/** Who owns a QR: the first phone to scan it, until a second one does. */
let stage: Stage
let phone: Enrolled
let stranger: Enrolled
let waiting: Waiting
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	stranger = await stage.citizen('somying')
	waiting = await stage.waiting()
})

const endings = async () => (await stage.events()).filter(({ name }) => name === 'signInEnded')

describe('the first phone that scans', () => {
	test('owns it: three numbers, one of them on the waiting screen, five minutes', async () => {
		const shown = await scanned(phone, await waiting.qr())
		const { state, number } = await waiting.state()
		expect(state).toBe('scanned')
		expect(new Set(shown.numbers).size).toBe(3)
		expect(shown.numbers).toContain(number)
		expect(shown.numbers?.every((n) => n >= 10 && n <= 99)).toBe(true)
		expect(shown.decideBy).toBe(stage.clock.now() + LIMITS.signIn.decide)
	})

	test('the number stands on the waiting screen only while it is to be picked', async () => {
		const frame = await waiting.qr()
		expect((await waiting.state()).number).toBeNull()
		const shown = await scanned(phone, frame)
		const { number } = await waiting.state()
		await confirm(phone, shown, number)
		expect((await waiting.state()).number).toBeNull()
	})

	test('a reload, a prefetch, a second look: the same numbers, no more time, and the QR’s age does not matter', async () => {
		const frame = await waiting.qr()
		const first = await scanned(phone, frame, 'camera')
		stage.clock.pass(60_000)
		const again = await scanned(phone, frame, 'camera')
		expect(again).toMatchObject({ numbers: first.numbers, decideBy: first.decideBy })
		expect(await endings()).toEqual([])
	})

	test('the same phone eight times at once is one phone', async () => {
		const frame = await waiting.qr()
		const looks = await Promise.all(Array.from({ length: 8 }, () => outcome(scanned(phone, frame))))
		expect(new Set(looks)).toEqual(new Set(['ok']))
		expect(await endings()).toEqual([])
		expect((await waiting.state()).state).toBe('scanned')
	})

	test('only the challenge of the last look counts', async () => {
		const frame = await waiting.qr()
		const first = await scanned(phone, frame)
		const second = await scanned(phone, frame)
		const { number } = await waiting.state()
		expect(await refusal(confirm(phone, first, number))).toBe('passkey_challenge')
		expect(await confirm(phone, second, number)).toMatchObject({ outcome: 'approved' })
	})
})

describe('a second phone', () => {
	test('ends it, and all three are told', async () => {
		const frame = await waiting.qr()
		const shown = await scanned(phone, frame)
		const { number } = await waiting.state()
		expect(await refusal(scanned(stranger, frame))).toBe('qr_scanned_elsewhere')
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'qr_scanned_elsewhere', number: null })
		expect(await refusal(confirm(phone, shown, number))).toBe('qr_scanned_elsewhere')
		expect(await refusal(scanned(phone, frame))).toBe('qr_scanned_elsewhere')
		expect(await refusal(scanned(stranger, frame))).toBe('qr_scanned_elsewhere')
		expect(await endings()).toHaveLength(1)
	})

	test('with a frame that is stale by then changes nothing', async () => {
		const frame = await waiting.qr()
		const shown = await scanned(phone, frame)
		stage.clock.pass(15_001)
		expect(await refusal(scanned(stranger, frame, 'camera'))).toBe('qr_stale')
		expect(await confirm(phone, shown, (await waiting.state()).number)).toMatchObject({ outcome: 'approved' })
	})

	test('is too late once the citizen has decided', async () => {
		const frame = await waiting.qr()
		await confirm(phone, await scanned(phone, frame), (await waiting.state()).number)
		expect(await refusal(scanned(stranger, frame))).toBe('sign_in_ended')
		expect((await waiting.state()).state).toBe('approved')
	})

	test('at the moment in which the citizen decides: the decision stands, and nobody is told of two phones', async () => {
		const frame = await waiting.qr()
		const shown = await scanned(phone, frame)
		const { number } = await waiting.state()
		const hook = before(stage.client, /"end_reason" = \?/, () => confirm(phone, shown, number))
		expect(await refusal(scanned(stranger, frame))).toBe('sign_in_ended')
		hook.off()
		expect((await waiting.state()).state).toBe('approved')
		expect(await endings()).toEqual([])
	})

	test('while the first one’s data are being fetched: the first one is told why', async () => {
		const frame = await waiting.qr()
		const hook = before(stage.client, /"snapshot_at" = \?/, () => outcome(scanned(stranger, frame)))
		expect(await refusal(scanned(phone, frame))).toBe('qr_scanned_elsewhere')
		hook.off()
		expect(await stage.events()).toMatchObject([{ name: 'signInEnded', data: { reason: 'qr_scanned_elsewhere' } }])
	})

	test('of the same citizen is a second phone as well', async () => {
		const [device] = phone.browser.cookies().filter(({ name }) => name === '__Host-device')
		const copy = { browser: stage.browser() }
		copy.browser.addCookie(`__Host-device=${device?.value}; Path=/; Secure`)
		const frame = await waiting.qr()
		await scanned(phone, frame)
		expect(await refusal(scanned(copy, frame))).toBe('qr_scanned_elsewhere')
	})
})

describe('many phones at the same moment', () => {
	test.each([2, 8, 32])('%i: it is over, each is told so, and it is written down once', async (count) => {
		const frame = await waiting.qr()
		const [device] = phone.browser.cookies().filter(({ name }) => name === '__Host-device')
		const phones = Array.from({ length: count }, () => {
			const browser = stage.browser()
			browser.addCookie(`__Host-device=${device?.value}; Path=/; Secure`)
			return { browser }
		})
		const told = await Promise.all(phones.map((one) => outcome(scanned(one, frame))))
		// The very first may have seen the request before the second one came; nobody can confirm it any more.
		expect(told.filter((answer) => answer === 'ok').length).toBeLessThanOrEqual(1)
		expect(new Set(told.filter((answer) => answer !== 'ok'))).toEqual(new Set(['qr_scanned_elsewhere']))
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'qr_scanned_elsewhere' })
		expect(await endings()).toHaveLength(1)
	})
})

describe('a phone that is not known here', () => {
	test('owns nothing and ends nothing', async () => {
		const unknown = { browser: stage.browser() }
		const frame = await waiting.qr()
		expect(await refusal(scanned(unknown, frame))).toBe('device_unknown')
		expect((await waiting.state()).state).toBe('pending')
		const shown = await scanned(phone, frame)
		expect(await refusal(scanned(unknown, frame))).toBe('device_unknown')
		expect(await confirm(phone, shown, (await waiting.state()).number)).toMatchObject({ outcome: 'approved' })
	})

	test.each([
		['a secret that is none', (value: string) => `${value.slice(0, -4)}AAAA`],
		['no secret', (value: string) => value.split('.')[0] ?? ''],
		['a part more', (value: string) => `${value}.x`],
	])('nor one whose cookie has %s', async (_name, change) => {
		const value = phone.browser.cookies().find(({ name }) => name === '__Host-device')?.value ?? ''
		phone.browser.addCookie(`__Host-device=${change(value)}; Path=/; Secure`)
		expect(await refusal(scanned(phone, await waiting.qr()))).toBe('device_unknown')
	})
})

describe('the time to scan', () => {
	const { scan, waiting: whole } = LIMITS.signIn

	test('is two minutes to the millisecond', async () => {
		await waiting.qr()
		stage.clock.pass(scan - 1)
		expect(await outcome(scanned(phone, await waiting.frame()))).toBe('ok')
	})

	test('after it there is no frame, the page is told, and the frame of before is over', async () => {
		await waiting.qr()
		stage.clock.pass(scan - 1)
		const last = await waiting.frame()
		stage.clock.pass(1)
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'sign_in_expired', frame: null })
		expect(await refusal(scanned(phone, last))).toBe('sign_in_expired')
	})

	test('begins anew where the page shows the QR again', async () => {
		await waiting.qr()
		stage.clock.pass(scan)
		const frame = await waiting.qr()
		expect((await waiting.state()).state).toBe('pending')
		expect(await outcome(scanned(phone, frame))).toBe('ok')
	})

	test('ends with the request itself, however often the QR is shown', async () => {
		for (let shown = 0; shown < whole; shown += scan) {
			await waiting.qr()
			stage.clock.pass(scan)
		}
		expect(await refusal(waiting.qr())).toBe('sign_in_expired')
		expect((await waiting.state()).state).toBe('ended')
	})

	test('is cut where the request has less than two minutes left', async () => {
		stage.clock.pass(whole - 30_000)
		const { expiresAt } = await waiting.browser.mutate<{ expiresAt: number }>('signIn.showQr', { id: waiting.id })
		expect(expiresAt).toBe(stage.clock.now() + 30_000)
	})
})

describe('the QR is shown by nobody else', () => {
	test('than the browser that waits', async () => {
		const other = stage.browser()
		expect(await refusal(other.mutate('signIn.showQr', { id: waiting.id }))).toBe('sign_in_other_browser')
	})

	test('and not again once it is scanned, declined, ended, or collected', async () => {
		await scanned(phone, await waiting.qr())
		expect(await refusal(waiting.qr())).toBe('sign_in_ended')
		await phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })
		expect(await refusal(waiting.qr())).toBe('sign_in_ended')
		await waiting.collect()
		expect(await refusal(waiting.qr())).toBe('sign_in_ended')
		const ended = await stage.waiting()
		const frame = await ended.qr()
		await scanned(phone, frame)
		await outcome(scanned(stranger, frame))
		expect(await refusal(ended.qr())).toBe('qr_scanned_elsewhere')
	})
})

describe('looking again and again', () => {
	const { looksAtSignIn, looksOfBrowser } = LIMITS.signIn

	test('is counted for each sign-in: nobody floods the registry', async () => {
		const frame = await waiting.qr()
		for (let look = 0; look < looksAtSignIn.limit; look++) await scanned(phone, frame)
		const { code, detail } = await refused(scanned(phone, frame))
		expect(code).toBe('too_many_attempts')
		expect(detail.until).toBe(stage.clock.now() + looksAtSignIn.window)
	})

	test('and for each browser, whatever it looks at', async () => {
		const sitting = async (looks: number) => {
			const frame = await (await stage.waiting()).qr()
			for (let look = 0; look < looks; look++) await scanned(phone, frame)
			return frame
		}
		for (let left = looksOfBrowser.limit; left > 0; left -= looksAtSignIn.limit)
			await sitting(Math.min(left, looksAtSignIn.limit))
		expect(await refusal(sitting(1))).toBe('too_many_attempts')
		stage.clock.pass(looksOfBrowser.window)
		expect(await outcome(sitting(1))).toBe('ok')
	})
})
