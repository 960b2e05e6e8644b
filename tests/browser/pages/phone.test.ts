import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { fromBase64url } from '../../../src/lib/bytes.ts'
import { th as common } from '../../../web/words/common/th.ts'
import { th as signIn } from '../../../web/words/sign-in/th.ts'
import { type FakeServer, startFakeServer } from './kit/fake-server.ts'
import { plantPasskey } from './kit/passkey.ts'
import { inspection } from './kit/people.ts'
import { enter, press, stateNamed, typePin } from './kit/states.ts'
import { openBrowser, openWindow, type Window } from './kit/window.ts'

/** The phone that scanned: what it sends, what it keeps, and how it is worked. */
interface Confirmed {
	decision: string
	number: number | null
	pin: string
	response: { response: { clientDataJSON: string } }
	browserKey: { jwk: JsonWebKey; signature: string }
}

setDefaultTimeout(60_000)

let server: FakeServer
let browser: Browser
let window: Window

beforeAll(async () => {
	server = await startFakeServer()
	browser = await openBrowser()
}, 120_000)
afterAll(async () => {
	await browser.close()
	await server.stop()
})
beforeEach(async () => {
	window = await openWindow(browser, { phone: true })
})
afterEach(() => window.context.close())

const callsOf = (name: string) => server.calls.filter((call) => call.name === name)
const field = () => window.page.getByLabel(common.pinLabel, { exact: true })

async function confirm(): Promise<void> {
	await window.page.locator('.choices label').nth(1).click()
	await typePin(window.page)
	await press(window.page, signIn.confirm)
	await window.page.getByText(signIn.approvedHead).waitFor()
}

describe('the scanned frame', () => {
	test('is taken out of the address at once, and a reload still knows it', async () => {
		await enter(window, server, stateNamed('phone-consent'))
		expect(await window.page.evaluate(() => location.href)).toBe(`${server.url}/q`)
		expect(await window.page.evaluate(() => history.length)).toBe(2)
		await window.page.reload()
		await window.page.getByText(signIn.consentHead).first().waitFor()
		expect(callsOf('signIn.inspect').map(({ input }) => input)).toEqual(
			Array(2).fill({ frame: 'sin_AAAAAAAAAAAAAAAAAAAAAA.abc123.MAC', from: 'camera' }),
		)
	})

	test('is forgotten when all is decided', async () => {
		await enter(window, server, stateNamed('phone-declined'))
		await window.page.reload()
		await window.page.getByText(signIn.noFrameHead).waitFor()
		expect(callsOf('signIn.inspect')).toHaveLength(1)
	})

	test('of a second scan in the same tab takes the place of the first', async () => {
		await enter(window, server, stateNamed('phone-stale'))
		server.answers['signIn.inspect'] = () => inspection('qr')
		await window.page.evaluate(() => {
			location.hash = '#sin_BBBBBBBBBBBBBBBBBBBBBB.abc124.MAC'
		})
		await window.page.getByText(signIn.consentHead).first().waitFor()
		expect(callsOf('signIn.inspect').at(-1)?.input).toEqual({
			frame: 'sin_BBBBBBBBBBBBBBBBBBBBBB.abc124.MAC',
			from: 'camera',
		})
		expect(await window.page.evaluate(() => location.hash)).toBe('')
	})
})

describe('a confirmation', () => {
	test('carries number, PIN, the passkey’s answer, and the browser’s own signature over it', async () => {
		await enter(window, server, stateNamed('phone-consent'))
		await plantPasskey(window.page)
		await confirm()
		const sent = callsOf('signIn.decide')[0]?.input as Confirmed
		expect({ decision: sent.decision, number: sent.number, pin: sent.pin }).toEqual({
			decision: 'confirm',
			number: 42,
			pin: '58203914',
		})
		const key = await crypto.subtle.importKey(
			'jwk',
			sent.browserKey.jwk,
			{ name: 'ECDSA', namedCurve: 'P-256' },
			false,
			['verify'],
		)
		const genuine = await crypto.subtle.verify(
			{ name: 'ECDSA', hash: 'SHA-256' },
			key,
			fromBase64url(sent.browserKey.signature),
			fromBase64url(sent.response.response.clientDataJSON),
		)
		expect(genuine).toBe(true)
	})

	test('is signed by the same key each time, and the key cannot be taken out of the browser', async () => {
		await enter(window, server, stateNamed('phone-consent'))
		await plantPasskey(window.page)
		await confirm()
		const first = callsOf('signIn.decide')[0]?.input as Confirmed
		await enter(window, server, stateNamed('phone-consent'))
		await confirm()
		const second = callsOf('signIn.decide')[0]?.input as Confirmed
		expect(second.browserKey.jwk).toEqual(first.browserKey.jwk)
		expect(second.browserKey.jwk.d).toBeUndefined()
		const extractable = await window.page.evaluate(
			() =>
				new Promise<boolean>((resolve) => {
					const opening = indexedDB.open('dopa')
					opening.onsuccess = () => {
						const reading = opening.result.transaction('keys').objectStore('keys').get('browser')
						reading.onsuccess = () => resolve((reading.result as CryptoKeyPair).privateKey.extractable)
					}
				}),
		)
		expect(extractable).toBe(false)
	})

	test('that got lost on the way is sent again under the same key', async () => {
		await enter(window, server, stateNamed('phone-consent'))
		await plantPasskey(window.page)
		const keys: (string | undefined)[] = []
		await window.page.route('**/trpc/signIn.decide', async (route) => {
			keys.push(route.request().headers()['idempotency-key'])
			if (keys.length === 1) await route.abort('connectionreset')
			else await route.continue()
		})
		await confirm()
		expect(keys).toHaveLength(2)
		expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
		expect(keys[1]).toBe(keys[0])
	})

	test('is not sent without number and PIN, and the first that is missing has the focus', async () => {
		await enter(window, server, stateNamed('phone-consent-incomplete'))
		expect(callsOf('signIn.decide')).toEqual([])
		expect(await window.page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('radio')
		expect(await field().getAttribute('aria-invalid')).toBe('true')
		const described = (await field().getAttribute('aria-describedby'))?.split(' ') ?? []
		const texts = await Promise.all(described.map((id) => window.page.locator(`[id="${id}"]`).innerText()))
		expect(texts.join(' ')).toContain(common.pinShort)
	})

	test('can be declined without PIN or key', async () => {
		await enter(window, server, stateNamed('phone-declined'))
		expect(callsOf('signIn.decide').map(({ input }) => input)).toEqual([
			{ id: 'sin_AAAAAAAAAAAAAAAAAAAAAA', decision: 'decline' },
		])
	})

	test('is done by the keyboard alone', async () => {
		await enter(window, server, stateNamed('phone-consent'))
		await plantPasskey(window.page)
		const { keyboard } = window.page
		const focused = () => window.page.evaluate(() => document.activeElement?.getAttribute('type'))
		const tabTo = async (type: string): Promise<void> => {
			for (let presses = 0; presses < 20; presses++) {
				if ((await focused()) === type) return
				await keyboard.press('Tab')
			}
			throw new Error(`Tab never reached a field of type ${type}`)
		}
		await tabTo('radio')
		await keyboard.press('Space')
		await keyboard.press('ArrowRight')
		await tabTo('password')
		await keyboard.type('58203914')
		await keyboard.press('Enter')
		await window.page.getByText(signIn.approvedHead).waitFor()
		expect((callsOf('signIn.decide')[0]?.input as Confirmed | undefined)?.number).toBe(42)
		expect(await window.page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
	})

	test('after a wrong PIN asks for the PIN again, with the field empty and in focus', async () => {
		await enter(window, server, stateNamed('phone-pin-wrong'))
		expect(await field().inputValue()).toBe('')
		expect(await window.page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('password')
	})
})

describe('the PIN field', () => {
	test.each([
		['5820-3914', '58203914'],
		['๕๘๒๐ ๓๙๑๔', '58203914'],
		['58203914777', '58203914'],
		['abc', ''],
	])('takes %p as %p', async (typed, digits) => {
		await enter(window, server, stateNamed('phone-consent'))
		await field().fill(typed)
		expect(await field().inputValue()).toBe(digits)
		expect(await window.page.locator('.pin-boxes [data-full=dot]').count()).toBe(digits.length)
	})

	test('is masked, asks for a number pad, is not kept, and shows itself when asked', async () => {
		await enter(window, server, stateNamed('phone-consent'))
		const attributes = await field().evaluate((input) => [
			input.getAttribute('type'),
			input.getAttribute('inputmode'),
			input.getAttribute('autocomplete'),
			input.getAttribute('name'),
		])
		expect(attributes).toEqual(['password', 'numeric', 'off', null])
		await field().fill('58203914')
		await press(window.page, common.pinShow)
		expect(await window.page.locator('.pin-boxes').innerText()).toMatch(/^5\s*8\s*2\s*0\s*3\s*9\s*1\s*4$/)
	})
})

test('the citizen number is masked until its owner asks for it', async () => {
	await enter(window, server, stateNamed('phone-consent'))
	expect(await window.page.locator('main').innerText()).not.toContain('1-9800-00000-02-7')
	await press(window.page, common.pidShow)
	expect(await window.page.locator('main').innerText()).toContain('1-9800-00000-02-7')
})
