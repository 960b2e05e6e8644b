import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { systemClock } from '../../../src/lib/clock.ts'
import { cookieName } from '../../../src/lib/cookies.ts'
import { openWorld, type World } from '../../kit/world.ts'
import { consented, enrolled, type Holder, type Parts, signedIn } from '../../oidc/kit/provider.ts'
import { type Rp, register } from '../../oidc/kit/relying-party.ts'
import { authorizationParameters, codeFor, exchange, tokensOf } from '../../oidc/kit/requests.ts'
import { violationsOf } from './kit/axe.ts'
import { DESKTOP, openBrowser, PHONE } from './kit/window.ts'

/**
 * The pages that the server writes itself, in real Chromium: an answer that a form carries, signing out, errors. With and
 * without scripts, in both languages, on a phone and a desktop; and what only a real browser enforces (its policy, its
 * cookies' SameSite).
 */
setDefaultTimeout(60_000)

const STATIC = join(import.meta.dir, '../../../web/static')

let world: World
let provider: Parts
let serving: Bun.Server<undefined>
let agency: Bun.Server<undefined>
/** What came to the relying party. */
const received: { method: string; path: string; form: Record<string, string> }[] = []
let rp: Rp
let holder: Holder
let browser: Browser

beforeAll(async () => {
	// The relying party lies on another site, and sends whoever signed in on to somewhere else.
	agency = Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		async fetch(request) {
			const { pathname, search } = new URL(request.url)
			const form = request.method === 'POST' ? Object.fromEntries(new URLSearchParams(await request.text())) : {}
			received.push({ method: request.method, path: pathname + search, form })
			if (pathname === '/leave') return new Response(leaveForm(form), { headers: { 'content-type': 'text/html' } })
			return new Response(`<title>agency</title>${pathname}`, { headers: { 'content-type': 'text/html' } })
		},
	})
	let app: World['app'] | undefined
	serving = Bun.serve({
		hostname: 'localhost',
		port: 0,
		fetch: (request) => app?.fetch(request) ?? new Response(null, { status: 503 }),
	})
	world = await openWorld({
		issuer: `http://localhost:${serving.port}`,
		assets: async (path) => {
			const file = Bun.file(join(STATIC, path))
			return (await file.exists()) ? new Response(file) : null
		},
	})
	app = world.app
	provider = { ...world, clock: { now: systemClock.now, advance() {} } }
	const at = `http://127.0.0.1:${agency.port}`
	rp = await register(provider, {
		redirectUris: JSON.stringify([`${at}/callback`]),
		postLogoutRedirectUris: JSON.stringify([`${at}/bye`]),
		nameTh: 'กรมตัวอย่าง',
		nameEn: 'Department of Examples',
		domain: 'www.examples.example',
	})
	holder = await enrolled(provider)
	await consented(provider, holder, rp, 'openid pid name')
	browser = await openBrowser()
}, 60_000)
afterAll(async () => {
	await browser.close()
	await serving.stop(true)
	await agency.stop(true)
	world.close()
})

/** A page of the relying party that signs out by a form, with whatever it was given. */
const leaveForm = (given: Record<string, string>) =>
	`<form method="post" action="${world.issuer}/oauth/end_session">${Object.entries(given)
		.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
		.join('')}<button>leave</button></form>`

interface Seen {
	page: Page
	context: BrowserContext
	complaints: string[]
	idToken: string
}

/** A window in which the holder is signed in, and an id_token of that very session. */
async function signedInWindow(how: { scripts?: boolean; language?: string; size?: typeof PHONE } = {}): Promise<Seen> {
	const context = await browser.newContext({
		javaScriptEnabled: how.scripts ?? true,
		locale: how.language ?? 'en-GB',
		viewport: how.size ?? PHONE,
	})
	const visitor = await signedIn(provider, holder)
	const idToken = (await tokensOf(await exchange(provider, rp, await codeFor(visitor, rp)))).id_token
	// A cookie's host has no scheme, but only an https one may be given a `__Host-` cookie from outside.
	const url = world.issuer.replace('http:', 'https:')
	for (const { name, value } of visitor.cookies())
		await context.addCookies([{ name, value, url, secure: true, httpOnly: true, sameSite: 'Lax' }])
	const page = await context.newPage()
	page.setDefaultTimeout(10_000)
	const complaints: string[] = []
	page.on('pageerror', (error) => complaints.push(error.message))
	page.on('console', (message) => {
		if (message.type() === 'error' && !/favicon|Failed to load resource/.test(message.text()))
			complaints.push(message.text())
	})
	received.length = 0
	return { page, context, complaints, idToken }
}

const authorizeUrl = (changes: Record<string, string>) =>
	`${world.issuer}/oauth/authorize?${authorizationParameters(rp, changes)}`
const leaveUrl = (params: Record<string, string>) => `${world.issuer}/oauth/end_session?${new URLSearchParams(params)}`
const bye = () => `http://127.0.0.1:${agency.port}/bye`
const isSignedIn = async ({ context }: Seen) =>
	(await context.cookies(world.issuer)).some(({ name }) => name === cookieName('session'))
const posted = () => received.filter(({ method }) => method === 'POST')

describe('an answer in a form', () => {
	test('goes by itself, and its own policy lets it', async () => {
		const seen = await signedInWindow()
		await seen.page.goto(authorizeUrl({ response_mode: 'form_post' }), { waitUntil: 'commit' })
		await seen.page.waitForURL('**/callback')
		expect(posted()).toMatchObject([
			{ path: '/callback', form: { code: expect.any(String), state: 'state-of-the-rp', iss: world.issuer } },
		])
		expect(seen.complaints).toEqual([])
		await seen.context.close()
	})

	test('goes by its button where no script runs', async () => {
		const seen = await signedInWindow({ scripts: false })
		await seen.page.goto(authorizeUrl({ response_mode: 'form_post', ui_locales: 'en' }))
		expect(posted()).toEqual([])
		await seen.page.getByRole('button', { name: 'Continue' }).click()
		await seen.page.waitForURL('**/callback')
		expect(posted()).toHaveLength(1)
		await seen.context.close()
	})
})

describe('signing out', () => {
	test('asked on our page: yes, and on to where the relying party is', async () => {
		const seen = await signedInWindow()
		await seen.page.goto(leaveUrl({ client_id: rp.id, post_logout_redirect_uri: bye(), state: 's', ui_locales: 'en' }))
		expect(await seen.page.textContent('main')).toContain('Department of Examples (www.examples.example)')
		await seen.page.getByRole('button', { name: 'Sign out' }).click()
		await seen.page.waitForURL('**/bye?state=s')
		expect(await isSignedIn(seen)).toBe(false)
		expect(seen.complaints).toEqual([])
		await seen.context.close()
	})

	test('and no', async () => {
		const seen = await signedInWindow()
		await seen.page.goto(leaveUrl({ ui_locales: 'en' }))
		await seen.page.getByRole('button', { name: 'Stay signed in' }).click()
		await seen.page.getByRole('heading', { name: 'You are still signed in' }).waitFor()
		expect(await isSignedIn(seen)).toBe(true)
		await seen.context.close()
	})

	test('by a form of the relying party’s site, which brings no Lax cookie, all the same', async () => {
		const seen = await signedInWindow()
		await seen.page.goto(`http://127.0.0.1:${agency.port}/elsewhere`)
		await seen.page.setContent(
			leaveForm({ id_token_hint: seen.idToken, post_logout_redirect_uri: bye(), state: 'by-form' }),
		)
		await seen.page.click('button')
		await seen.page.waitForURL('**/bye?state=by-form')
		expect(await isSignedIn(seen)).toBe(false)
		await seen.context.close()
	})

	test('not by another site’s copy of our form', async () => {
		const seen = await signedInWindow()
		await seen.page.goto(leaveUrl({}))
		const sealed = await seen.page.inputValue('[name=request]')
		await seen.page.goto(`http://127.0.0.1:${agency.port}/elsewhere`)
		await seen.page.setContent(
			`<form method="post" action="${world.issuer}/oauth/end_session/confirm"><input name="request" value="${sealed}"><button name="decision" value="sign-out">x</button></form>`,
		)
		const [answer] = await Promise.all([
			seen.page.waitForResponse((response) => response.url().endsWith('/confirm')),
			seen.page.click('button'),
		])
		expect(answer.status()).toBe(403)
		expect(await isSignedIn(seen)).toBe(true)
		await seen.context.close()
	})
})

/** Each page, as it is reached, and what it says first. */
const PAGES: Record<
	string,
	{ path(seen: Seen): string; press?: { th: string; en: string }; h1: { th: string; en: string } }
> = {
	'an answer in a form': {
		path: () => authorizeUrl({ response_mode: 'form_post' }),
		h1: { th: 'กำลังกลับไปที่เว็บไซต์ของหน่วยงาน', en: 'Going back to the agency' },
	},
	'the question whether to sign out': {
		path: () => leaveUrl({ client_id: rp.id, post_logout_redirect_uri: bye() }),
		h1: { th: 'ต้องการออกจากระบบหรือไม่', en: 'Do you want to sign out?' },
	},
	'signed out': {
		path: ({ idToken }) => leaveUrl({ id_token_hint: idToken }),
		h1: { th: 'ออกจากระบบแล้ว', en: 'You are signed out' },
	},
	'still signed in': {
		path: () => leaveUrl({ client_id: rp.id, post_logout_redirect_uri: bye() }),
		press: { th: 'ไม่ออกจากระบบ', en: 'Stay signed in' },
		h1: { th: 'ท่านยังอยู่ในระบบ', en: 'You are still signed in' },
	},
	'an error of signing out': {
		path: () => leaveUrl({ post_logout_redirect_uri: 'https://evil.example/' }),
		h1: { th: 'ออกจากระบบไม่ได้', en: 'You could not be signed out' },
	},
	'an error of signing in': {
		path: () => `${world.issuer}/oauth/authorize?client_id=nobody`,
		h1: { th: 'ไม่รู้จักหน่วยงานนี้', en: 'We do not know this agency' },
	},
}

/** All four in the long run. */
const LOOKS = [
	{ language: 'th' as const, size: PHONE },
	{ language: 'en' as const, size: DESKTOP },
	...(process.env.TEST_LONG
		? [
				{ language: 'th' as const, size: DESKTOP },
				{ language: 'en' as const, size: PHONE },
			]
		: []),
]

describe.each(Object.entries(PAGES))('%s', (name, { path, press, h1 }) => {
	test.each(LOOKS)(
		'in $language at $size.width px can be read by anybody',
		async ({ language, size }) => {
			const scheme = size === PHONE ? 'light' : 'dark'
			const seen = await signedInWindow({ language: language === 'th' ? 'th-TH' : 'en-GB', size })
			const { page } = seen
			// No content: the browser stays where it is, and a page that goes on by itself can be looked at.
			await page.route('**/callback', (route) => route.fulfill({ status: 204 }))
			await page.emulateMedia({ colorScheme: scheme })
			const url = path(seen)
			await page.goto(url.includes('form_post') ? `${url}&ui_locales=${language}` : url, { waitUntil: 'commit' })
			await page.locator('main').waitFor()
			if (press) await page.getByRole('button', { name: press[language], exact: true }).click()
			expect(await page.textContent('h1')).toBe(h1[language])
			expect(await page.getAttribute('html', 'lang')).toBe(language)
			expect(await violationsOf(page)).toEqual([])
			const sizes = await page.evaluate(() => ({
				text: Number.parseFloat(getComputedStyle(document.querySelector('main') ?? document.body).fontSize),
				overflow: document.documentElement.scrollWidth > window.innerWidth,
				small: [...document.querySelectorAll('button')].filter((button) => button.getBoundingClientRect().height < 44)
					.length,
			}))
			expect(sizes).toEqual({ text: 18, overflow: false, small: 0 })
			expect(seen.complaints).toEqual([])
			const { SERVER_PAGES } = process.env
			if (SERVER_PAGES)
				await page.screenshot({
					path: join(SERVER_PAGES, `${name.replaceAll(' ', '-')}-${language}-${size.width}.png`),
				})
			await seen.context.close()
		},
		60_000,
	)
})
