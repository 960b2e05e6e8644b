import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { ensureChromium, thisMachine } from './chromium.ts'

/**
 * Two devices in one Chromium: a desktop and a phone, each with an authenticator that Chromium plays (WebAuthn over the
 * DevTools protocol). For the demo and for the pictures of the docs; the tests have their own in `tests/browser`.
 */
export interface Stage {
	desktop: Page
	phone: Page
	close(): Promise<void>
}

export interface StageOptions {
	/** Real windows side by side; else nothing is shown. */
	headed: boolean
	locale: 'th-TH' | 'en-GB'
}

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

export async function openStage({ headed, locale }: StageOptions): Promise<Stage> {
	const browser = await chromium.launch({
		executablePath: await ensureChromium(thisMachine()),
		headless: !headed,
		// Chromium's sandbox refuses to run as root, which is what a container gives.
		args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
	})
	const common = { locale, timezoneId: 'Asia/Bangkok' }
	const desktop = await openDevice(await browser.newContext({ ...common, viewport: DESKTOP }), 'usb')
	const phone = await openDevice(
		await browser.newContext({
			...common,
			viewport: PHONE,
			deviceScaleFactor: headed ? 1 : 2,
			isMobile: true,
			hasTouch: true,
			userAgent:
				'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
		}),
		'internal',
	)
	if (headed) {
		await placeWindow(desktop, 0, DESKTOP)
		await placeWindow(phone, DESKTOP.width + 20, PHONE)
	}
	return { desktop, phone, close: () => browser.close() }
}

/** A page whose authenticator says yes by itself, as if its owner had touched it and been verified. */
async function openDevice(context: BrowserContext, transport: 'usb' | 'internal'): Promise<Page> {
	const page = await context.newPage()
	const cdp = await context.newCDPSession(page)
	// With the browser's own dialogue on, everything would wait for a click that no script can make.
	await cdp.send('WebAuthn.enable', { enableUI: false })
	await cdp.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			ctap2Version: 'ctap2_1',
			transport,
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true,
		},
	})
	return page
}

async function placeWindow(page: Page, left: number, size: { width: number; height: number }): Promise<void> {
	const cdp = await page.context().newCDPSession(page)
	const { windowId } = await cdp.send('Browser.getWindowForTarget')
	// A window has a frame around its page; about 90 px of bars on a desktop.
	const bounds = { left, top: 0, width: size.width, height: size.height + 90 }
	await cdp.send('Browser.setWindowBounds', { windowId, bounds })
}
