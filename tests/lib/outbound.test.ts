import { afterAll, describe, expect, test } from 'bun:test'
import { createOutbound, noOutbound, type OutboundOptions, OutboundRefused } from '../../src/lib/outbound.ts'
import { bunConnection } from '../../src/lib/outbound-bun.ts'

const PUBLIC = '93.184.215.14'

interface Asked {
	url: string
	address: string | null
	request: Request
}

/** An outbound whose world is written down: who lies where, and what answers. */
function outbound(options: Partial<OutboundOptions> = {}, answer: () => Response | Promise<Response> = () => ok()) {
	const asked: Asked[] = []
	const made = createOutbound({
		allowedHosts: ['rp.example', 'rp.example:8443', '*.go.th', '127.0.0.1:9000', '[::1]:9000', 'localhost:9000'],
		resolve: async () => [PUBLIC],
		send: async (request, address) => {
			asked.push({ url: request.url, address, request })
			return answer()
		},
		...options,
	})
	return { ...made, asked }
}

const ok = (body: BodyInit = '{"keys":[]}') =>
	new Response(body, { headers: { 'content-type': 'application/json; charset=utf-8' } })

/** Why nothing came of it. */
async function reason(act: Promise<unknown>): Promise<string> {
	try {
		await act
		return 'answered'
	} catch (error) {
		if (!(error instanceof OutboundRefused)) throw error
		return error.reason
	}
}

describe('what may be asked', () => {
	test.each([
		['https://rp.example/jwks', PUBLIC],
		['https://RP.example/jwks', PUBLIC],
		['https://rp.example:8443/jwks?a=b', PUBLIC],
		['https://revenue.go.th/jwks', PUBLIC],
		['https://a.b.go.th/jwks', PUBLIC],
		['http://127.0.0.1:9000/jwks', null],
		['https://127.0.0.1:9000/jwks', null],
		['http://[::1]:9000/jwks', null],
		['http://localhost:9000/jwks', null],
	])('%s', async (url, address) => {
		const { get, asked } = outbound()
		expect(await get(url)).toEqual({ status: 200, contentType: 'application/json', text: '{"keys":[]}' })
		expect(asked.map((each) => each.address)).toEqual([address])
	})

	test('a form is posted', async () => {
		const { post, asked } = outbound()
		await post('https://rp.example/logout', new URLSearchParams({ logout_token: 'a.b.c' }))
		const [{ request }] = asked as [Asked]
		expect(request.method).toBe('POST')
		expect(request.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
		expect(await request.text()).toBe('logout_token=a.b.c')
	})

	test('an error is an answer too', async () => {
		const { get } = outbound({}, () => new Response('no', { status: 404 }))
		expect(await get('https://rp.example/x')).toEqual({ status: 404, contentType: '', text: 'no' })
	})

	test('an address that is not public, where the operator lists it beside the name', async () => {
		const { get } = outbound({ allowedHosts: ['rp.example', '10.0.0.5'], resolve: async () => ['10.0.0.5'] })
		expect((await get('https://rp.example/')).status).toBe(200)
	})
})

describe('what is never sent', () => {
	test.each([
		['no URL', 'rp.example/jwks', 'url'],
		['http', 'http://rp.example/jwks', 'url'],
		['a file', 'file:///etc/passwd', 'url'],
		['data', 'data:application/json,{}', 'url'],
		['somebody’s name in it', 'https://user@rp.example/', 'url'],
		['a password in it', 'https://:pw@rp.example/', 'url'],
		['a fragment', 'https://rp.example/#x', 'url'],
		['another host', 'https://evil.example/', 'host_not_listed'],
		['a host below', 'https://a.rp.example/', 'host_not_listed'],
		['a host that ends alike', 'https://evilrp.example/', 'host_not_listed'],
		['another port', 'https://rp.example:9999/', 'host_not_listed'],
		['the name above the star', 'https://go.th/', 'host_not_listed'],
		['nothing before the star’s dot', 'https://.go.th/', 'host_not_listed'],
		['a name that ends like the star’s', 'https://evilgo.th/', 'host_not_listed'],
		['a port below the star', 'https://revenue.go.th:22/', 'host_not_listed'],
		['a dot behind', 'https://rp.example./', 'host_not_listed'],
		['this machine at another port', 'http://127.0.0.1:9001/', 'host_not_listed'],
		['this machine by another address', 'http://127.0.0.2:9000/', 'host_not_listed'],
		['this machine, mapped', 'http://[::ffff:127.0.0.1]:9000/', 'host_not_listed'],
		['the cloud’s metadata', 'https://169.254.169.254/latest/meta-data/', 'host_not_listed'],
	])('%s', async (_, url, expected) => {
		const { get, asked } = outbound()
		expect(await reason(get(url))).toBe(expected)
		expect(asked).toEqual([])
	})

	test.each([
		['this machine', ['127.0.0.1']],
		['a neighbour', ['10.0.0.1']],
		['the cloud’s metadata', ['169.254.169.254']],
		['a neighbour by IPv6', ['fd00::1']],
		['this machine by IPv6', ['::1']],
		['this machine, mapped', ['::ffff:127.0.0.1']],
		['one public address and one that is not', [PUBLIC, '192.168.0.1']],
	])('a name that leads to %s', async (_, addresses) => {
		const { get, asked } = outbound({ resolve: async () => addresses })
		expect(await reason(get('https://rp.example/'))).toBe('address_not_public')
		expect(asked).toEqual([])
	})

	test('a name that leads nowhere', async () => {
		expect(await reason(outbound({ resolve: async () => [] }).get('https://rp.example/'))).toBe('unreachable')
		const failing = outbound({ resolve: () => Promise.reject(new Error('ENOTFOUND')) })
		expect(await reason(failing.get('https://rp.example/'))).toBe('unreachable')
	})

	test('anything at all where no host is listed', async () => {
		expect(await reason(noOutbound.get('https://rp.example/'))).toBe('host_not_listed')
	})
})

describe('what comes back', () => {
	test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed', async (status) => {
		const location = 'https://rp.example/elsewhere'
		const { get, asked } = outbound({}, () => new Response(null, { status, headers: { location } }))
		expect(await reason(get('https://rp.example/'))).toBe('redirect')
		expect(asked).toHaveLength(1)
	})

	test('64 kB are taken, one byte more is not', async () => {
		const answer = (length: number) => outbound({}, () => ok('a'.repeat(length))).get('https://rp.example/')
		expect((await answer(65_536)).text).toHaveLength(65_536)
		expect(await reason(answer(65_537))).toBe('too_long')
	})

	test('a stream without an end is left', async () => {
		let pulled = 0
		const endless = () =>
			new Response(
				new ReadableStream({
					pull(controller) {
						pulled++
						controller.enqueue(new Uint8Array(10_000).fill(97))
					},
				}),
			)
		expect(await reason(outbound({}, endless).get('https://rp.example/'))).toBe('too_long')
		expect(pulled).toBeLessThan(12)
	})

	test('bytes that are no text are refused, one that is cut between two chunks is not', async () => {
		expect(await reason(outbound({}, () => ok(new Uint8Array([0xff, 0xfe]))).get('https://rp.example/'))).toBe(
			'not_text',
		)
		expect(await reason(outbound({}, () => ok(new Uint8Array([0xe0, 0xb8]))).get('https://rp.example/'))).toBe(
			'not_text',
		)
		const parts = [new Uint8Array([0xe0]), new Uint8Array([0xb8, 0x81])]
		const split = () =>
			new Response(
				new ReadableStream({
					pull(controller) {
						const part = parts.shift()
						if (part) controller.enqueue(part)
						else controller.close()
					},
				}),
			)
		expect((await outbound({}, split).get('https://rp.example/')).text).toBe('ก')
	})

	const never = () => new Promise<never>(() => {})
	test.each<[string, Partial<OutboundOptions>]>([
		['a resolver', { resolve: never }],
		['a sender', { send: never }],
		['a body', { send: async () => new Response(new ReadableStream({ pull: never })) }],
	])('%s that never answers costs the time and no more', async (_, options) => {
		expect(await reason(outbound({ timeout: 30, ...options }).get('https://rp.example/'))).toBe('timeout')
	})

	test('a connection that fails', async () => {
		const { get } = outbound({ send: () => Promise.reject(new Error('ECONNREFUSED')) })
		expect(await reason(get('https://rp.example/'))).toBe('unreachable')
	})
})

describe('under Bun', () => {
	const folder = `${import.meta.dir}/fixtures`
	const server = Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		// A certificate for rp.example until 2125, of nobody's authority.
		tls: { key: Bun.file(`${folder}/rp.example.key.pem`), cert: Bun.file(`${folder}/rp.example.crt.pem`) },
		fetch: async (request) => Response.json({ host: request.headers.get('host'), body: await request.text() }),
	})
	const plain = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('plain') })
	afterAll(() => Promise.all([server.stop(true), plain.stop(true)]))

	async function over(name: string) {
		const ca = await Bun.file(`${folder}/rp.example.crt.pem`).text()
		return createOutbound({
			allowedHosts: [`${name}:${server.port}`, '127.0.0.1', `127.0.0.1:${plain.port}`],
			...bunConnection({ ca }),
			resolve: async () => ['127.0.0.1'],
		})
	}

	test('the connection goes to the address that was checked, by the name of the certificate', async () => {
		const { get, post } = await over('rp.example')
		const url = `https://rp.example:${server.port}/jwks`
		expect(JSON.parse((await get(url)).text)).toEqual({ host: `rp.example:${server.port}`, body: '' })
		expect(JSON.parse((await post(url, new URLSearchParams({ a: 'b' }))).text).body).toBe('a=b')
	})

	test('a certificate for another name is none', async () => {
		const { get } = await over('other.example')
		expect(await reason(get(`https://other.example:${server.port}/jwks`))).toBe('unreachable')
	})

	test('plain http to this machine', async () => {
		expect((await (await over('rp.example')).get(`http://127.0.0.1:${plain.port}/`)).text).toBe('plain')
	})

	test('localhost has an address', async () => {
		expect(await bunConnection().resolve?.('localhost')).toContain('127.0.0.1')
	})
})
