import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { violationsOf } from './kit/axe.ts'
import { type FakeServer, startFakeServer } from './kit/fake-server.ts'
import { LOOKS, lookName, wear } from './kit/looks.ts'
import { enter, STATES } from './kit/states.ts'
import { openBrowser, openWindow } from './kit/window.ts'

/**
 * Every state of every page, in both languages, both colour schemes, on a phone and on a desktop: nothing that axe-core
 * finds, nothing that runs out of the window, nothing too small for a finger, and no word left in the other language.
 */
let server: FakeServer
let browser: Browser

beforeAll(async () => {
	server = await startFakeServer()
	browser = await openBrowser()
}, 120_000)
afterAll(async () => {
	await browser.close()
	await server.stop()
})

describe.each([...STATES])('$name', (state) => {
	test('can be read, reached and touched by anybody', async () => {
		const window = await openWindow(browser, { phone: state.phone })
		try {
			await enter(window, server, state)
			const wrong: string[] = []
			for (const look of LOOKS) {
				await wear(window.page, look)
				const found = [...(await violationsOf(window.page)), ...(await ownFindings(window.page))]
				wrong.push(...found.map((finding) => `${lookName(look)}: ${finding}`))
			}
			expect(wrong).toEqual([])
			expect(window.complaints).toEqual([])
			expect(server.complaints.splice(0)).toEqual([])
		} finally {
			await window.context.close()
		}
	}, 60_000)
})

/** What axe-core does not look at. */
async function ownFindings(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const findings: string[] = []
		const root = document.documentElement
		if (root.scrollWidth > window.innerWidth) findings.push(`runs out of the window: ${root.scrollWidth} px`)
		if (!/ · DOPA Digital ID$/.test(document.title)) findings.push(`title: ${document.title}`)
		if (Number.parseFloat(getComputedStyle(document.body).fontSize) < 18) findings.push('text below 18 px')
		for (const element of document.querySelectorAll<HTMLElement>(
			'button, .button, nav a, input, .choices label, .check',
		)) {
			const box = element.getBoundingClientRect()
			// A control inside a label is as big as its label.
			const inLabel = element.matches('input[type=radio], input[type=checkbox]')
			if (!inLabel && box.height > 0 && (box.height < 44 || box.width < 44))
				findings.push(`small target: ${element.textContent?.trim()} ${box.width}x${box.height}`)
		}
		const primary = [...document.querySelectorAll('main [data-look=primary]')].filter(
			(button) => button.getClientRects().length > 0,
		)
		if (primary.length > 1) findings.push(`${primary.length} primary acts`)
		// English pages show Thai only where it is the citizen's own data or is marked as Thai.
		if (root.lang === 'en') {
			const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
			for (let node = walker.nextNode(); node; node = walker.nextNode()) {
				const own = node.parentElement?.closest('[lang=th], dd, noscript, .who, .notices, .big-name')
				if (!own && /[\u0e00-\u0e7f]/.test(node.textContent ?? ''))
					findings.push(`Thai in English: ${node.textContent}`)
			}
		}
		return findings
	})
}
