import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Browser, createBrowser } from '../kit/http-client.ts'
import { freePort, startProgram } from './kit/program.ts'
import { startProvider } from './kit/provider.ts'
import { repository } from './kit/tools.ts'

const port = freePort()
const baseUrl = `http://localhost:${port}`
const provider = await startProvider([new URL(baseUrl).host])
const folder = join(repository, 'examples/openid-client-fapi2')
const { stdout } = Bun.spawnSync([process.execPath, 'new-key.ts'], { cwd: folder })
const { jwk, jwks } = JSON.parse(stdout.toString())
await provider.register('openid-client-fapi2', baseUrl, { jwks })
const agency = await startProgram([process.execPath, 'agency.ts'], {
	cwd: folder,
	env: { ISSUER: provider.issuer, PORT: String(port), CLIENT_JWK: JSON.stringify(jwk) },
	ready: baseUrl,
})
afterAll(async () => {
	await agency.stop()
	await provider.close()
})

const visit = () => createBrowser((request) => fetch(request), { origin: baseUrl })
const begin = async (browser: Browser) => (await browser.get('/sign-in')).headers.get('location') ?? ''

describe('examples/openid-client-fapi2', () => {
	test('pushes its request: the browser carries a client_id and a request_uri, nothing else', async () => {
		const { searchParams } = new URL(await begin(visit()))
		expect([...searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
	})

	test('knows the citizen, and reads their data anew with its refresh token', async () => {
		const browser = visit()
		const page = await browser.get(await provider.signIn(await begin(browser)), { follow: true })
		const citizen = (await page.json()) as Record<string, string>
		expect(citizen).toMatchObject({ pid: provider.person.pid, name: 'สมชาย ใจดี' })
		const again = await browser.post('/refresh', {})
		expect(await again.json()).toEqual(citizen)
		// And once more: under fapi2 the same refresh token stays.
		expect((await browser.post('/refresh', {})).status).toBe(200)
		expect((await visit().post('/refresh', {})).status).toBe(401)
	})

	/** In a browser that has signed in by QR; the other one is the same desktop's at the provider. */
	async function signedIn(): Promise<{ browser: Browser; desktop: Browser }> {
		const [browser, desktop] = [visit(), provider.desktop()]
		await browser.get(await provider.signIn(await begin(browser), desktop))
		expect((await browser.get('/')).status).toBe(200)
		return { browser, desktop }
	}
	const isSignedIn = async (browser: Browser) => (await browser.get('/')).status === 200

	test('signs out here and at the provider, and comes back', async () => {
		const { browser, desktop } = await signedIn()
		const location = (await browser.post('/sign-out', {})).headers.get('location') ?? ''
		expect(location).toStartWith(`${provider.issuer}/oauth/end_session?`)
		const back = await desktop.get(location)
		expect(back.headers.get('location')).toBe(`${baseUrl}/signed-out`)
		expect(await isSignedIn(browser)).toBe(false)
	})

	test('is told where the citizen signs out at the provider', async () => {
		const { browser, desktop } = await signedIn()
		const other = await signedIn()
		const page = await (await desktop.get('/oauth/end_session')).text()
		const [, request = ''] = /name="request" value="([^"]+)"/.exec(page) ?? []
		await desktop.post('/oauth/end_session/confirm', new URLSearchParams({ request, decision: 'sign-out' }))
		for (let tries = 0; tries < 100 && (await isSignedIn(browser)); tries++) await Bun.sleep(20)
		expect(await isSignedIn(browser)).toBe(false)
		expect(await isSignedIn(other.browser)).toBe(true)
	})

	test('believes no logout token that the provider has not signed', async () => {
		const { browser } = await signedIn()
		const answer = await visit().post('/backchannel', new URLSearchParams({ logout_token: 'a.b.c' }))
		expect(answer.status).toBe(400)
		expect(await isSignedIn(browser)).toBe(true)
	})

	test('refuses an answer that came with another state, or to another browser', async () => {
		const browser = visit()
		const answer = new URL(await provider.signIn(await begin(browser)))
		expect((await visit().get(answer.href)).status).toBe(400)
		answer.searchParams.set('state', 'another')
		expect((await browser.get(answer.href)).status).toBe(502)
		expect((await browser.get('/')).headers.get('location')).toBe('/sign-in')
	})
})
