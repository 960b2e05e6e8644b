import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { HOUR } from '../../src/lib/clock.ts'
import { confirm } from '../kit/journeys.ts'
import { enrolsAnew } from './kit/office.ts'
import { type Enrolled, lookedHere, openStage, refusal, type Stage, scanned } from './kit/stage.ts'
import { askToUnlock, standingOf, unlock, unlocking } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** The cookie by which a device knows its own passkey: renewed, lost, found again, somebody else's. */
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

const cookieOf = ({ browser }: Pick<Enrolled, 'browser'>) =>
	browser.cookies().find(({ name }) => name === '__Host-device')
const devices = () => stage.db.query.devices.findMany()

async function signInByQr(citizen: Pick<Enrolled, 'browser' | 'phone' | 'pin'>) {
	const waiting = await stage.waiting()
	const shown = await scanned(citizen, await waiting.qr())
	return confirm(citizen, shown, (await waiting.state()).number)
}

async function signInHere(citizen: Enrolled) {
	const waiting = await stage.waiting({ prompt: 'login' }, citizen.browser)
	return confirm(citizen, await lookedHere(citizen.browser, waiting.id), null)
}

describe('the cookie', () => {
	test('is for our host alone, unreadable for scripts, and never sent in the clear', async () => {
		phone.browser.clearCookies()
		const discoverable = await stage.citizen('somying', { discoverable: true })
		discoverable.browser.clearCookies()
		await unlock(discoverable)
		expect(cookieOf(discoverable)).toMatchObject({ path: '/', secure: true, httpOnly: true, sameSite: 'Lax' })
	})

	test.each([
		['a sign-in by QR', () => signInByQr(phone)],
		['a sign-in on the device', () => signInHere(phone)],
		['an unlocking', () => unlock(phone)],
	])('lives on from each use: %s', async (_name, use) => {
		const first = cookieOf(phone)
		stage.clock.pass(100 * 24 * HOUR)
		await use()
		const renewed = cookieOf(phone)
		expect(renewed?.value).toBe(first?.value ?? '')
		expect(renewed?.expiresAt).toBe((first?.expiresAt ?? 0) + 100 * 24 * HOUR)
	})

	test('of a browser that knows its key is not made again and again', async () => {
		for (let use = 0; use < 3; use++) {
			await signInHere(phone)
			await unlock(phone)
		}
		expect(await devices()).toHaveLength(1)
		expect(await devices()).toMatchObject([{ lastUsedAt: stage.clock.now() }])
	})

	test('alone signs nothing: another phone with the cookie is shown the request and can only decline', async () => {
		const thief = { browser: stage.browser(), phone: stage.phone(), pin: phone.pin }
		thief.browser.addCookie(`__Host-device=${cookieOf(phone)?.value}; Path=/; Secure`)
		const waiting = await stage.waiting()
		const shown = await scanned(thief, await waiting.qr())
		await expect(thief.phone.get(shown.options)).rejects.toThrow('NotAllowedError')
	})

	test('ends with the device, and so does the key', async () => {
		const own = phone.phone.credentialId ?? ''
		const renewed = await enrolsAnew(stage, 'somchai')
		expect(await standingOf(phone.browser)).toEqual({ known: false, unlocked: false })
		expect(await standingOf(renewed.browser)).toMatchObject({ known: true })
		const options = {
			...(await askToUnlock(phone.browser)),
			allowCredentials: [{ id: own, type: 'public-key' as const }],
		}
		expect(await refusal(unlock(phone, options))).toBe('passkey_unknown')
	})
})

describe('a cookie that is lost', () => {
	const lose = (citizen: Enrolled) => citizen.browser.clearCookies()

	test('a discoverable passkey or a security key brings it back, and the QR works again', async () => {
		const citizen = await stage.citizen('somying', { discoverable: true })
		lose(citizen)
		const waiting = await stage.waiting()
		expect(await refusal(scanned(citizen, await waiting.qr()))).toBe('device_unknown')
		expect((await askToUnlock(citizen.browser)).allowCredentials ?? []).toEqual([])
		expect(await unlock(citizen)).toEqual({ outcome: 'unlocked' })
		expect(await standingOf(citizen.browser)).toEqual({ known: true, unlocked: true })
		expect(await devices()).toHaveLength(3)
		const shown = await scanned(citizen, await waiting.frame())
		expect(await confirm(citizen, shown, (await waiting.state()).number)).toMatchObject({ outcome: 'approved' })
	})

	test('a key that stays on the device and is not discoverable finds nothing: the device is unknown', async () => {
		lose(phone)
		const waiting = await stage.waiting()
		expect(await refusal(scanned(phone, await waiting.qr()))).toBe('device_unknown')
		const here = await stage.waiting({}, phone.browser)
		expect(await refusal(lookedHere(phone.browser, here.id))).toBe('device_unknown')
		await expect(unlock(phone)).rejects.toThrow('NotAllowedError')
	})

	test('a passkey that was never enrolled', async () => {
		const options = await askToUnlock(phone.browser)
		const input = await unlocking(phone, options)
		const response = { ...input.response, id: 'A'.repeat(43), rawId: 'A'.repeat(43) }
		expect(await refusal(phone.browser.mutate('me.unlock', { ...input, response }))).toBe('passkey_unknown')
	})

	test('who finds it again leaves the other devices’ cookies alone', async () => {
		const citizen = await stage.citizen('somying', { discoverable: true })
		const desk = { ...citizen, browser: stage.browser() }
		await unlock(desk)
		expect(await standingOf(citizen.browser)).toMatchObject({ known: true })
		expect(await standingOf(desk.browser)).toMatchObject({ known: true })
	})
})

describe('a cookie of somebody else', () => {
	test('asks for that somebody’s key, which is not here', async () => {
		const other = await stage.citizen('somying')
		phone.browser.addCookie(`__Host-device=${cookieOf(other)?.value}; Path=/; Secure`)
		const options = await askToUnlock(phone.browser)
		expect(options.allowCredentials?.[0]?.id).toBe(other.phone.credentialId ?? '')
		await expect(phone.phone.get(options)).rejects.toThrow('NotAllowedError')
	})

	test('unlocking with one’s own key all the same opens one’s own card, with a cookie of one’s own', async () => {
		const mine = await stage.citizen('pimchanok', { discoverable: true })
		const other = await stage.citizen('somying')
		mine.browser.addCookie(`__Host-device=${cookieOf(other)?.value}; Path=/; Secure`)
		const options = { ...(await askToUnlock(mine.browser)), allowCredentials: [] }
		expect(await unlock(mine, options)).toEqual({ outcome: 'unlocked' })
		expect(cookieOf(mine)?.value).toStartWith(`${mine.phone.credentialId}.`)
		expect((await stage.db.query.sessions.findMany()).map(({ accountId }) => accountId)).toEqual([mine.accountId])
	})

	test.each(['', 'x', '.', 'x.', '.x', 'a.b.c', `${'x'.repeat(3_000)}.y`])(
		'nonsense (%p) is no cookie',
		async (value) => {
			phone.browser.addCookie(`__Host-device=${value}; Path=/; Secure`)
			expect(await standingOf(phone.browser)).toMatchObject({ known: false })
		},
	)
})
