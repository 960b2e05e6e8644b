import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { th as common } from '../../../web/words/common/th.ts'
import { th as signIn } from '../../../web/words/sign-in/th.ts'
import { type FakeServer, startFakeServer } from './kit/fake-server.ts'
import { agency, soon } from './kit/people.ts'
import { readQr } from './kit/qr.ts'
import { enter, press, stateNamed } from './kit/states.ts'
import { openBrowser, openWindow, type Window } from './kit/window.ts'

/** The page on which a sign-in waits: what it shows follows the server, by stream or by asking. */
const BASE = '/sign-in/sin_AAAAAAAAAAAAAAAAAAAAAA'
const frame = (name: string) => ({ url: `http://localhost/q#sin_AAAAAAAAAAAAAAAAAAAAAA.${name}.MAC`, validMs: 15_000 })
const state = (changes: object) => ({ state: 'pending', endReason: null, number: null, expiresAt: soon(2), ...changes })

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
	window = await openWindow(browser, { viewport: { width: 1280, height: 900 } })
})
afterEach(() => window.context.close())

const qr = () => window.page.getByRole('img', { name: signIn.qrLabel })

describe('the QR', () => {
	test('is the last frame that came, and can be read from the screen', async () => {
		const shown = stateNamed('waiting-qr')
		const events = [
			['state', state({})] as const,
			['frame', frame('first')] as const,
			['frame', frame('second')] as const,
		]
		await enter(window, server, {
			...shown,
			events: { [`${BASE}/events`]: events.map(([name, data]) => [name, data]) },
		})
		expect(await readQr(window.page, qr())).toBe(frame('second').url)
	})

	test('can be copied in the demonstration, whose phone is another window', async () => {
		const events: FakeServer['events'] = {
			[`${BASE}/events`]: [
				['state', state({})],
				['frame', frame('shown')],
			],
		}
		await window.context.grantPermissions(['clipboard-read', 'clipboard-write'])
		await enter(window, server, { ...stateNamed('waiting-qr'), events })
		await press(window.page, signIn.demoCopy)
		await window.page.getByRole('button', { name: common.copied }).waitFor()
		expect(await window.page.evaluate(() => navigator.clipboard.readText())).toBe(frame('shown').url)
	})

	test('comes by asking where the stream is refused, and goes on changing', async () => {
		await enter(window, server, { ...stateNamed('waiting-qr'), events: {} })
		let asked = 0
		server.polls[`${BASE}/poll`] = () => ({ ...state({}), frame: frame(`number${++asked}`) })
		await qr().waitFor()
		const first = await readQr(window.page, qr())
		await window.page.waitForTimeout(2_200)
		expect(await readQr(window.page, qr())).not.toBe(first)
		expect(asked).toBeGreaterThan(1)
	})

	test('can be shown again when its time is over', async () => {
		await enter(window, server, stateNamed('waiting-qr-over'))
		server.answers['signIn.showQr'] = () => ({ expiresAt: soon(2) })
		await press(window.page, signIn.qrNew)
		await qr().waitFor()
		expect(server.calls.filter(({ name }) => name === 'signIn.showQr')).toHaveLength(2)
	})

	test('is not fetched by a browser that is itself enrolled', async () => {
		const scripts: string[] = []
		window.page.on('request', (request) => scripts.push(new URL(request.url()).pathname))
		await enter(window, server, stateNamed('waiting-here'))
		expect(scripts.filter((path) => /Qr/.test(path))).toEqual([])
		expect(server.calls.map(({ name }) => name)).toEqual(['signIn.page', 'signIn.inspect'])
	})
})

describe('after the scan', () => {
	test('the number is shown, and told to a screen reader when there is a pause', async () => {
		const events: [string, unknown][] = [['state', state({ state: 'scanned', number: 7, expiresAt: soon(5) })]]
		await enter(window, server, {
			...stateNamed('waiting-qr'),
			seen: signIn.numberHead,
			events: { [`${BASE}/events`]: events },
		})
		expect(await window.page.locator('.big-number').innerText()).toBe('07')
		expect(await window.page.getByRole('status').filter({ hasText: '07' }).innerText()).toBe(signIn.numberSay('07'))
	})

	test('an approval is collected once, and the browser goes where the answer says', async () => {
		await enter(window, server, stateNamed('home'))
		server.answers = { ...stateNamed('waiting-qr').answers, 'signIn.collect': () => ({ location: '/?code=1' }) }
		server.events = {
			[`${BASE}/events`]: [
				['state', state({ state: 'approved' })],
				['state', state({ state: 'approved' })],
			],
		}
		await window.page.goto(server.url + BASE)
		await window.page.waitForURL('**/?code=1')
		expect(server.calls.filter(({ name }) => name === 'signIn.collect')).toHaveLength(1)
	})

	test('a refusal on the phone is told here, and leads back to the agency', async () => {
		const events: [string, unknown][] = [['state', state({ state: 'declined' })]]
		await enter(window, server, {
			...stateNamed('waiting-qr'),
			seen: signIn.declinedHead,
			events: { [`${BASE}/events`]: events },
		})
		server.answers['signIn.collect'] = () => ({ location: '/?error=access_denied' })
		await press(window.page, signIn.backTo(agency.name.th))
		await window.page.waitForURL('**/?error=access_denied')
	})
})

test('who gives up goes back to the agency', async () => {
	await enter(window, server, stateNamed('waiting-qr'))
	server.answers['signIn.cancel'] = () => ({ location: '/?error=access_denied' })
	await press(window.page, signIn.cancel)
	await window.page.waitForURL('**/?error=access_denied')
})
