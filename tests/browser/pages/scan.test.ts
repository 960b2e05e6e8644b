import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { th as citizen } from '../../../web/words/citizen/th.ts'
import { th as signIn } from '../../../web/words/sign-in/th.ts'
import { filmOfQr } from './kit/camera.ts'
import { type FakeServer, startFakeServer } from './kit/fake-server.ts'
import { inspection } from './kit/people.ts'
import { enter, press, stateNamed } from './kit/states.ts'
import { openBrowser, openWindow, type Window } from './kit/window.ts'

/** The scanner in the app, before a pretended camera that films a QR. */
setDefaultTimeout(60_000)

let server: FakeServer

beforeAll(async () => {
	server = await startFakeServer()
}, 120_000)
afterAll(() => server.stop())

async function filming(text: string, look: (window: Window) => Promise<void>): Promise<void> {
	const browser = await openBrowser(
		'--use-fake-device-for-media-stream',
		'--use-fake-ui-for-media-stream',
		`--use-file-for-fake-video-capture=${await filmOfQr(text)}`,
	)
	try {
		const window = await openWindow(browser, { phone: true, camera: true })
		await enter(window, server, stateNamed('scan'))
		await press(window.page, citizen.scanStart)
		await look(window)
		expect(window.complaints).toEqual([])
	} finally {
		await browser.close()
	}
}

test('a sign-in’s QR goes straight to the consent, in the page that scanned', async () => {
	await filming(`${server.url}/q#sin_AAAAAAAAAAAAAAAAAAAAAA.stkw2a.0123456789abcdefABCDEF`, async ({ page }) => {
		server.answers['signIn.inspect'] = () => inspection('qr')
		await page.getByText(signIn.consentHead).first().waitFor()
		expect(new URL(page.url()).pathname).toBe('/scan')
		expect(server.calls.filter(({ name }) => name === 'signIn.inspect').map(({ input }) => input)).toEqual([
			{ frame: 'sin_AAAAAAAAAAAAAAAAAAAAAA.stkw2a.0123456789abcdefABCDEF', from: 'scanner' },
		])
		expect(await page.locator('video').count()).toBe(0)
	})
})

test('a code of anybody else is named as such, and nothing is sent', async () => {
	await filming('https://evil.example/q#sin_AAAAAAAAAAAAAAAAAAAAAA.stkw2a.0123456789abcdefABCDEF', async ({ page }) => {
		await page.getByText(citizen.scanForeign).waitFor()
		expect(server.calls).toEqual([])
		await press(page, citizen.scanStop)
		await page.getByText(citizen.scanStart).waitFor()
	})
})
