import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../src/proofing/index.ts'
import { type Browser, createBrowser } from '../kit/http-client.ts'
import { beginSignIn, type Citizen, enrol, fragmentOf, joinOffice, signInHere } from '../kit/journeys.ts'
import { openWorld, type World } from '../kit/world.ts'

const world = await openWorld()
afterAll(() => world.close())

const get = (path: string, init: RequestInit = {}, of: World = world) =>
	Promise.resolve(of.app.fetch(new Request(`${of.issuer}${path}`, init)))

const SIGN_IN = `/oauth/authorize?${new URLSearchParams({
	response_type: 'code',
	client_id: 'sample-agency',
	redirect_uri: 'http://localhost:8788/callback',
	scope: 'openid name',
	code_challenge: 'c'.repeat(43),
	code_challenge_method: 'S256',
})}`
const FORM = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }

/** Every kind of answer: what is asked, its status, and how long it may be kept. */
const PUBLIC = 'public, max-age=300'
const ANSWERS: [path: string, init: RequestInit, status: number, kept: string][] = [
	['/', {}, 200, 'no-store'],
	['/q', {}, 200, 'no-store'],
	['/enrol', {}, 200, 'no-store'],
	['/card', {}, 200, 'no-store'],
	['/inbox', {}, 200, 'no-store'],
	['/scan', {}, 200, 'no-store'],
	['/check', {}, 200, 'no-store'],
	['/office', {}, 200, 'no-store'],
	['/office/join', {}, 200, 'no-store'],
	['/sign-in/si_abc', {}, 200, 'no-store'],
	['/assets/main-abc.js', {}, 200, 'public, max-age=31536000, immutable'],
	['/icon.svg', {}, 200, 'public, max-age=3600'],
	['/sw.js', {}, 200, 'no-cache'],
	['/shell', {}, 200, 'no-cache'],
	['/index.html', {}, 404, 'no-store'],
	['/index%2ehtml', {}, 404, 'no-store'],
	['/INDEX.HTML', {}, 404, 'no-store'],
	['/%E0%A4%A', {}, 404, 'no-store'],
	['/nothing', { method: 'POST' }, 404, 'no-store'],
	['/healthz', {}, 200, 'no-store'],
	['/.well-known/openid-configuration', {}, 200, PUBLIC],
	['/.well-known/jwks.json', {}, 200, PUBLIC],
	['/.well-known/jwks.json', { method: 'DELETE' }, 405, 'no-store'],
	[SIGN_IN, {}, 303, 'no-store'],
	[`${SIGN_IN}&prompt=none`, {}, 303, 'no-store'],
	['/oauth/authorize', {}, 400, 'no-store'],
	['/oauth/authorize', { method: 'PUT' }, 405, 'no-store'],
	['/oauth/token', FORM, 400, 'no-store'],
	['/oauth/token', { ...FORM, body: 'client_id=sample-agency' }, 401, 'no-store'],
	['/oauth/token', { ...FORM, body: 'a'.repeat(70_000) }, 413, 'no-store'],
	['/oauth/par', { method: 'POST' }, 415, 'no-store'],
	['/oauth/userinfo', {}, 401, 'no-store'],
	['/trpc/me.card', {}, 403, 'no-store'],
	['/trpc/me.card?input=%7B%7D', { headers: { 'x-dopa': '1' } }, 401, 'no-store'],
	['/trpc/no.such', { headers: { 'x-dopa': '1' } }, 404, 'no-store'],
	['/trpc/me.lock', { method: 'POST', body: 'a'.repeat(70_000), headers: { 'x-dopa': '1' } }, 413, 'no-store'],
	['/sign-in/si_abc/poll', {}, 404, 'no-store'],
	['/sign-in/si_abc/events', {}, 404, 'no-store'],
	['/office/cases/case_abc/events', {}, 401, 'no-store'],
]

function expectGuarded(response: Response): void {
	const header = (name: string) => response.headers.get(name)
	const csp = new Map(
		(header('content-security-policy') ?? '').split('; ').map((part) => {
			const [name = '', ...values] = part.split(' ')
			return [name, values.join(' ')] as const
		}),
	)
	expect(csp.get('default-src')).toBe("'none'")
	expect(csp.get('script-src')).toBe("'self'")
	expect(csp.get('frame-ancestors')).toBe("'none'")
	expect(csp.get('base-uri')).toBe("'none'")
	expect(csp.get('form-action')).toBe("'self'")
	expect([...csp.values()].join(' ')).not.toMatch(/unsafe|\*|https?:/)
	expect(header('x-content-type-options')).toBe('nosniff')
	expect(header('x-frame-options')).toBe('DENY')
	expect(header('referrer-policy')).toBe('no-referrer')
	expect(header('cross-origin-opener-policy')).toBe('same-origin')
	expect(header('permissions-policy')).toContain('geolocation=()')
	expect(header('server')).toBeNull()
	expect(header('x-powered-by')).toBeNull()
}

describe('every answer is guarded', () => {
	test.each(ANSWERS)('%s %o: %d', async (path, init, status, kept) => {
		const response = await get(path, init)
		expect(response.status).toBe(status)
		expect(response.headers.get('cache-control')).toBe(kept)
		expectGuarded(response)
	})

	test('an error of ours too, in the form that was asked for, and it tells nothing', async () => {
		const broken = await openWorld()
		broken.close()
		const page = await get(SIGN_IN, { headers: { accept: 'text/html' } }, broken)
		expect(page.status).toBe(500)
		expectGuarded(page)
		expect(page.headers.get('content-type')).toStartWith('text/html')
		const text = await page.text()
		expect(text).toContain('ระบบขัดข้องชั่วคราว')
		expect(text).not.toMatch(/select|sqlite|closed/i)
		const json = await get('/oauth/userinfo', { headers: { authorization: 'Bearer x' } }, broken)
		expect(json.status).toBe(500)
		expectGuarded(json)
		expect(await json.json()).toEqual({ error: 'server_error' })
		const call = await get(
			'/trpc/me.card?input=%7B%7D',
			{ headers: { 'x-dopa': '1', cookie: '__Host-session=x' } },
			broken,
		)
		expect(call.status).toBe(500)
		expectGuarded(call)
		expect(await call.text()).not.toMatch(/select|sqlite|stack/i)
	})

	test('the camera is for the page that scans, and for no other', async () => {
		for (const [path, camera] of [
			['/scan', '(self)'],
			['/card', '()'],
			['/scan/x', '()'],
			['/q', '()'],
		])
			expect((await get(path ?? '')).headers.get('permissions-policy')).toContain(`camera=${camera},`)
	})

	test('other origins may read the public documents and nothing else', async () => {
		for (const [path, init] of ANSWERS) {
			const { headers } = await get(path, { ...init, headers: { ...init.headers, origin: 'https://rp.example' } })
			const isPublic = path.startsWith('/.well-known/') && init.method === undefined
			expect(headers.get('access-control-allow-origin')).toBe(isPublic ? '*' : null)
			expect(headers.get('cross-origin-resource-policy')).toBe(isPublic ? null : 'same-origin')
		}
	})

	test('over https it says that it is always so', async () => {
		const secure = await openWorld({ issuer: 'https://id.example' })
		const hsts = (await get('/', {}, secure)).headers.get('strict-transport-security')
		expect(hsts).toBe('max-age=63072000; includeSubDomains; preload')
		expect((await get('/')).headers.get('strict-transport-security')).toBeNull()
		secure.close()
	})
})

describe('a page that is not there', () => {
	test.each([
		['th', 'ไม่พบหน้านี้'],
		['en', 'There is no such page'],
	])('says so to a person who reads %s', async (language, words) => {
		const response = await get('/index.html', { headers: { 'accept-language': language } })
		expect(response.status).toBe(404)
		expect(await response.text()).toContain(words)
	})
})

describe('every cookie', () => {
	const seen: string[] = []
	const visit = (): Browser =>
		createBrowser(
			async (request) => {
				const response = await world.app.fetch(request)
				seen.push(...response.headers.getSetCookie())
				return response
			},
			{ origin: world.issuer },
		)

	beforeAll(async () => {
		const invited = { officeCode: '1306', role: 'officer', issuer: world.issuer, now: systemClock.now() } as const
		const { link, row } = newInvitation(systemRandom, invited)
		await world.db.insert(schema.officerInvitations).values(row)
		const officer = visit()
		await joinOffice(officer, world.phone({ discoverable: true }), fragmentOf(link), 'เจ้าหน้าที่ ทดสอบ')
		const citizen: Citizen = { browser: visit(), phone: world.phone(), pin: '58203914' }
		await enrol(officer, citizen, people.somchai.pid)
		await signInHere(citizen, SIGN_IN)
		await beginSignIn(visit(), SIGN_IN)
		await officer.mutate('office.signOut', {})
	})

	test('of the journeys was seen', () => {
		const names = new Set(seen.map((cookie) => cookie.split('=')[0]))
		expect([...names].sort()).toEqual(['__Host-browser', '__Host-device', '__Host-officer', '__Host-session'])
	})

	test('is of this host alone, out of reach of scripts, and Secure', () => {
		for (const cookie of seen) {
			const [pair = '', ...attributes] = cookie.split('; ')
			expect(pair).toMatch(/^__Host-[a-z]+=[\w.~-]*$/)
			expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'Secure', 'HttpOnly']))
			expect(attributes.filter((each) => /^domain/i.test(each))).toEqual([])
			expect(attributes).toContain(pair.startsWith('__Host-officer=') ? 'SameSite=Strict' : 'SameSite=Lax')
		}
	})

	test('is stored as a hash', async () => {
		const { browser, device, session, officer } = Object.fromEntries(
			seen.map((cookie) => /^__Host-([a-z]+)=([^;]*)/.exec(cookie)?.slice(1) ?? []),
		)
		const { sessions, devices, officerSessions, signIns } = schema
		const tables = [sessions, devices, officerSessions, signIns]
		const stored = JSON.stringify(await Promise.all(tables.map((table) => world.db.select().from(table))))
		for (const secret of [browser, device?.split('.')[1], session, officer])
			if (secret) expect(stored).not.toContain(secret)
	})
})
