import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Browser, createBrowser } from '../kit/http-client.ts'
import { freePort, startProgram } from './kit/program.ts'
import { startProvider } from './kit/provider.ts'
import { repository } from './kit/tools.ts'

const provider = await startProvider()
const port = freePort()
const baseUrl = `http://localhost:${port}`
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

	test('refuses an answer that came with another state, or to another browser', async () => {
		const browser = visit()
		const answer = new URL(await provider.signIn(await begin(browser)))
		expect((await visit().get(answer.href)).status).toBe(400)
		answer.searchParams.set('state', 'another')
		expect((await browser.get(answer.href)).status).toBe(502)
		expect((await browser.get('/')).headers.get('location')).toBe('/sign-in')
	})
})
