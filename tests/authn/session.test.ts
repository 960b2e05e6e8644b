import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { LIMITS } from '../../src/env.ts'
import { MINUTE, SECOND } from '../../src/lib/clock.ts'
import { confirm } from '../kit/journeys.ts'
import { answerOf, authorizationUrl, exchange } from './kit/agency.ts'
import { enrolsAnew } from './kit/office.ts'
import { type Enrolled, ISSUER, lookedHere, openStage, outcome, refusal, type Stage } from './kit/stage.ts'
import { cardOf, standingOf, unlock } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** What stays open in one browser: twelve hours at most, thirty minutes idle. */
const { session: WHOLE, sessionIdle: IDLE } = LIMITS.signIn

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

const isOpen = async ({ browser } = phone) => (await standingOf(browser)).unlocked
const silently = async () => {
	const answer = await phone.browser.get(authorizationUrl(ISSUER, { prompt: 'none' }))
	return answer.headers.get('location') ?? ''
}

describe('idle', () => {
	test('thirty minutes close it, one millisecond less does not', async () => {
		stage.clock.pass(IDLE - 1)
		expect(await isOpen()).toBe(true)
		stage.clock.pass(IDLE)
		expect(await isOpen()).toBe(false)
		expect(await refusal(cardOf(phone.browser))).toBe('not_signed_in')
	})

	test('each use begins the thirty minutes anew', async () => {
		for (let used = 0; used < 4; used++) {
			stage.clock.pass(IDLE - MINUTE)
			expect(await isOpen()).toBe(true)
		}
	})

	test('which is written at most once a minute', async () => {
		const writes = async () => {
			stage.trips.length = 0
			await standingOf(phone.browser)
			return stage.trips.flat().filter((sql) => sql.startsWith('update "sessions"')).length
		}
		expect(await writes()).toBe(0)
		stage.clock.pass(MINUTE + 1)
		expect([await writes(), await writes()]).toEqual([1, 0])
	})
})

describe('whole', () => {
	test('twelve hours close it, however busy it was', async () => {
		for (let at = 0; at + 20 * MINUTE < WHOLE; at += 20 * MINUTE) {
			stage.clock.pass(20 * MINUTE)
			expect(await isOpen()).toBe(true)
		}
		const cookie = phone.browser.cookies().find(({ name }) => name === '__Host-session')
		stage.clock.pass(20 * MINUTE - 1)
		expect(await isOpen()).toBe(true)
		stage.clock.pass(1)
		// Even for a browser that keeps it.
		phone.browser.addCookie(`__Host-session=${cookie?.value}; Path=/; Secure`)
		expect(await isOpen()).toBe(false)
	})

	test('the browser forgets the cookie as well', async () => {
		const cookie = phone.browser.cookies().find(({ name }) => name === '__Host-session')
		expect(cookie).toMatchObject({
			expiresAt: stage.clock.now() + WHOLE,
			httpOnly: true,
			secure: true,
			sameSite: 'Lax',
		})
	})
})

describe('locking', () => {
	test('closes it here and makes the browser forget', async () => {
		expect(await phone.browser.mutate('me.lock', {})).toEqual({ ok: true } as never)
		expect(phone.browser.cookies().map(({ name }) => name)).not.toContain('__Host-session')
		expect(await isOpen()).toBe(false)
	})

	test('is over for a copy of the cookie as well', async () => {
		const copy = { ...phone, browser: stage.sameBrowser(phone.browser, stage.app) }
		await phone.browser.mutate('me.lock', {})
		expect(await isOpen(copy)).toBe(false)
	})

	test('what is locked already is locked: an answer that was lost is given again', async () => {
		const copy = stage.sameBrowser(phone.browser, stage.app)
		const key = crypto.randomUUID()
		await copy.mutate('me.lock', {}, { key })
		expect(await outcome(phone.browser.mutate('me.lock', {}, { key }))).toBe('ok')
		expect(phone.browser.cookies().map(({ name }) => name)).not.toContain('__Host-session')
		expect(await outcome(stage.browser().mutate('me.lock', {}))).toBe('ok')
	})

	test('leaves the other browsers’ sessions and the device’s cookie', async () => {
		const other = { ...phone, browser: stage.sameBrowser(phone.browser, stage.app) }
		await unlock(other)
		await phone.browser.mutate('me.lock', {})
		expect(await isOpen(other)).toBe(true)
		expect(await standingOf(phone.browser)).toMatchObject({ known: true })
	})
})

describe('whose it is', () => {
	test.each(['', 'x', 'A'.repeat(43)])('a cookie of nobody’s (%p) opens nothing', async (value) => {
		const browser = stage.browser()
		browser.addCookie(`__Host-session=${value}; Path=/; Secure`)
		expect(await standingOf(browser)).toMatchObject({ unlocked: false })
	})

	test('a new device ends it', async () => {
		await enrolsAnew(stage, 'somchai')
		expect(await isOpen()).toBe(false)
		expect(answerOf(await silently()).error).toBe('login_required')
	})

	test('another citizen’s unlocking in the same browser takes its place', async () => {
		const other = await stage.citizen('somying', { discoverable: true })
		const here = { ...other, browser: phone.browser }
		const { options } = await phone.browser.mutate<{ options: never }>('me.unlockOptions', {})
		await unlock(here, { ...(options as object), allowCredentials: [] } as never)
		expect((await cardOf(phone.browser)).name.th).not.toBe('นายสมชาย ใจดี')
	})

	test('only its hash is stored', async () => {
		const secret = phone.browser.cookies().find(({ name }) => name === '__Host-session')?.value ?? '-'
		const rows = JSON.stringify([await stage.db.query.sessions.findMany(), await stage.db.query.acts.findMany()])
		expect(rows).not.toContain(secret)
	})
})

describe('what it may answer silently', () => {
	test('nothing before a consent; after a sign-in here, the same again, with how and when it was proved', async () => {
		expect(answerOf(await silently()).error).toBe('consent_required')
		const waiting = await stage.waiting({}, phone.browser)
		await confirm(phone, await lookedHere(phone.browser, waiting.id), null)
		const proved = stage.clock.now()
		await waiting.collect()
		stage.clock.pass(5 * MINUTE)
		const { claims } = await exchange(stage.app.fetch, ISSUER, await silently())
		expect(claims).toMatchObject({ acr: 'phr', amr: ['pop', 'user', 'pin', 'mfa'], auth_time: proved / SECOND })
	})
})
