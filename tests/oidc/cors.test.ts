import { afterAll, describe, expect, test } from 'bun:test'
import { openProvider } from './kit/provider.ts'
import { register } from './kit/relying-party.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const page = 'https://page.example'
const spa = await register(provider, {
	authMethod: 'none',
	secretHash: null,
	redirectUris: JSON.stringify([`${page}/callback`, 'example.app:/callback']),
})
const server = await register(provider, { redirectUris: JSON.stringify([`${page}/callback`]) })

const ask = (path: string, init: RequestInit) =>
	Promise.resolve(provider.app.fetch(new Request(provider.issuer + path, init)))
const readableBy = (response: Response) => response.headers.get('access-control-allow-origin')
/** A code that nobody gave: what matters is who may read that it is refused. */
const exchange = (clientId: string, origin: string, secret?: string) =>
	ask('/oauth/token', {
		method: 'POST',
		headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({
			grant_type: 'authorization_code',
			code: 'x',
			redirect_uri: `${page}/callback`,
			code_verifier: 'v'.repeat(43),
			client_id: clientId,
			...(secret ? { client_secret: secret } : {}),
		}).toString(),
	})

describe('answers that a page of another origin may read', () => {
	test('what a public client is told at its own origin, its errors too', async () => {
		const response = await exchange(spa.id, page)
		expect([response.status, readableBy(response), response.headers.get('vary')]).toEqual([400, page, 'origin'])
		expect(response.headers.get('access-control-expose-headers')).toContain('dpop-nonce')
		expect(response.headers.has('access-control-allow-credentials')).toBe(false)
	})

	test.each([
		['another origin', spa.id, 'https://other.example'],
		['an origin that is none', spa.id, 'null'],
		['a client with a secret', server.id, page],
		['a client that nobody knows', 'unheard-of', page],
	])('not %s', async (_, clientId, origin) => {
		expect(readableBy(await exchange(clientId, origin))).toBeNull()
	})

	test.each([
		['/oauth/par', 'POST'],
		['/oauth/token', 'POST'],
		['/oauth/userinfo', 'GET, HEAD, POST'],
	])('the question before a request to %s is answered', async (path, methods) => {
		const headers = { origin: page, 'access-control-request-method': 'POST' }
		const response = await ask(path, { method: 'OPTIONS', headers })
		expect([response.status, readableBy(response)]).toEqual([204, '*'])
		expect(response.headers.get('access-control-allow-methods')).toBe(methods)
		expect(response.headers.get('access-control-allow-headers')).toContain('dpop')
	})

	test.each(['/oauth/authorize', '/trpc/me.card', '/sign-in/si_abc/poll'])('and none to %s', async (path) => {
		const headers = { origin: page, 'access-control-request-method': 'POST' }
		const response = await ask(path, { method: 'OPTIONS', headers })
		expect(response.status).toBeGreaterThanOrEqual(400)
		expect(readableBy(response)).toBeNull()
	})
})
