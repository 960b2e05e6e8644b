import { afterAll, describe, expect, test } from 'bun:test'
import { openWorld } from '../kit/world.ts'

/** tRPC takes calls of our own pages and of nobody else. */
const world = await openWorld()
afterAll(() => world.close())

const OURS = {
	'x-dopa': '1',
	origin: world.issuer,
	'sec-fetch-site': 'same-origin',
	'content-type': 'application/json',
	'idempotency-key': 'a-key-of-the-tests-0001',
}

async function call(headers: Record<string, string | undefined>, method = 'POST', path = '/trpc/office.signOut') {
	const given = Object.entries({ ...OURS, ...headers }).filter((entry): entry is [string, string] => !!entry[1])
	const body = method === 'POST' ? '{}' : undefined
	return world.app.fetch(new Request(`${world.issuer}${path}`, { method, headers: given, body }))
}

const codeOf = async (response: Response) =>
	((await response.json()) as { error?: { message: string } }).error?.message ?? 'done'

describe('a call of one of our pages', () => {
	test.each<[string, Record<string, string | undefined>]>([
		['as browsers make it', {}],
		['of a browser without Sec-Fetch-Site', { 'sec-fetch-site': undefined }],
		['without Origin, as a GET has none', { origin: undefined }],
	])('%s is let in', async (_, headers) => {
		// Whoever is let in may still not be signed in.
		expect(await codeOf(await call(headers))).toMatch(/^(done|not_signed_in)$/)
	})
})

describe('a call of anybody else', () => {
	test.each<[string, Record<string, string | undefined>]>([
		['without the header of our pages', { 'x-dopa': undefined }],
		['with another value of it', { 'x-dopa': '0' }],
		['with more in it', { 'x-dopa': '1, 1' }],
		['from another origin', { origin: 'https://evil.example' }],
		['from another port', { origin: 'http://localhost:8788' }],
		['from another scheme', { origin: 'https://localhost:8787' }],
		['from a host that begins alike', { origin: `${world.issuer}.evil.example` }],
		['from no origin at all (a sandbox)', { origin: 'null' }],
		['from another site, whatever Origin says', { 'sec-fetch-site': 'cross-site' }],
		['from a subdomain', { 'sec-fetch-site': 'same-site' }],
		['typed into the address bar', { 'sec-fetch-site': 'none' }],
	])('%s is refused', async (_, headers) => {
		for (const [method, path] of [
			['POST', '/trpc/office.signOut'],
			['GET', '/trpc/office.me?input=%7B%7D'],
		]) {
			const response = await call(headers, method, path)
			expect(response.status).toBe(403)
			expect(await codeOf(response)).toBe('not_allowed')
		}
	})

	test('a preflight is never answered with a yes', async () => {
		const response = await call(
			{
				origin: 'https://evil.example',
				'access-control-request-headers': 'x-dopa',
				'access-control-request-method': 'POST',
			},
			'OPTIONS',
		)
		expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
	})
})

describe('the form of a call', () => {
	test('several in one are refused', async () => {
		const response = await call({}, 'GET', '/trpc/me.device,me.device?batch=1&input=%7B%7D')
		expect(response.status).toBeGreaterThanOrEqual(400)
		expect(response.status).toBeLessThan(500)
	})

	test('a mutation by GET is refused', async () => {
		expect((await call({}, 'GET', '/trpc/office.signOut?input=%7B%7D')).status).toBe(405)
	})

	test.each([
		['none', undefined],
		['too short', 'short'],
		['too long', 'k'.repeat(65)],
		['of letters that no uuid has', 'not a key, at all !'],
	])('a mutation with an idempotency key that is %s is refused', async (_, key) => {
		const response = await call({ 'idempotency-key': key })
		expect(await codeOf(response)).toBe('invalid_input')
	})

	test.each([
		['no JSON', '{'],
		['a form', 'a=b'],
		['a list', '[]'],
		['a number', '1e999'],
		['deep', `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`],
	])('a body that is %s is refused and no error of ours', async (_, body) => {
		const request = new Request(`${world.issuer}/trpc/signIn.inspect`, { method: 'POST', headers: OURS, body })
		const response = await world.app.fetch(request)
		expect(response.status).toBeLessThan(500)
		expect(await codeOf(response)).toBe('invalid_input')
	})

	test('a body that is too long is not read', async () => {
		const body = JSON.stringify({ id: 'a'.repeat(70_000) })
		const request = new Request(`${world.issuer}/trpc/signIn.inspect`, { method: 'POST', headers: OURS, body })
		const response = await world.app.fetch(request)
		expect(response.status).toBe(413)
		expect(await response.json()).toMatchObject({ error: { data: { serviceCode: 'invalid_input', httpStatus: 413 } } })
	})
})
