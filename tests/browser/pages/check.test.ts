import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { th as check } from '../../../web/words/check/th.ts'
import { th as citizen } from '../../../web/words/citizen/th.ts'
import { filmOfQr } from './kit/camera.ts'
import { type FakeServer, startFakeServer } from './kit/fake-server.ts'
import { enter, press, stateNamed } from './kit/states.ts'
import { openBrowser, openWindow, type Window } from './kit/window.ts'

/** Whoever checks a card that is shown: one look, and nothing of it stays. */
setDefaultTimeout(60_000)

const TOKEN = 'k'.repeat(43)

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

const looks = () => server.calls.filter(({ name }) => name === 'check.card').map(({ input }) => input)

describe('the page of a check', () => {
	test('takes the token out of the address, looks once, and keeps nothing', async () => {
		await enter(window, server, stateNamed('check-valid'))
		const { page } = window
		expect(looks()).toEqual([{ token: TOKEN }])
		expect(page.url()).toBe(`${server.url}/check`)
		expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).toBe('[{},{}]')
		await page.reload()
		await page.getByText(check.noTokenHead).waitFor()
		expect(looks()).toHaveLength(1)
	})

	test('looks again where another card is scanned in the same tab', async () => {
		await enter(window, server, stateNamed('check-used'))
		server.answers['check.card'] = stateNamed('check-valid').answers['check.card'] as never
		await window.page.evaluate(() => {
			location.hash = `#${'n'.repeat(43)}`
		})
		await window.page.getByText(check.validity.valid).waitFor()
		expect(looks()).toEqual([{ token: TOKEN }, { token: 'n'.repeat(43) }])
	})

	test('hides what it showed after two minutes', async () => {
		await window.page.clock.install()
		await enter(window, server, stateNamed('check-valid'))
		await window.page.clock.runFor(118_000)
		expect(await window.page.locator('.checked img').count()).toBe(1)
		await window.page.clock.runFor(3_000)
		await window.page.getByText(check.noTokenHead).waitFor()
		expect(await window.page.locator('.checked').count()).toBe(0)
	})

	test('puts no worker into service: whoever checks need not have the app', async () => {
		await enter(window, server, stateNamed('check-valid'))
		expect(await window.page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
	})
})

test('the app’s scanner goes on to the check of the card that it reads', async () => {
	const camera = await openBrowser(
		'--use-fake-device-for-media-stream',
		'--use-fake-ui-for-media-stream',
		`--use-file-for-fake-video-capture=${await filmOfQr(`${server.url}/check#${TOKEN}`)}`,
	)
	try {
		const scanning = await openWindow(camera, { phone: true, camera: true })
		await enter(scanning, server, stateNamed('scan'))
		server.answers['check.card'] = stateNamed('check-valid').answers['check.card'] as never
		await press(scanning.page, citizen.scanStart)
		await scanning.page.getByText(check.validity.valid).waitFor()
		expect(looks()).toEqual([{ token: TOKEN }])
		expect(new URL(scanning.page.url()).pathname).toBe('/check')
	} finally {
		await camera.close()
	}
})

test('a camera that is refused is told in plain words, with another way', async () => {
	await enter(window, server, stateNamed('scan'))
	await window.page.evaluate(() => {
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
	})
	await press(window.page, citizen.scanStart)
	await window.page.getByText(citizen.cameraDenied).waitFor()
	await window.page.getByText(citizen.cameraInstead).waitFor()
})
