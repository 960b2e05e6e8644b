import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../browser/pages/kit/window.ts'
import { startProvider } from './kit/provider.ts'
import { repository } from './kit/tools.ts'

/** The single-page example in a real browser, whose CORS decides what it may read. */
setDefaultTimeout(60_000)
const folder = join(repository, 'examples/oidc-client-ts')

const provider = await startProvider()
const built = await Bun.build({ entrypoints: [join(folder, 'agency.ts')], target: 'browser' })
const [script] = built.outputs
const html = (await Bun.file(join(folder, 'index.html')).text())
	.replace('http://localhost:8787', provider.issuer)
	.replace('./agency.ts', '/agency.js')
const serve = () =>
	Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		fetch: (request) =>
			new URL(request.url).pathname === '/agency.js'
				? new Response(script, { headers: { 'content-type': 'text/javascript' } })
				: new Response(html, { headers: { 'content-type': 'text/html' } }),
	})
const site = serve()
/** The same page somewhere else. */
const elsewhere = serve()
const at = (server: typeof site) => `http://localhost:${server.port}`
await provider.register('oidc-client-ts', at(site))

let chromium: Browser
beforeAll(async () => {
	chromium = await openBrowser()
})
afterAll(async () => {
	await chromium.close()
	await Promise.all([site.stop(true), elsewhere.stop(true), provider.close()])
})

/** A page that is about to sign in, and what it asked the provider. */
async function begin(): Promise<{ page: Page; asked: string }> {
	const page = await (await chromium.newContext()).newPage()
	page.setDefaultTimeout(10_000)
	await page.route(`${provider.issuer}/oauth/authorize?**`, (route) => route.fulfill({ body: 'the provider' }))
	await page.goto(at(site))
	const [request] = await Promise.all([page.waitForRequest('**/oauth/authorize?**'), page.click('#sign-in')])
	await page.waitForURL('**/oauth/authorize?**')
	return { page, asked: request.url() }
}

async function shown(page: Page): Promise<Record<string, string>> {
	await page.waitForFunction(() => document.getElementById('citizen')?.textContent !== '')
	return JSON.parse((await page.textContent('#citizen')) ?? '{}')
}

describe('examples/oidc-client-ts', () => {
	test('knows the citizen, reads their data anew, and leaves no code in the address', async () => {
		const { page, asked } = await begin()
		expect(new URL(asked).searchParams.get('code_challenge_method')).toBe('S256')
		await page.goto(await provider.signIn(asked))
		expect(await shown(page)).toMatchObject({
			pid: provider.person.pid,
			name: 'สมชาย ใจดี',
			acr: 'urn:dopa:digital-id:acr:aal2:qr',
		})
		expect(page.url()).toBe(`${at(site)}/`)
		await page.evaluate(() => document.getElementById('citizen')?.replaceChildren())
		await page.click('#refresh')
		expect(await shown(page)).toMatchObject({ pid: provider.person.pid })
		await page.context().close()
	})

	test('shows the error that the provider answered', async () => {
		const { page, asked } = await begin()
		await page.goto((await provider.signIn(asked)).replace(/code=[^&]+/, 'code=x'))
		expect(await shown(page)).toEqual({ error: 'invalid_grant' })
		await page.context().close()
	})

	test('cannot be run from an origin that is not registered', async () => {
		const page = await (await chromium.newContext()).newPage()
		await page.goto(at(elsewhere))
		const read = await page.evaluate(async (token) => {
			const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: 'spa-agency', code: 'x' })
			return fetch(token, { method: 'POST', body }).then(
				(response) => response.status,
				() => 'refused by the browser',
			)
		}, `${provider.issuer}/oauth/token`)
		expect(read).toBe('refused by the browser')
		await page.context().close()
	})
})
