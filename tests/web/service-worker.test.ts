import { beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { DIST, ensureBuild } from '../browser/pages/kit/fake-server.ts'

/** The worker as it is built, in a pretended browser: what it takes for itself, what it keeps, what it leaves alone. */
setDefaultTimeout(120_000)

const ORIGIN = 'https://id.example.go.th'
type Answer = () => Response | Promise<Response>

let script: string
let version: string
let files: string[]
beforeAll(async () => {
	await ensureBuild()
	script = await Bun.file(join(DIST, 'sw.js')).text()
	version = /"version":"([\da-f]{16})"|version:`([\da-f]{16})`/.exec(script)?.slice(1).find(Boolean) ?? ''
	files = [...script.matchAll(/["`](\/assets\/[^"`]+)["`]/g)].map(([, path]) => path ?? '')
})

/** Cache storage, as far as the worker uses it. */
function pretendCaches() {
	const stored = new Map<string, Map<string, Response>>()
	const pathOf = (request: Request | string) =>
		new URL(typeof request === 'string' ? request : request.url, ORIGIN).pathname
	const cache = (name: string) => {
		const entries = stored.get(name) ?? new Map<string, Response>()
		stored.set(name, entries)
		return {
			put: async (request: Request | string, answer: Response) => void entries.set(pathOf(request), answer),
			match: async (request: Request | string) => entries.get(pathOf(request))?.clone(),
		}
	}
	return {
		stored,
		open: async (name: string) => cache(name),
		keys: async () => [...stored.keys()],
		delete: async (name: string) => stored.delete(name),
		match: async (path: string, { cacheName }: { cacheName: string }) => stored.get(cacheName)?.get(path)?.clone(),
	}
}

let caches: ReturnType<typeof pretendCaches>
let listeners: Map<string, (event: object) => void>
let answers: Record<string, Answer>
let asked: string[]
let skipped: number
beforeEach(() => {
	caches = pretendCaches()
	listeners = new Map()
	answers = {}
	asked = []
	skipped = 0
	const self = {
		location: new URL(ORIGIN),
		caches,
		clients: { claim: async () => {} },
		skipWaiting: async () => void skipped++,
		addEventListener: (name: string, listener: (event: object) => void) => listeners.set(name, listener),
	}
	const fetch = async (request: Request | string) => {
		const path = new URL(typeof request === 'string' ? request : request.url, ORIGIN).pathname
		asked.push(path)
		return (answers[path] ?? (() => new Response(path)))()
	}
	// No timer of the pretended browser waits: a network that is late is late at once.
	new Function('self', 'fetch', 'setTimeout', script)(self, fetch, (act: (value: null) => void) =>
		setTimeout(act, 20, null),
	)
})

async function happens(name: 'install' | 'activate'): Promise<void> {
	let work: Promise<unknown> = Promise.resolve()
	const waitUntil = (given: Promise<unknown>): void => {
		work = given
	}
	listeners.get(name)?.({ waitUntil })
	await work
}

/** @returns the answer's text, or `left alone` */
async function asks(path: string, { method = 'GET', navigate = false } = {}): Promise<string> {
	let given: Promise<Response> | undefined
	const request = new Request(new URL(path, ORIGIN), { method })
	Object.defineProperty(request, 'mode', { value: navigate ? 'navigate' : 'cors' })
	const respondWith = (answer: Promise<Response>): void => {
		given = answer
	}
	listeners.get('fetch')?.({ request, respondWith })
	if (!given) return 'left alone'
	const answer = await given
	return answer.type === 'error' ? 'error' : answer.text()
}
const shell = () => caches.stored.get(`dopa-shell-${version}`) ?? new Map<string, Response>()

describe('at its installation', () => {
	test('keeps the shell’s page and every file of it', async () => {
		await happens('install')
		expect([...shell().keys()].sort()).toEqual(['/shell', ...files].sort())
	})

	test.each<[string, () => Response]>([
		['is not there', () => new Response('no', { status: 404 })],
		['says no-store', () => new Response('x', { headers: { 'cache-control': 'private, no-store' } })],
		[
			'comes from somewhere else',
			() => Object.defineProperty(new Response('x'), 'redirected', { value: true }) as Response,
		],
	])('fails where one of them %s', async (_, answer) => {
		answers[files[3] ?? ''] = answer
		expect(
			await happens('install').then(
				() => 'installed',
				() => 'failed',
			),
		).toBe('failed')
		expect(shell().has(files[3] ?? '')).toBe(false)
	})

	test('waits until it is asked to take over', async () => {
		await happens('install')
		listeners.get('message')?.({ data: 'something else' })
		expect(skipped).toBe(0)
		listeners.get('message')?.({ data: 'take-over' })
		expect(skipped).toBe(1)
	})

	test('removes what older ones kept, and nothing of others', async () => {
		await caches.open('dopa-shell-old')
		await caches.open('somebody-else')
		await happens('install')
		await happens('activate')
		expect((await caches.keys()).sort()).toEqual([`dopa-shell-${version}`, 'somebody-else'].sort())
	})
})

describe('of what is asked', () => {
	beforeEach(async () => {
		await happens('install')
		asked.length = 0
	})

	test.each([
		'/trpc/me.card',
		'/oauth/authorize',
		'/sign-in/x/events',
		'/.well-known/jwks.json',
		'/sw.js',
		'/icon.svg',
	])('%s is left alone', async (path) => {
		expect(await asks(path)).toBe('left alone')
	})
	test.each(['/', '/q', '/check', '/enrol', '/office', '/sign-in/x'])('the page %s is left alone', async (path) => {
		expect(await asks(path, { navigate: true })).toBe('left alone')
	})
	test('what changes something, and what is another origin’s, is left alone', async () => {
		expect(await asks(files[0] ?? '', { method: 'POST' })).toBe('left alone')
		expect(await asks('https://elsewhere.example/assets/a-12345678.js')).toBe('left alone')
	})

	test.each(['/card', '/inbox', '/scan'])('the page %s comes from the network, and is not kept', async (path) => {
		answers[path] = () => new Response('fresh', { headers: { 'cache-control': 'no-store' } })
		expect(await asks(path, { navigate: true })).toBe('fresh')
		expect(shell().has(path)).toBe(false)
	})
	test.each<[string, Answer]>([
		['there is no network', () => Promise.reject(new TypeError('offline'))],
		['the network does not come to an end', () => new Promise(() => undefined)],
	])('a page is the shell where %s', async (_, answer) => {
		answers['/card'] = answer
		expect(await asks('/card?lang=en', { navigate: true })).toBe('/shell')
	})

	test('a file that is kept is not asked for again', async () => {
		expect(await asks(files[1] ?? '')).toBe(files[1] ?? '')
		expect(asked).toEqual([])
	})
	test('another one is kept from now on, unless it says no-store or is not there', async () => {
		answers['/assets/b-12345678.js'] = () => new Response('b', { headers: { 'cache-control': 'no-store' } })
		answers['/assets/c-12345678.js'] = () => new Response('c', { status: 404 })
		for (const name of ['a', 'b', 'c', 'a']) await asks(`/assets/${name}-12345678.js`)
		expect(asked).toEqual(['a', 'b', 'c'].map((name) => `/assets/${name}-12345678.js`))
		expect([...shell().keys()].filter((path) => path.endsWith('12345678.js'))).toEqual(['/assets/a-12345678.js'])
	})
})
