import { afterAll, describe, expect, test } from 'bun:test'
import {
	createLinkageAdapter,
	people,
	type RegistryRecord,
	RegistryUnavailable,
	serveRegistry,
} from '../../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'

const token = 'service-token'
const simulator = await openSimulator({ file: ':memory:', population: 100 })
const app = serveRegistry(simulator, { token })
afterAll(() => simulator.close())

const baseUrl = 'https://linkage.example/registry/'
const { pid } = people.somchai

/** What the adapter makes of an answer. */
async function reasonFor(fetch: (request: Request) => Promise<Response>, timeoutMs = 500): Promise<string> {
	try {
		await createLinkageAdapter({ baseUrl, token, timeoutMs, fetch }).findPerson(pid, 'sign-in')
		return 'answered'
	} catch (error) {
		if (!(error instanceof RegistryUnavailable)) throw error
		expect(Bun.inspect(error)).not.toContain(pid)
		return error.reason
	}
}

async function trueRecord(): Promise<RegistryRecord> {
	const record = await simulator.findPerson(pid, 'sign-in')
	if (!record) throw new Error('not found')
	return record
}

describe('what goes out', () => {
	test('is a POST with the number in the body, never in the URL or a header', async () => {
		const sent: Request[] = []
		await reasonFor(async (request) => {
			sent.push(request.clone() as Request)
			return new Response()
		})
		const [request] = sent
		expect(request?.method).toBe('POST')
		expect(request?.url).toBe('https://linkage.example/registry/v1/find-person')
		expect(JSON.stringify([...(request?.headers ?? [])])).not.toContain(pid)
		expect(request?.headers.get('authorization')).toBe(`Bearer ${token}`)
		expect(await request?.json()).toEqual({ pid, purpose: 'sign-in' })
	})

	test.each([
		'http://linkage.example',
		'http://127.0.0.1.example',
		'ftp://127.0.0.1',
		'https://user:password@linkage.example',
		'https://linkage.example/?key=1',
		'linkage',
	])('does not go to %s', (unsafe) => {
		expect(() => createLinkageAdapter({ baseUrl: unsafe, token, timeoutMs: 500 })).toThrow()
	})

	test.each(['https://linkage.example', 'http://127.0.0.1:3000', 'http://localhost:3000/', 'http://[::1]:1/x'])(
		'may go to %s',
		(safe) => {
			expect(() => createLinkageAdapter({ baseUrl: safe, token, timeoutMs: 500 })).not.toThrow()
		},
	)
})

describe('what comes back', () => {
	test('nothing listens there', async () => {
		const probe = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
		const closed = probe.url.href
		await probe.stop(true)
		const registry = createLinkageAdapter({ baseUrl: closed, token, timeoutMs: 2_000 })
		await expect(registry.provinces()).rejects.toMatchObject({ reason: 'down' })
	})

	test.each([201, 204, 301, 302, 307, 400, 401, 403, 404, 429, 500, 502, 503])(
		'status %i is no answer',
		async (status) => {
			const body = status === 204 ? null : JSON.stringify({ pid, record: null })
			expect(await reasonFor(async () => new Response(body, { status, headers: { location: '/elsewhere' } }))).toBe(
				'down',
			)
		},
	)

	test('a redirect is not followed: the number would travel on', async () => {
		let followed = 0
		const server = Bun.serve({
			hostname: '127.0.0.1',
			port: 0,
			fetch(request) {
				if (new URL(request.url).pathname === '/elsewhere') followed++
				return new Response(null, { status: 307, headers: { location: '/elsewhere' } })
			},
		})
		const registry = createLinkageAdapter({ baseUrl: server.url.href, token, timeoutMs: 2_000 })
		await expect(registry.findPerson(pid, 'sign-in')).rejects.toMatchObject({ reason: 'down' })
		expect(followed).toBe(0)
		await server.stop(true)
	})

	test.each([
		'',
		'null',
		'"yes"',
		'[]',
		'{}',
		'<html>maintenance</html>',
		'{"pid":"1980000000019","record":',
		'{"record":null}',
	])('the body %p is no answer', async (body) => {
		expect(await reasonFor(async () => new Response(body))).toBe('malformed')
	})

	test('a body without end is not read to its end', async () => {
		let pulled = 0
		const endless = new ReadableStream<Uint8Array>({
			pull(controller) {
				pulled++
				controller.enqueue(new Uint8Array(100_000).fill(0x20))
			},
		})
		expect(await reasonFor(async () => new Response(endless), 5_000)).toBe('malformed')
		expect(pulled).toBeLessThan(40)
	})

	test('a body that stops half-way is too late', async () => {
		const stuck = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) })
		expect(await reasonFor(async () => new Response(stuck), 100)).toBe('timeout')
	})

	test('a transport that ignores the signal is given up all the same', async () => {
		expect(await reasonFor(() => new Promise(() => {}), 50)).toBe('timeout')
	})

	const impossible: Record<string, (record: RegistryRecord) => unknown> = {
		'31 February': ({ person, card }) => ({
			person: { ...person, birthdate: { year: 1990, month: 2, day: 31 } },
			card,
		}),
		'a day without its month': ({ person, card }) => ({
			person: { ...person, birthdate: { year: 1990, month: null, day: 3 } },
			card,
		}),
		'a house without address': ({ person, card }) => ({ person: { ...person, address: null }, card }),
		'no name': ({ person, card }) => ({ person: { ...person, givenName: { th: '', en: '' } }, card }),
		'a card that ends before it begins': ({ person, card }) => ({
			person,
			card: { ...card, expiresOn: { year: 1999, month: 1, day: 1 } },
		}),
		'a card of 31 April': ({ person, card }) => ({
			person,
			card: { ...card, issuedOn: { year: 2022, month: 4, day: 31 } },
		}),
		'an unknown status': ({ person, card }) => ({ person, card: { ...card, status: 'fine' } }),
		'no status': ({ person, card }) => ({ person: { ...person, status: undefined }, card }),
		'a card that is left out': ({ person }) => ({ person }),
	}
	for (const [what, spoil] of Object.entries(impossible))
		test(`${what} is no answer`, async () => {
			const record = spoil(await trueRecord())
			expect(await reasonFor(async () => Response.json({ pid, record }))).toBe('malformed')
		})

	test('that another number is not known is no answer', async () => {
		expect(await reasonFor(async () => Response.json({ pid: people.somying.pid, record: null }))).toBe('malformed')
		expect(await reasonFor(async () => Response.json({ pid, record: null }))).toBe('answered')
	})

	test('that another province or district has nothing is no answer', async () => {
		const registry = createLinkageAdapter({
			baseUrl,
			token,
			timeoutMs: 500,
			fetch: async () =>
				Response.json({
					provinceCode: '10',
					districts: [],
					districtCode: '1001',
					offices: [],
					code: '1001',
					office: null,
				}),
		})
		await expect(registry.districts('13')).rejects.toMatchObject({ reason: 'malformed' })
		await expect(registry.offices('1306')).rejects.toMatchObject({ reason: 'malformed' })
		await expect(registry.office('1306')).rejects.toMatchObject({ reason: 'malformed' })
		expect(await registry.districts('10')).toEqual([])
	})

	test('while the same record as it is, is one', async () => {
		const record = await trueRecord()
		expect(await reasonFor(async () => Response.json({ pid, record }))).toBe('answered')
	})

	test('what the form does not name is dropped', async () => {
		const { person, card } = await trueRecord()
		const registry = createLinkageAdapter({
			baseUrl,
			token,
			timeoutMs: 500,
			fetch: async () => Response.json({ pid, record: { person: { ...person, religion: 'x' }, card } }),
		})
		expect(await registry.findPerson(pid, 'sign-in')).toEqual({ person, card })
	})
})

describe('the served simulator', () => {
	const send = (
		path: string,
		body: unknown,
		{ method = 'POST', bearer = token }: { method?: string; bearer?: string } = {},
	) =>
		app.request(path, {
			method,
			headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
			body: method === 'DELETE' ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
		})
	const question = { pid, purpose: 'sign-in' }

	test('answers nobody without the token, on any path', async () => {
		for (const bearer of ['', 'Service-token', 'service-token2', 'x'.repeat(500)])
			for (const path of ['/v1/find-person', '/control/faults', '/control/edit', '/control/restore', '/'])
				expect((await send(path, question, { bearer })).status).toBe(401)
		expect((await app.request('/v1/find-person', { method: 'POST', body: JSON.stringify(question) })).status).toBe(401)
	})

	test('answers who has it, and lets nobody keep the answer', async () => {
		const response = await send('/v1/find-person', question)
		expect(response.status).toBe(200)
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(await response.json()).toMatchObject({ pid, record: { person: { pid } } })
	})

	test.each(['', '{', '{}', '{"pid":"1980000000018","purpose":"sign-in"}', `{"pid":"${pid}","purpose":"curiosity"}`])(
		'refuses the question %p',
		async (body) => {
			const response = await send('/v1/find-person', body)
			expect(response.status).toBe(400)
			expect(await response.text()).not.toContain(pid)
		},
	)

	test('knows its operations and no others', async () => {
		expect((await send('/v1/delete-person', question)).status).toBe(404)
		expect((await send('/v1/toString', question)).status).toBe(404)
	})

	test('a body beyond reason is not read', async () => {
		expect((await send('/v1/find-person', `"${'x'.repeat(70_000)}"`)).status).toBe(413)
	})

	test('its faults are set and cleared by its operator', async () => {
		expect(await (await send('/control/faults', { down: true, slowMs: 5 })).json()).toEqual({
			slowMs: 5,
			down: true,
			wrong: null,
		})
		expect((await send('/v1/find-person', question)).status).toBe(503)
		expect((await send('/control/faults', { wrong: 'a bit' })).status).toBe(400)
		expect((await send('/control/faults', { dwon: true })).status).toBe(400)
		expect((await send('/control/faults', undefined, { method: 'DELETE' })).status).toBe(200)
		expect((await send('/v1/find-person', question)).status).toBe(200)
	})

	test('and so are the lives of its people', async () => {
		const loss = { pid: '1-9800-00000-01-9', change: { act: 'loseCard' } }
		expect((await send('/control/edit', loss)).status).toBe(200)
		expect((await simulator.findPerson(pid, 'sign-in'))?.card?.status).toBe('lost')
		expect((await send('/control/restore', {})).status).toBe(200)
		expect((await simulator.findPerson(pid, 'sign-in'))?.card?.status).toBe('normal')
		expect((await send('/control/edit', { ...loss, change: { act: 'vanish' } })).status).toBe(400)
		expect((await send('/control/edit', { ...loss, pid: '1980000000018' })).status).toBe(400)
	})
})
