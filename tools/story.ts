import type { Page } from 'playwright-core'
import { people } from '../src/ports/civil-registry/index.ts'
import type { RunningProvider } from './provider.ts'
import type { Stage } from './stage.ts'

/**
 * The product's story, played in real pages: an officer joins, a citizen enrols, signs in at an agency by QR, and looks
 * at the card. `demo.ts` tells it slowly, `screenshots.ts` takes pictures of it.
 *
 * Pages are driven by their structure, not by their words, so that both languages play the same story.
 */
export interface Telling {
	/** Called before each act. */
	say(line: string): Promise<void> | void
	/** Called where something is worth a look. */
	look(name: string, page: Page): Promise<void> | void
	/** Called between two movements of a person. */
	breathe(): Promise<void> | void
}

/** The person of the story; invented, with a number of an office that does not exist. */
export const citizen = people.somying
const PIN = '58203914'
const OFFICER = 'วรรณา ตั้งใจ'
const WAIT = 20_000

export async function tellStory(stage: Stage, provider: RunningProvider, telling: Telling): Promise<void> {
	await officerJoins(stage.desktop, provider, telling)
	const link = await officerLooksUp(stage, telling)
	await citizenEnrols(stage.phone, link, telling)
	await telling.look('office-done', stage.desktop)
	await signInAtAgency(stage, provider, telling)
	await openCard(stage.phone, provider, telling)
}

async function officerJoins(page: Page, { officerLink }: RunningProvider, telling: Telling): Promise<void> {
	await telling.say('An officer of the district office of Lam Luk Ka opens the one-time link and makes a passkey.')
	await page.goto(officerLink)
	const name = page.locator('form input').first()
	await name.waitFor({ timeout: WAIT })
	await type(name, OFFICER, telling)
	await telling.look('office-join', page)
	await page.locator('form button[type=submit]').click()
	await page.waitForURL((url) => url.pathname === '/office', { timeout: WAIT })
}

/** @returns the enrolment's link, read from the QR on the officer's screen */
async function officerLooksUp({ desktop: page, scan }: Stage, telling: Telling): Promise<string> {
	await telling.say(`A citizen comes with the ID card. The officer looks up ${citizen.pid}.`)
	const pid = page.locator('.desk form input').first()
	await pid.waitFor({ timeout: WAIT })
	await telling.look('office-desk', page)
	await type(pid, citizen.pid, telling)
	await page.locator('.desk form button[type=submit]').click()
	const face = page.locator('input[type=checkbox]')
	await face.waitFor({ timeout: WAIT })
	await telling.say('The registry answers. The officer compares the face and issues the link.')
	await telling.look('office-case', page)
	await face.check()
	await telling.breathe()
	await page.locator('.desk button:has(+ *), .card button').first().click()
	await page.locator('.qr').waitFor({ timeout: WAIT })
	await telling.look('office-link', page)
	return await scan(page)
}

async function citizenEnrols(page: Page, link: string, telling: Telling): Promise<void> {
	await telling.say('The citizen scans it with the phone, chooses a PIN of 8 digits, and makes a passkey there.')
	await page.goto(link)
	await press(page, telling, 'enrol-intro')
	const pins = page.locator('.pin input')
	await pins.first().waitFor({ timeout: WAIT })
	for (const field of await pins.all()) await type(field, PIN, telling)
	await telling.look('enrol-pin', page)
	await page.locator('form button[type=submit]').click()
	await page.locator('.pin').first().waitFor({ state: 'detached', timeout: WAIT })
	await press(page, telling, 'enrol-key')
	await page.locator('a[href="/card"]').waitFor({ timeout: WAIT })
	await telling.look('enrol-done', page)
}

async function signInAtAgency(
	{ desktop, phone, scan }: Stage,
	provider: RunningProvider,
	telling: Telling,
): Promise<void> {
	await telling.say('At home, the citizen opens an agency’s website on a computer.')
	await desktop.goto(provider.agencyUrl)
	for (const scope of ['pid', 'birthdate', 'address']) await desktop.locator(`input[value=${scope}]`).check()
	await telling.look('agency', desktop)
	await desktop.locator('form button').click()
	await desktop.locator('.qr:not(.qr-empty)').waitFor({ timeout: WAIT })
	await telling.say('The screen shows a QR that changes every second. The phone scans it.')
	await telling.look('sign-in-qr', desktop)
	await phone.goto(await scan(desktop))
	await phone.locator('.choices').waitFor({ timeout: WAIT })
	await desktop.locator('.big-number').waitFor({ timeout: WAIT })
	await telling.say(
		'The phone shows who asks for what. The number on the screen is picked, the PIN typed, the passkey answers.',
	)
	await telling.look('sign-in-number', desktop)
	await telling.look('sign-in-consent', phone)
	const number = ((await desktop.locator('.big-number').textContent()) ?? '').trim()
	await phone.locator('.choices label', { hasText: number }).click()
	await telling.breathe()
	await type(phone.locator('.pin input'), PIN, telling)
	await telling.look('sign-in-pin', phone)
	await phone.locator('form button[type=submit]').click()
	await desktop.waitForURL((url) => url.origin === provider.agencyUrl, { timeout: WAIT })
	await telling.say('The computer goes on by itself. The agency has what the citizen let it see, and nothing more.')
	await telling.look('sign-in-approved', phone)
	await telling.look('agency-received', desktop)
}

async function openCard(page: Page, { url }: RunningProvider, telling: Telling): Promise<void> {
	await telling.say('On the phone, the digital ID card.')
	await page.goto(`${url}/card`)
	const pin = page.locator('.pin input')
	await pin.waitFor({ timeout: WAIT })
	await type(pin, PIN, telling)
	await page.locator('form button[type=submit]').click()
	await page.locator('.id-card').waitFor({ timeout: WAIT })
	await telling.look('card', page)
	await telling.say('And in the inbox, what happened.')
	await page.goto(`${url}/inbox`)
	await page.locator('main li').first().waitFor({ timeout: WAIT })
	await telling.look('inbox', page)
}

/** Presses the page's first button, once it is there and looked at. */
async function press(page: Page, telling: Telling, name: string): Promise<void> {
	const button = page.locator('main button').first()
	await button.waitFor({ timeout: WAIT })
	await telling.look(name, page)
	await button.click()
}

async function type(field: ReturnType<Page['locator']>, text: string, telling: Telling): Promise<void> {
	await field.pressSequentially(text, { delay: 40 })
	await telling.breathe()
}
