/**
 * The app's service worker: the pages of the citizen's app open where there is no network.
 *
 * It keeps the app's shell and files whose names hold their own hash, and nothing else: no answer of the server that is
 * somebody's own, nothing that says `no-store`, no call. A page comes from the network where there is one. A new
 * version waits until its page asks for it, so that no page changes under somebody's hands.
 *
 * One file without imports, so that it is one script: the build fills in what belongs to the shell.
 */
interface Shell {
	/** Of all that the shell holds: another content is another version. */
	version: string
	/** The page that stands for each of the app's. */
	page: string
	files: readonly string[]
}

interface Extendable extends Event {
	waitUntil(work: Promise<unknown>): void
}

interface Fetching extends Extendable {
	readonly request: Request
	respondWith(answer: Promise<Response>): void
}

interface Worker {
	readonly location: Location
	readonly caches: CacheStorage
	readonly clients: { claim(): Promise<void> }
	skipWaiting(): Promise<void>
	addEventListener(name: 'install' | 'activate', listener: (event: Extendable) => void): void
	addEventListener(name: 'fetch', listener: (event: Fetching) => void): void
	addEventListener(name: 'message', listener: (event: MessageEvent<unknown>) => void): void
}

declare const APP_SHELL: Shell

const worker = self as unknown as Worker
const PREFIX = 'dopa-shell-'
const SHELL: Shell = APP_SHELL
const NAME = PREFIX + SHELL.version
const PAGES = new Set(['/card', '/inbox', '/scan'])
/** A network that takes longer is as good as none, ms. */
const PATIENCE = 6_000

worker.addEventListener('install', (event) => event.waitUntil(fill()))
worker.addEventListener('activate', (event) => event.waitUntil(takeOver()))
worker.addEventListener('message', ({ data }) => {
	if (data === 'take-over') void worker.skipWaiting()
})
worker.addEventListener('fetch', (event) => {
	const { request } = event
	const url = new URL(request.url)
	if (request.method !== 'GET' || url.origin !== worker.location.origin) return
	if (request.mode === 'navigate') {
		if (PAGES.has(url.pathname)) event.respondWith(freshPage(request))
	} else if (url.pathname.startsWith('/assets/')) event.respondWith(keptFile(request))
})

async function fill(): Promise<void> {
	const cache = await worker.caches.open(NAME)
	await Promise.all(
		[SHELL.page, ...SHELL.files].map(async (path) => {
			const kept = await keep(cache, path, await fetch(path, { credentials: 'omit' }))
			if (!kept) throw new Error('the shell is not whole')
		}),
	)
}

async function takeOver(): Promise<void> {
	for (const name of await worker.caches.keys())
		if (name.startsWith(PREFIX) && name !== NAME) await worker.caches.delete(name)
	await worker.clients.claim()
}

async function freshPage(request: Request): Promise<Response> {
	const shell = async () => (await worker.caches.match(SHELL.page, { cacheName: NAME })) ?? Response.error()
	const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE, null))
	try {
		const answer = await Promise.race([fetch(request), late])
		return answer ?? (await shell())
	} catch {
		return shell()
	}
}

async function keptFile(request: Request): Promise<Response> {
	const cache = await worker.caches.open(NAME)
	const kept = await cache.match(request)
	if (kept) return kept
	const answer = await fetch(request)
	await keep(cache, request, answer.clone())
	return answer
}

/** @returns whether it was such that it may be kept */
async function keep(cache: Cache, request: Request | string, answer: Response): Promise<boolean> {
	if (!answer.ok || answer.redirected || /no-store/i.test(answer.headers.get('cache-control') ?? '')) return false
	await cache.put(request, answer)
	return true
}
