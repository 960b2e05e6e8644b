import { eq } from 'drizzle-orm'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import decodeQr from 'qr/decode.js'
import { schema } from '../../../db/client.ts'
import { demoSecretOf } from '../../../db/seed/clients.ts'
import { createAgency } from '../../../examples/agency/agency.ts'
import { assetsFrom } from '../../../src/assets.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { systemRandom } from '../../../src/lib/random.ts'
import { newInvitation } from '../../../src/proofing/index.ts'
import { chromiumPath } from '../../../tools/chromium.ts'
import { th as common } from '../../../web/words/common/th.ts'
import { th as enrolWords } from '../../../web/words/enrol/th.ts'
import { th as restErrorWords } from '../../../web/words/errors/rest.th.ts'
import { th as errorWords } from '../../../web/words/errors/th.ts'
import { th as officeWords } from '../../../web/words/office/th.ts'
import { th as signInWords } from '../../../web/words/sign-in/th.ts'
import { OFFICER_PID } from '../../kit/journeys.ts'
import { openWorld, type World } from '../../kit/world.ts'
import { readAgencyPage } from './agency-page.ts'
import { cardActsInChromium } from './card-acts.ts'
import type { Answer, Cast, Desktop, Officer, Phone } from './cast.ts'

/**
 * Plays a story in real Chromium: the built pages, a desktop's window and a phone's, each with an authenticator of its
 * own, the server and the sample agency on ports of their own. What is scanned is the picture on the screen.
 */
const OFFICE = '1306'
const DIST = new URL('../../../dist/web', import.meta.url).pathname

const PHONE = {
	viewport: { width: 390, height: 844 },
	isMobile: true,
	hasTouch: true,
	userAgent:
		'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
}

interface Stage {
	world: World
	browser: Browser
	agencyUrl: string
}

export async function chromiumCast(): Promise<Cast> {
	// The issuer has to be known before the world is made, so the port is taken first and answered later.
	let answer: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
	const server = Bun.serve({ hostname: '127.0.0.1', port: 0, idleTimeout: 60, fetch: (request) => answer(request) })
	const world = await openWorld({ issuer: `http://localhost:${server.port}`, assets: assetsFrom(DIST) })
	answer = world.app.fetch
	let agencyAnswer: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
	const agencyServer = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => agencyAnswer(request) })
	const agencyUrl = `http://localhost:${agencyServer.port}`
	agencyAnswer = createAgency({
		issuer: world.issuer,
		clientId: 'sample-agency',
		clientSecret: demoSecretOf('sample-agency'),
		baseUrl: agencyUrl,
	}).fetch
	await world.db
		.update(schema.clients)
		.set({ redirectUris: JSON.stringify([`${agencyUrl}/callback`]) })
		.where(eq(schema.clients.id, 'sample-agency'))
	const browser = await chromium.launch({
		executablePath: await chromiumPath(),
		args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
	})
	const stage = { world, browser, agencyUrl }
	return {
		registry: world.simulator,
		db: world.db,
		officer: () => openOffice(stage),
		phone: () => openPhone(stage),
		desktop: () => openDesktop(stage),
		async close() {
			await browser.close()
			await server.stop(true)
			await agencyServer.stop(true)
			world.close()
		},
	}
}

/** A window whose authenticator says yes by itself, as if its owner had touched it and been verified. */
async function openWindow(
	browser: Browser,
	kind: Parameters<Browser['newContext']>[0],
	transport: 'internal' | 'usb',
): Promise<Page> {
	const context: BrowserContext = await browser.newContext({ locale: 'th-TH', timezoneId: 'Asia/Bangkok', ...kind })
	const page = await context.newPage()
	page.setDefaultTimeout(15_000)
	const cdp = await context.newCDPSession(page)
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

/** Waits for what is to be seen, or for a failure's code; whichever comes first. */
async function seenOrRefused(page: Page, sign: string): Promise<{ refused: string } | null> {
	const first = await Promise.race([
		page
			.getByRole('heading', { name: sign, exact: true })
			.waitFor()
			.then(() => null),
		page.waitForSelector('[data-code]').then((alert) => alert.getAttribute('data-code')),
	])
	return first === null ? null : { refused: first }
}

/** A field says its problem in words; the story wants its code. */
const pinCode = (said: string): string =>
	Object.entries({ ...errorWords, ...restErrorWords }).find(([, words]) => said.includes(words.text))?.[0] ?? said

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Reads the QR that the window shows, from its pixels. */
async function readQr(page: Page, label: string): Promise<string> {
	const picture = await page.getByRole('img', { name: label }).screenshot()
	const pixels = await page.evaluate(async (png) => {
		const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0))
		const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
		const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
		const drawing = canvas.getContext('2d')
		if (!drawing) throw new Error('no canvas')
		drawing.drawImage(bitmap, 0, 0)
		const { data } = drawing.getImageData(0, 0, bitmap.width, bitmap.height)
		return { width: bitmap.width, height: bitmap.height, data: new Uint8Array(data.buffer).toBase64() }
	}, picture.toString('base64'))
	return decodeQr({ ...pixels, data: Uint8ClampedArray.from(Uint8Array.fromBase64(pixels.data)) })
}

async function openOffice({ world, browser }: Stage): Promise<Officer> {
	const wanted = { officeCode: OFFICE, role: 'officer', issuer: world.issuer, now: systemClock.now() } as const
	const { link, row } = newInvitation(systemRandom, wanted)
	await world.db.insert(schema.officerInvitations).values(row)
	const page = await openWindow(browser, { viewport: { width: 1280, height: 800 } }, 'usb')
	await page.goto(link)
	await page.getByLabel(officeWords.joinName).fill('สมศรี ตัวอย่าง')
	await page.getByLabel(officeWords.joinPid).fill(OFFICER_PID)
	await button(page, officeWords.joinAct).click()
	await page.getByLabel(officeWords.pidLabel).waitFor()
	return {
		async looksUp(pid) {
			// A story may look up one person after another: each begins at a fresh desk.
			const field = page.getByLabel(officeWords.pidLabel)
			if (!(await field.isVisible())) await page.goto(`${world.issuer}/office`)
			await field.fill(pid)
			await button(page, officeWords.lookUp).click()
			const refused = await seenOrRefused(page, officeWords.faceHead)
			return refused ?? { name: await valueBeside(page, common.name) }
		},
		async confirmsTheFace() {
			await page.getByLabel(officeWords.faceConfirm).check()
			await button(page, officeWords.issue).click()
			await page.getByRole('img', { name: officeWords.linkLabel }).waitFor()
			return readQr(page, officeWords.linkLabel)
		},
		async sees(state) {
			// The way ahead is listed from the start; where the citizen is now is marked.
			const now = (text: string) => page.locator('li[aria-current=step]', { hasText: text })
			const sign = {
				link_issued: now(officeWords.progress.link_issued),
				opened: now(officeWords.progress.opened),
				done: page.getByText(officeWords.doneHead),
				ended: page.getByText(officeWords.endedHead),
				cancelled: page.getByText(officeWords.cancelledHead),
			}[state]
			await sign.first().waitFor()
			return true
		},
		async cancels() {
			await button(page, officeWords.cancel).click()
			await page.getByRole('dialog').getByRole('button', { name: officeWords.cancelYes, exact: true }).click()
			await page.getByText(officeWords.cancelledHead).first().waitFor()
		},
	}
}

/** The value beside a name in one of the page's lists. */
const valueBeside = async (page: Page, name: string): Promise<string> =>
	(
		await page
			.locator('dt', { hasText: new RegExp(`^${name}$`) })
			.first()
			.locator('xpath=following-sibling::dd[1]')
			.innerText()
	).split('\n')[0] ?? ''

async function openPhone({ world, browser, agencyUrl }: Stage): Promise<Phone> {
	const page = await openWindow(browser, PHONE, 'internal')

	async function decide(number: number | null, pin: string): Promise<Answer> {
		if (number !== null) await page.getByRole('radio', { name: String(number).padStart(2, '0') }).check()
		await page.getByLabel(common.pinLabel).fill(pin)
		await button(page, signInWords.confirm).click()
		const wrong = /ใส่ได้อีก (\d+) ครั้ง/
		const first = await Promise.race([
			page
				.getByText(wrong)
				.first()
				.waitFor()
				.then(() => 'wrong' as const),
			// On the phone itself the page goes on to the agency at once; by QR it says that it is done.
			number === null
				? page.waitForURL((url) => url.origin === agencyUrl).then(() => null)
				: seenOrRefused(page, signInWords.approvedHead),
		])
		if (first === 'wrong') return { wrongPin: Number(wrong.exec(await page.getByText(wrong).first().innerText())?.[1]) }
		return first ?? 'approved'
	}

	return {
		...cardActsInChromium(page, world.issuer, readQr),
		async opens(link) {
			await page.goto(link)
			const refused = await seenOrRefused(page, enrolWords.introHead)
			return refused ?? { maskedName: await valueBeside(page, enrolWords.nameLabel) }
		},
		async choosesPin(pin) {
			const me = button(page, enrolWords.isMe)
			if (await me.isVisible()) await me.click()
			await page.getByLabel(enrolWords.pinNew).fill(pin)
			await page.getByLabel(enrolWords.pinAgain).fill(pin)
			await button(page, enrolWords.next).click()
			const problem = page.locator('[id$="-problem"]').first()
			const weak = problem.waitFor().then(async () => ({ refused: pinCode(await problem.innerText()) }))
			return (await Promise.race([weak, seenOrRefused(page, enrolWords.keyHead)]))?.refused ?? null
		},
		async makesThePasskey() {
			await button(page, enrolWords.keyMake).click()
			await page.getByText(enrolWords.doneHead).waitFor()
			const lead = await page.locator('.lead').innerText()
			const [before = '', after = ''] = enrolWords.doneLead('\u0000').split('\u0000')
			return { name: lead.slice(before.length, lead.length - after.length) }
		},
		async scans(frame) {
			await page.goto('about:blank')
			await page.goto(frame)
			const unknown = page
				.getByText(signInWords.unlockUnknownHead)
				.waitFor()
				.then(() => ({ refused: 'device_unknown' }))
			const refused = await Promise.race([unknown, seenOrRefused(page, signInWords.dataHead)])
			if (refused) return refused
			const items: Record<string, string> = {}
			for (const [scope, name] of Object.entries(signInWords.scopes)) {
				const value = page.locator('dt', { hasText: new RegExp(`^${name}$`) })
				if (await value.count()) items[scope] = await valueBeside(page, name)
			}
			const numbers = await page.locator('.choices span').allInnerTexts()
			return {
				agency: await valueBeside(page, signInWords.asks),
				domain: await valueBeside(page, signInWords.website),
				items,
				numbers: numbers.map(Number),
			}
		},
		confirms: ({ number, pin }) => decide(number, pin),
		async declines() {
			await button(page, signInWords.decline).click()
			await page.getByText(signInWords.declinedHead).waitFor()
		},
		async inbox(pin) {
			await page.goto(`${world.issuer}/inbox`)
			const field = page.getByLabel(common.pinLabel)
			const notice = page.locator('[data-kind]').first()
			await field.or(notice).first().waitFor()
			// What has been unlocked a moment ago is open still.
			if (await field.isVisible()) {
				await field.fill(pin)
				await page.locator('form button[type=submit]').click()
			}
			await notice.waitFor()
			return page
				.locator('[data-kind]')
				.evaluateAll((notices) => notices.map((notice) => notice.getAttribute('data-kind') ?? ''))
		},
		async signsInHere(scopes, pin) {
			await goToSignIn(page, agencyUrl, scopes)
			await page.getByText(signInWords.dataHead).waitFor()
			const answer = await decide(null, pin)
			if (answer !== 'approved') throw new Error(`the sign-in was ${JSON.stringify(answer)}`)
			return arrive(page, agencyUrl)
		},
	}
}

async function goToSignIn(page: Page, agencyUrl: string, scopes: string[]): Promise<void> {
	await page.goto(`${agencyUrl}/`)
	const signOut = page.locator('form[action="/sign-out"] button')
	if (await signOut.count()) await signOut.click()
	for (const box of await page.locator('input[name=scope]:not([disabled])').all())
		await box.setChecked(scopes.includes((await box.getAttribute('value')) ?? ''))
	await page.locator('form[action="/sign-in"] button').click()
}

async function arrive(page: Page, agencyUrl: string) {
	await page.waitForURL((url) => url.origin === agencyUrl && (url.pathname === '/' || url.pathname === '/callback'))
	await page.waitForLoadState()
	return readAgencyPage(await page.content())
}

async function openDesktop({ browser, agencyUrl }: Stage): Promise<Desktop> {
	const page = await openWindow(browser, { viewport: { width: 1280, height: 800 } }, 'usb')
	return {
		async goesToSignIn(scopes) {
			await goToSignIn(page, agencyUrl, scopes)
		},
		async showsQr() {
			await page.getByRole('img', { name: signInWords.qrLabel }).waitFor()
			return readQr(page, signInWords.qrLabel)
		},
		async showsNumber() {
			await page.getByText(signInWords.numberHead).waitFor()
			return Number(await page.locator('.big-number').innerText())
		},
		async arrives() {
			// Whoever declined on the phone is led back by a press; who approved goes on alone.
			const back = page.getByRole('button', { name: /^กลับไปที่ / })
			await Promise.race([page.waitForURL((url) => url.origin === agencyUrl), back.waitFor().then(() => back.click())])
			return arrive(page, agencyUrl)
		},
		async isOver() {
			return (await page.waitForSelector('[data-code]').then((alert) => alert.getAttribute('data-code'))) ?? ''
		},
	}
}
