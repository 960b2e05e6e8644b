import { afterAll, describe, expect, test } from 'bun:test'
import { keepDocuments } from '../../src/documents.ts'
import { openWorld } from '../kit/world.ts'

const world = await openWorld()
afterAll(() => world.close())

const ask = (path: string, init: RequestInit = {}) => world.app.fetch(new Request(`${world.issuer}${path}`, init))
const whole = async (response: Response) => ({
	status: response.status,
	headers: [...response.headers].sort(),
	body: await response.text(),
})

describe('a document that is the same for everybody', () => {
	test.each(['/.well-known/openid-configuration', '/.well-known/jwks.json'])(
		'%s is answered the second time as the first, and as the router answers',
		async (path) => {
			const routed = await whole(await ask(`${path}?`))
			const first = await whole(await ask(path))
			expect(first).toEqual(routed)
			expect(await whole(await ask(path))).toEqual(first)
			expect(first.headers).toContainEqual(['x-content-type-options', 'nosniff'])
			expect((await ask(path, { method: 'HEAD' })).status).toBe(200)
			expect((await ask(path, { method: 'POST' })).status).toBe(405)
		},
	)

	function counted(answer: () => Response) {
		const state: { version: unknown; routed: number } = { version: 1, routed: 0 }
		const fetch = keepDocuments(
			() => {
				state.routed++
				return answer()
			},
			{
				'/doc': () => {
					if (state.version === 'away') throw new Error('away')
					return state.version
				},
			},
		)
		return { state, get: async (path: string) => whole(await fetch(new Request(`https://id.example${path}`))) }
	}

	test('is made anew when its version changes', async () => {
		const { state, get } = counted(() => new Response(`${state.version}`))
		expect([(await get('/doc')).body, (await get('/doc')).body]).toEqual(['1', '1'])
		state.version = 2
		expect((await get('/doc')).body).toBe('2')
		expect(state.routed).toBe(2)
	})

	test('is the application’s own where it has a query, another path, or its version cannot be told', async () => {
		const { state, get } = counted(() => new Response('x'))
		for (const path of ['/doc?x', '/docs', '/', '/toString', '//doc']) await get(path)
		expect(state.routed).toBe(5)
		await get('/doc')
		state.version = 'away'
		await get('/doc')
		expect(state.routed).toBe(7)
	})

	test('what is no answer is not kept', async () => {
		const { state, get } = counted(() => new Response('', { status: 503 }))
		expect((await get('/doc')).status).toBe(503)
		await get('/doc')
		expect(state.routed).toBe(2)
	})
})
