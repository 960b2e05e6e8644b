import { afterAll, describe, expect, test } from 'bun:test'
import { createBrowser, type Fetch, RpcError, readEvents } from './http-client.ts'

const origin = 'http://localhost:8787'
let clock = 1_000_000

/** A browser whose server answers with these Set-Cookie headers and remembers what it was sent. */
function scripted(setCookies: string[][], answer: () => Response = () => new Response('ok')) {
	const seen: Request[] = []
	const fetch: Fetch = (request) => {
		seen.push(request)
		const response = answer()
		for (const cookie of setCookies.shift() ?? []) response.headers.append('set-cookie', cookie)
		return response
	}
	return { seen, fetch, browser: createBrowser(fetch, { origin, now: () => clock }) }
}

const sent = (seen: Request[]): (string | null)[] => seen.map((request) => request.headers.get('cookie'))

describe('the jar', () => {
	test('keeps a __Host- cookie and sends it back', async () => {
		const { browser, seen } = scripted([['__Host-a=1=2; Secure; Path=/; HttpOnly; SameSite=Lax']])
		await browser.get('/x')
		await browser.get('/deep/path')
		expect(sent(seen)).toEqual([null, '__Host-a=1=2'])
		expect(browser.cookies()[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax', expiresAt: null })
	})

	test.each([
		'__Host-a=1; Path=/',
		'__Host-a=1; Secure; Path=/sub',
		'__Host-a=1; Secure',
		'__Host-a=1; Secure; Path=/; Domain=localhost',
		'__Secure-a=1; Path=/',
	])('refuses what a browser would refuse: %s', async (cookie) => {
		const { browser } = scripted([[cookie]])
		await browser.get('/')
		expect(browser.cookies()).toEqual([])
	})

	test('refuses Secure over plain http beyond loopback', async () => {
		const { browser } = scripted([['a=1; Secure; Path=/']])
		await browser.get('http://agency.example/')
		expect(browser.cookies('http://agency.example/')).toEqual([])
	})

	test('obeys Path, and a default path where there is none', async () => {
		const { browser, seen } = scripted([['a=1; Path=/one', 'b=2']])
		await browser.get('/two/page')
		await browser.get('/one/more')
		await browser.get('/oneness')
		await browser.get('/two/other')
		expect(sent(seen)).toEqual([null, 'a=1', null, 'b=2'])
	})

	test('Max-Age ends a cookie by the clock, and 0 deletes it', async () => {
		const { browser, seen } = scripted([['a=1; Path=/; Max-Age=60', 'b=2; Path=/'], [], [], ['b=; Path=/; Max-Age=0']])
		await browser.get('/')
		clock += 59_999
		await browser.get('/')
		clock += 1
		await browser.get('/')
		await browser.get('/')
		await browser.get('/')
		expect(sent(seen)).toEqual([null, 'a=1; b=2', 'b=2', 'b=2', null])
	})

	test('one host never sees the cookies of another', async () => {
		const { browser, seen } = scripted([['a=1; Path=/']])
		await browser.get('/')
		await browser.get('https://agency.example/')
		expect(sent(seen)).toEqual([null, null])
	})
})

describe('redirects', () => {
	const hop = (location: string) => () => new Response(null, { status: 302, headers: { location } })

	test('are not followed unless asked', async () => {
		const { browser, seen } = scripted([], hop('/next'))
		expect((await browser.get('/')).headers.get('location')).toBe('/next')
		expect(seen).toHaveLength(1)
	})

	test('end after ten', async () => {
		const { browser } = scripted([], hop('/again'))
		await expect(browser.get('/', { follow: true })).rejects.toThrow('more than 10 redirects')
	})
})

describe('tRPC', () => {
	test('a mutation carries origin, header and key; a query carries its input', async () => {
		const { browser, seen } = scripted([], () => Response.json({ result: { data: { ok: true } } }))
		expect(await browser.mutate<unknown>('me.lock', { a: 1 }, { key: 'k' })).toEqual({ ok: true })
		await browser.query('signIn.page', { id: 'x y' })
		const [mutation, query] = seen
		expect(mutation?.headers.get('idempotency-key')).toBe('k')
		expect(mutation?.headers.get('x-dopa')).toBe('1')
		expect(mutation?.headers.get('origin')).toBe(origin)
		expect(await mutation?.json()).toEqual({ a: 1 })
		expect(new URL(query?.url ?? '').searchParams.get('input')).toBe('{"id":"x y"}')
		expect(query?.headers.get('idempotency-key')).toBeNull()
	})

	test('each mutation has a key of its own', async () => {
		const { browser, seen } = scripted([], () => Response.json({ result: { data: null } }))
		await browser.mutate('me.lock', {})
		await browser.mutate('me.lock', {})
		expect(new Set(seen.map((request) => request.headers.get('idempotency-key'))).size).toBe(2)
	})

	test('an error comes as RpcError with code, detail and status', async () => {
		const data = { serviceCode: 'pin_wait', detail: { until: 5 }, httpStatus: 429 }
		const { browser } = scripted([], () => Response.json({ error: { message: 'pin_wait', data } }, { status: 429 }))
		const error = await browser.query('x').catch((caught: unknown) => caught)
		expect(error).toBeInstanceOf(RpcError)
		expect(error).toMatchObject({ code: 'pin_wait', detail: { until: 5 }, status: 429 })
	})

	test('an answer that is no JSON is an internal error', async () => {
		const { browser } = scripted([], () => new Response('<html>', { status: 502 }))
		await expect(browser.query('x')).rejects.toMatchObject({ code: 'internal', status: 502 })
	})
})

describe('over a port', () => {
	const server = Bun.serve({
		port: 0,
		hostname: '127.0.0.1',
		fetch: (request) =>
			new URL(request.url).pathname === '/events'
				? new Response(': ping\n\nevent: frame\ndata: {"a":1}\n\ndata: two\ndata: lines\n\n', {
						headers: { 'content-type': 'text/event-stream' },
					})
				: Response.json({ cookie: request.headers.get('cookie'), origin: request.headers.get('origin') }),
	})
	afterAll(() => server.stop(true))

	test('the global fetch sends cookie and origin too', async () => {
		const browser = createBrowser(
			async (request) => {
				const response = await fetch(request)
				const answer = new Response(response.body, response)
				answer.headers.append('set-cookie', 'a=1; Path=/')
				return answer
			},
			{ origin: server.url.origin },
		)
		await browser.get('/')
		const answer = await browser.post('/', new URLSearchParams({ a: 'b' }))
		expect(await answer.json()).toEqual({ cookie: 'a=1', origin: server.url.origin })
	})

	test('server-sent events are read one by one', async () => {
		const browser = createBrowser(fetch, { origin: server.url.origin })
		const events = await Array.fromAsync(readEvents(await browser.get('/events')))
		expect(events).toEqual([
			{ event: 'frame', data: '{"a":1}' },
			{ event: 'message', data: 'two\nlines' },
		])
	})
})
