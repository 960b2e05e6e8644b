import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../../../../tools/chromium.ts'

/** Windows of real Chromium for the pages' tests. */
export async function openBrowser(...args: string[]): Promise<Browser> {
	const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
	return chromium.launch({ executablePath: await chromiumPath(), args: [...sandbox, ...args] })
}

export const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1280, height: 900 }

export interface Window {
	context: BrowserContext
	page: Page
	/** What the browser's console and policy said against the page. */
	complaints: string[]
	/** Whether the device's key says yes from now on. */
	verifies(yes: boolean): Promise<void>
	/** For a test that brings one of its own. */
	withoutAuthenticator(): Promise<void>
}

/** A window with an authenticator that says yes by itself, as if its owner had touched it and been verified. */
export async function openWindow(
	browser: Browser,
	how: { viewport?: { width: number; height: number }; language?: 'th' | 'en'; phone?: boolean; camera?: boolean } = {},
): Promise<Window> {
	const context = await browser.newContext({
		viewport: how.viewport ?? PHONE,
		locale: 'th-TH',
		timezoneId: 'Asia/Bangkok',
		reducedMotion: 'reduce',
		isMobile: how.phone ?? false,
		hasTouch: how.phone ?? false,
		permissions: how.camera ? ['camera'] : [],
		...(how.phone ? { userAgent: ANDROID } : {}),
	})
	if (how.language)
		await context.addInitScript((language) => localStorage.setItem('dopa-language', language), how.language)
	const page = await context.newPage()
	page.setDefaultTimeout(10_000)
	const complaints: string[] = []
	page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
	page.on('console', (message) => {
		// A refusal is an answer with status 4xx, which Chromium reports as an error of its own.
		if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
			complaints.push(message.text())
	})
	const cdp = await context.newCDPSession(page)
	await cdp.send('WebAuthn.enable', { enableUI: false })
	const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			ctap2Version: 'ctap2_1',
			transport: 'internal',
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true,
		},
	})
	return {
		context,
		page,
		complaints,
		verifies: async (isUserVerified) => {
			await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
		},
		withoutAuthenticator: async () => {
			await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
		},
	}
}

const ANDROID =
	'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36'
