import { type BrowserContext, chromium, type Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import { ensureChromium, thisMachine } from './chromium.ts'

/**
 * Two devices in one Chromium: a desktop and a phone, each with an authenticator that Chromium plays (WebAuthn over the
 * DevTools protocol). For the demo and for the pictures of the docs; the tests have their own in `tests/browser`.
 */
export interface Stage {
	desktop: Page
	phone: Page
	/** Reads the QR that stands on a page, from its pixels as a camera does. */
	scan(page: Page): Promise<string>
	close(): Promise<void>
}

export interface StageOptions {
	/** Real windows side by side; else nothing is shown. */
	headed: boolean
	language: 'th' | 'en'
}

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

export async function openStage({ headed, language }: StageOptions): Promise<Stage> {
	const browser = await chromium.launch({
		executablePath: await ensureChromium(thisMachine()),
		headless: !headed,
		// Chromium's sandbox refuses to run as root, which is what a container gives.
		args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
	})
	const common = { locale: language === 'th' ? 'th-TH' : 'en-GB', timezoneId: 'Asia/Bangkok' }
	const desktop = await openDevice(await browser.newContext({ ...common, viewport: DESKTOP }), 'usb', language)
	const phone = await openDevice(
		await browser.newContext({
			...common,
			viewport: PHONE,
			deviceScaleFactor: headed ? 1 : 1.5,
			isMobile: true,
			hasTouch: true,
			userAgent:
				'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
		}),
		'internal',
		language,
	)
	if (headed) {
		await placeWindow(desktop, 0, DESKTOP)
		await placeWindow(phone, DESKTOP.width + 20, PHONE)
	}
	const eye = await (await browser.newContext()).newPage()
	return { desktop, phone, scan: (page) => scanQr(page, eye), close: () => browser.close() }
}

/** A page whose authenticator says yes by itself, as if its owner had touched it and been verified. */
async function openDevice(
	context: BrowserContext,
	transport: 'usb' | 'internal',
	language: 'th' | 'en',
): Promise<Page> {
	// The pages are in Thai until somebody chooses; this browser has chosen.
	await context.addInitScript((chosen) => localStorage.setItem('dopa-language', chosen), language)
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

/**
 * Takes a picture of the QR and decodes it. A frame that changes in the very moment of the picture is read again.
 * @param eye an empty page, which turns the picture into pixels
 */
async function scanQr(page: Page, eye: Page): Promise<string> {
	const code = page.locator('.qr:not(.qr-empty)').first()
	for (let attempt = 0; ; attempt++) {
		await code.waitFor()
		const picture = (await code.screenshot()).toString('base64')
		const pixels = await eye.evaluate(async (png) => {
			const image = new Image()
			image.src = `data:image/png;base64,${png}`
			await image.decode()
			const canvas = new OffscreenCanvas(image.width, image.height)
			const context = canvas.getContext('2d')
			if (!context) throw new Error('no canvas')
			context.drawImage(image, 0, 0)
			const { data, width, height } = context.getImageData(0, 0, image.width, image.height)
			return { data: [...data], width, height }
		}, picture)
		try {
			return decodeQR({ width: pixels.width, height: pixels.height, data: Uint8Array.from(pixels.data) })
		} catch (error) {
			if (attempt === 4) throw error
		}
	}
}

async function placeWindow(page: Page, left: number, size: { width: number; height: number }): Promise<void> {
	const cdp = await page.context().newCDPSession(page)
	const { windowId } = await cdp.send('Browser.getWindowForTarget')
	// A window has a frame around its page; about 90 px of bars on a desktop.
	const bounds = { left, top: 0, width: size.width, height: size.height + 90 }
	await cdp.send('Browser.setWindowBounds', { windowId, bounds })
}
