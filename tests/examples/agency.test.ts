import { afterAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { allScopes } from '../../db/seed/agencies.ts'
import { type AgencyOptions, createAgency } from '../../examples/agency/agency.ts'
import { demoCredentials } from '../../examples/agency/demo-credentials.ts'
import { scopes } from '../../examples/agency/pages.ts'
import { createBrowser } from '../kit/http-client.ts'
import { startIssuer } from './issuer.ts'

const baseUrl = 'http://localhost:8788'
const issuer = await startIssuer(() => `${baseUrl}/callback`)
// What the agency writes to its log about refused answers.
const log = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => {
	issuer.close()
	log.mockRestore()
})
beforeEach(() => {
	issuer.refuses = false
})

/** The agency in process, the provider over a port, and one browser that visits both. */
function visit(options: Partial<AgencyOptions> = {}) {
	const agency = createAgency({
		issuer: issuer.url,
		baseUrl,
		clientId: 'sample-agency',
		clientSecret: demoCredentials.clientSecret,
		privateJwk: demoCredentials.privateJwk,
		...options,
	})
	const fetchBoth = (request: Request) => (request.url.startsWith(baseUrl) ? agency.fetch(request) : fetch(request))
	return createBrowser(fetchBoth, { origin: baseUrl })
}

const asking = (...wanted: string[]) => new URLSearchParams(wanted.map((scope) => ['scope', scope]))
const signIn = (browser: ReturnType<typeof visit>, ...wanted: string[]) =>
	browser.post('/sign-in', asking(...wanted), { follow: true })

/** Answers of the provider, changed on their way. */
const changing =
	(path: string, change: (body: Record<string, unknown>) => object): NonNullable<AgencyOptions['fetch']> =>
	async (url, init) => {
		const response = await fetch(url, init as RequestInit)
		return url.endsWith(path) ? Response.json(change((await response.json()) as Record<string, unknown>)) : response
	}

describe('signing in', () => {
	test('offers the thirteen scopes, openid always among them', async () => {
		const page = await (await visit().get('/')).text()
		expect(scopes.map(({ scope }) => scope).toSorted()).toEqual([...allScopes].toSorted())
		for (const scope of allScopes) expect(page).toContain(`value="${scope}"`)
		expect(page).toContain('value="openid" checked disabled')
	})

	test('sends code, PKCE S256, state, nonce and exactly the scopes that were chosen', async () => {
		const browser = visit()
		const response = await browser.post('/sign-in', asking('pid', 'unheard-of'))
		expect(response.status).toBe(303)
		const request = new URL(response.headers.get('location') ?? '').searchParams
		expect(Object.fromEntries(request)).toMatchObject({
			response_type: 'code',
			client_id: 'sample-agency',
			redirect_uri: `${baseUrl}/callback`,
			scope: 'openid pid',
			code_challenge_method: 'S256',
		})
		for (const name of ['state', 'nonce', 'code_challenge']) expect(request.get(name)).toMatch(/^[\w-]{43}$/)
		expect(browser.cookies()[0]).toMatchObject({ name: 'agency', httpOnly: true, sameSite: 'Lax' })
	})

	test.each([
		['client_secret_basic', 'sample-agency', 'RS256'],
		['client_secret_post', 'sample-agency-post', 'RS256'],
		['private_key_jwt', 'sample-agency-jwt', 'ES256'],
	])('with %s shows what was received', async (clientAuth, clientId, idTokenAlg) => {
		const browser = visit({ clientAuth, clientId, idTokenAlg })
		const page = await (await signIn(browser, 'pid', 'name', 'address')).text()
		expect(page).toContain('เข้าสู่ระบบแล้ว')
		for (const shown of [
			'1980000009903',
			'1 หมู่ 2 ตำบลตัวอย่าง',
			'<dd>aal2</dd>',
			'<dt><code>auth_time',
			idTokenAlg,
			issuer.url,
			clientId,
		])
			expect(page).toContain(shown)
	})

	test('escapes what it shows', async () => {
		const page = await (await signIn(visit(), 'name')).text()
		expect(page).toContain('ทดสอบ &lt;b&gt;ตัวอย่าง')
		expect(page).not.toContain('<b>')
	})

	test('pushes the request where that is switched on', async () => {
		const browser = visit({ pushRequests: true })
		const location = (await browser.post('/sign-in', asking('name'))).headers.get('location') ?? ''
		expect([...new URL(location).searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
		expect(await (await browser.get(location, { follow: true })).text()).toContain('เข้าสู่ระบบแล้ว')
	})

	test('starts a new session, and signing out ends it', async () => {
		const browser = visit()
		await browser.post('/sign-in', asking())
		const before = browser.cookies()[0]?.value
		await signIn(browser, 'name')
		const after = browser.cookies()[0]?.value
		expect(after).not.toBe(before)
		await browser.post('/sign-out', new URLSearchParams())
		expect(browser.cookies()).toEqual([])
		const old = await browser.get('/', { headers: { cookie: `agency=${after}` } })
		expect(await old.text()).not.toContain('เข้าสู่ระบบแล้ว')
	})

	test('works from two tabs of one browser', async () => {
		const browser = visit()
		const first = (await browser.post('/sign-in', asking('name'))).headers.get('location') ?? ''
		const second = (await browser.post('/sign-in', asking('pid'))).headers.get('location') ?? ''
		const answer = await browser.get(first)
		expect(answer.status).toBe(303)
		expect(await (await browser.get(second, { follow: true })).text()).toContain('เข้าสู่ระบบแล้ว')
	})
})

describe('errors in plain words', () => {
	test('access_denied', async () => {
		issuer.refuses = true
		const response = await signIn(visit(), 'name')
		expect(response.status).toBe(403)
		const page = await response.text()
		expect(page).toContain('ท่านไม่อนุญาต')
		expect(page).toContain('<code>access_denied</code>')
	})

	test('a provider that is not there, and one that comes back', async () => {
		let down = true
		const browser = visit({
			fetch: (url, init) => (down ? Promise.reject(new Error('down')) : fetch(url, init as RequestInit)),
		})
		const response = await signIn(browser, 'name')
		expect(response.status).toBe(502)
		expect(await response.text()).toContain('ติดต่อผู้ให้บริการไม่ได้')
		down = false
		expect((await signIn(browser, 'name')).status).toBe(200)
	})

	test('a wrong secret', async () => {
		const response = await signIn(visit({ clientSecret: 'wrong' }), 'name')
		expect(response.status).toBe(502)
		expect(await response.text()).toContain('เข้าสู่ระบบไม่สำเร็จ')
	})
})

describe('refuses', () => {
	/** A callback in the browser that began, with the provider's answer changed. */
	async function callback(browser: ReturnType<typeof visit>, change: (answer: URL) => void) {
		let at = (await browser.post('/sign-in', asking('name'))).headers.get('location') ?? ''
		while (!at.startsWith(baseUrl)) {
			const { headers } = await browser.get(at)
			at = new URL(headers.get('location') ?? '', at).href
		}
		const answer = new URL(at)
		change(answer)
		return browser.get(answer.href)
	}

	test.each([
		['another state', 400, (answer: URL) => answer.searchParams.set('state', 'x')],
		['no state', 400, (answer: URL) => answer.searchParams.delete('state')],
		['another issuer (mix-up)', 502, (answer: URL) => answer.searchParams.set('iss', 'https://other.example')],
		['no issuer', 502, (answer: URL) => answer.searchParams.delete('iss')],
		['another code', 502, (answer: URL) => answer.searchParams.set('code', 'x')],
	])('%s', async (_, status, change) => {
		const browser = visit()
		expect((await callback(browser, change)).status).toBe(status)
		expect(await (await browser.get('/')).text()).not.toContain('เข้าสู่ระบบแล้ว')
	})

	test('an answer that another browser began', async () => {
		const begun = visit()
		let seen = ''
		await callback(begun, (answer) => {
			seen = answer.href
			answer.searchParams.set('state', 'x')
		})
		expect((await visit().get(seen)).status).toBe(400)
	})

	test('an answer twice', async () => {
		const browser = visit()
		let seen = ''
		const first = await callback(browser, (answer) => {
			seen = answer.href
		})
		expect(first.status).toBe(303)
		expect((await browser.get(seen)).status).toBe(400)
	})

	test('an id_token whose signature is wrong', async () => {
		const broken = (jwt: string) => jwt.replace(/\.[^.]+$/, `.${'A'.repeat(342)}`)
		const browser = visit({
			fetch: changing('/token', (body) => ({ ...body, id_token: broken(String(body.id_token)) })),
		})
		const response = await signIn(browser, 'name')
		expect(response.status).toBe(502)
		expect(await response.text()).toContain('<code>answer_refused</code>')
	})

	test("another person's userinfo", async () => {
		const response = await signIn(visit({ fetch: changing('/me', (body) => ({ ...body, sub: 'somebody' })) }), 'name')
		expect(response.status).toBe(502)
		expect(await response.text()).toContain('<code>answer_refused</code>')
	})

	test('a form that another site sends', async () => {
		const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
		for (const path of ['/sign-in', '/sign-out'])
			expect((await visit().post(path, asking(), { headers })).status).toBe(403)
	})

	test('plain http to a provider that is not on this machine', async () => {
		const asked: string[] = []
		const browser = visit({
			issuer: 'http://issuer.example',
			fetch: (url) => {
				asked.push(url)
				return Promise.reject(new Error('unreachable'))
			},
		})
		expect((await browser.post('/sign-in', asking())).status).toBe(502)
		expect(asked).toEqual([])
	})
})

test('every page carries a policy that forbids scripts and inline style', async () => {
	const response = await visit().get('/')
	expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'")
	const page = await response.text()
	expect(page).not.toMatch(/<script|<style| style=| on\w+=/)
	expect((await visit().get('/agency.css')).headers.get('content-type')).toContain('text/css')
})

test('brings its letters along: each font that the style names is served from here, and nothing else beside them', async () => {
	const style = await (await visit().get('/agency.css')).text()
	const fonts = [...style.matchAll(/url\('([^']+)'\)/g)].map(([, path = '']) => path)
	expect(fonts).toHaveLength(4)
	for (const path of fonts) {
		const response = await visit().get(path)
		expect(response.headers.get('content-type')).toBe('font/woff2')
		expect(new TextDecoder().decode((await response.arrayBuffer()).slice(0, 4))).toBe('wOF2')
	}
	expect((await visit().get('/')).headers.get('content-security-policy')).toContain("font-src 'self'")
	expect((await visit().get('/fonts/sarabun-thai-100-normal.woff2')).status).toBe(404)
	expect((await visit().get('/fonts/..%2Findex.css')).status).toBe(404)
})
