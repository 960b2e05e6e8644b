import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { en } from '../../../web/words/public/en.ts'
import { th } from '../../../web/words/public/th.ts'
import { type FakeServer, startFakeServer } from './kit/fake-server.ts'
import { openBrowser, openWindow, type Window } from './kit/window.ts'

/** Thai first; English where it is asked for; the choice is kept. */
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
	window = await openWindow(browser)
})
afterEach(() => window.context.close())

const seen = async (path: string) => {
	await window.page.goto(server.url + path)
	return {
		heading: await window.page.locator('h1').innerText(),
		language: await window.page.getAttribute('html', 'lang'),
		title: await window.page.title(),
	}
}
const thai = { heading: th.head, language: 'th', title: `${th.title} · DOPA Digital ID` }
const english = { heading: en.head, language: 'en', title: `${en.title} · DOPA Digital ID` }

test('a new browser reads Thai, and loads no English', async () => {
	const scripts: string[] = []
	window.page.on('request', (request) => scripts.push(new URL(request.url()).pathname))
	expect(await seen('/')).toEqual(thai)
	expect(scripts.filter((path) => /\/en-/.test(path))).toEqual([])
})

test('?lang=en is English from the first drawing, and stays chosen without it', async () => {
	expect(await seen('/?lang=en')).toEqual(english)
	expect(await seen('/')).toEqual(english)
})

test('?lang=th wins over what was chosen', async () => {
	await seen('/?lang=en')
	expect(await seen('/?lang=th')).toEqual(thai)
})

test('the switch names the other language in that language, and switches without losing the page', async () => {
	await seen('/')
	const toEnglish = window.page.getByRole('button', { name: 'English' })
	expect(await toEnglish.getAttribute('lang')).toBe('en')
	await toEnglish.click()
	await window.page.getByRole('button', { name: 'ไทย' }).waitFor()
	expect(await window.page.locator('h1').innerText()).toBe(en.head)
	expect(await window.page.title()).toBe(english.title)
})

test('the first Tab offers to skip to the content', async () => {
	await seen('/')
	await window.page.keyboard.press('Tab')
	await window.page.keyboard.press('Enter')
	expect(await window.page.evaluate(() => document.activeElement?.id)).toBe('content')
})
