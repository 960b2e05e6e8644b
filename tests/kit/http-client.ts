import { type Cookie, createJar } from './cookie-jar.ts'

export type { Cookie }

/**
 * A browser without a screen: `fetch`, a cookie jar that obeys RFC 6265bis, and tRPC calls as our own pages make them.
 *
 * It follows no redirect unless asked, so that a story can look at every answer. Cookies are kept by host, not by port,
 * as browsers do. What it does not do: run scripts, apply CSP, CORS or SameSite (a cookie's attributes can be looked at
 * in `cookies`).
 */

/** What answers: `app.fetch` in process, or the global `fetch`. */
export type Fetch = (request: Request) => Response | Promise<Response>

export interface BrowserOptions {
	/** Where paths without a host go, such as `http://localhost:8787`. */
	origin: string
	userAgent?: string
	/** Default `th-TH,th;q=0.9,en;q=0.8`. */
	language?: string
	/** More headers for every request, such as what a proxy adds. */
	headers?: Record<string, string>
	/** The jar's time in ms, for Max-Age; default the machine's. */
	now?: () => number
}

export interface RequestOptions {
	headers?: Record<string, string>
	/** Follow redirects (at most ten) as a browser would. Default false. */
	follow?: boolean
}

export interface Browser {
	readonly origin: string
	/** A navigation. @param path or a whole URL */
	get(path: string, options?: RequestOptions): Promise<Response>
	/** A form's submission, or JSON where `body` is no URLSearchParams. */
	post(path: string, body: URLSearchParams | object, options?: RequestOptions): Promise<Response>
	/** @throws RpcError */
	query<T>(procedure: string, input?: unknown): Promise<T>
	/** @param options.key the act's idempotency key; a new one where it is left out. @throws RpcError */
	mutate<T>(procedure: string, input?: unknown, options?: { key?: string }): Promise<T>
	/** What would be sent to this URL, newest last. */
	cookies(url?: string): Cookie[]
	/** As if an answer of the origin had set it. @param setCookie a Set-Cookie header's value */
	addCookie(setCookie: string): void
	clearCookies(): void
}

/** What a tRPC call answered where it failed. `code` is a ServiceErrorCode, or `internal`. */
export class RpcError extends Error {
	override readonly name = 'RpcError'
	constructor(
		readonly code: string,
		readonly detail: Readonly<Record<string, string | number | boolean>>,
		readonly status: number,
		procedure: string,
	) {
		super(`${procedure}: ${code} ${JSON.stringify(detail)} (HTTP ${status})`)
	}
}

const CHROME =
	'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const MAX_REDIRECTS = 10

export function createBrowser(fetch: Fetch, options: BrowserOptions): Browser {
	const now = options.now ?? (() => Date.now())
	const jar = createJar(now)
	const home = new URL(options.origin)
	const always: Record<string, string> = {
		'user-agent': options.userAgent ?? CHROME,
		'accept-language': options.language ?? 'th-TH,th;q=0.9,en;q=0.8',
		...options.headers,
	}

	async function send(url: URL, init: RequestInit, headers: Record<string, string>): Promise<Response> {
		const cookie = jar.header(url)
		const request = new Request(url, {
			...init,
			redirect: 'manual',
			headers: { ...always, ...headers, ...(cookie ? { cookie } : {}) },
		})
		const response = await fetch(request)
		jar.store(url, response.headers.getSetCookie())
		return response
	}

	async function navigate(url: URL, init: RequestInit, options: RequestOptions): Promise<Response> {
		const document = { accept: 'text/html,*/*;q=0.8', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
		let at = url
		let response = await send(at, init, { ...document, ...options.headers })
		for (let hop = 0; options.follow && isRedirect(response); hop++) {
			if (hop === MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects, the last to ${at.origin}`)
			at = new URL(response.headers.get('location') ?? '', at)
			response = await send(at, { method: 'GET' }, { ...document, ...options.headers })
		}
		return response
	}

	async function call<T>(procedure: string, url: URL, init: RequestInit, headers: Record<string, string>): Promise<T> {
		const response = await send(url, init, { ...ownPage(home), 'x-dopa': '1', ...headers })
		return readRpc<T>(procedure, response)
	}

	return {
		origin: home.origin,
		get: (path, options = {}) => navigate(new URL(path, home), { method: 'GET' }, options),
		post(path, body, options = {}) {
			const url = new URL(path, home)
			const form = body instanceof URLSearchParams
			return navigate(
				url,
				{ method: 'POST', body: form ? body.toString() : JSON.stringify(body) },
				{
					...options,
					headers: {
						'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
						origin: url.origin,
						'sec-fetch-site': 'same-origin',
						...options.headers,
					},
				},
			)
		},
		query(procedure, input) {
			const url = new URL(`/trpc/${procedure}`, home)
			if (input !== undefined) url.searchParams.set('input', JSON.stringify(input))
			return call(procedure, url, { method: 'GET' }, {})
		},
		mutate(procedure, input, { key = crypto.randomUUID() } = {}) {
			const body = JSON.stringify(input ?? {})
			const headers = { 'content-type': 'application/json', 'idempotency-key': key }
			return call(procedure, new URL(`/trpc/${procedure}`, home), { method: 'POST', body }, headers)
		},
		cookies: (url) => jar.matching(new URL(url ?? '/', home)),
		addCookie: (setCookie) => jar.store(home, [setCookie]),
		clearCookies: jar.clear,
	}
}

export interface ServerSentEvent {
	event: string
	data: string
}

/** Reads an answer of type text/event-stream; comments are left out. Leaving the loop closes the stream. */
export async function* readEvents(response: Response): AsyncGenerator<ServerSentEvent> {
	if (!response.body) return
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
	let rest = ''
	try {
		for (;;) {
			const { done, value } = await reader.read()
			if (done) return
			rest += value
			const blocks = rest.split(/\r?\n\r?\n/)
			rest = blocks.pop() ?? ''
			for (const block of blocks) {
				const event = parseEvent(block)
				if (event) yield event
			}
		}
	} finally {
		await reader.cancel().catch(() => {})
	}
}

function parseEvent(block: string): ServerSentEvent | null {
	const data: string[] = []
	let event = 'message'
	for (const line of block.split(/\r?\n/)) {
		const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
		if (field === 'event') event = value ?? ''
		if (field === 'data') data.push(value ?? '')
	}
	return data.length > 0 ? { event, data: data.join('\n') } : null
}

/** What a fetch from one of our own pages carries by itself. */
const ownPage = (home: URL): Record<string, string> => ({
	accept: 'application/json',
	origin: home.origin,
	'sec-fetch-site': 'same-origin',
	'sec-fetch-mode': 'cors',
	'sec-fetch-dest': 'empty',
})

const isRedirect = (response: Response): boolean =>
	[301, 302, 303, 307, 308].includes(response.status) && response.headers.has('location')

interface RpcAnswer<T> {
	result?: { data?: T }
	error?: { message: string; data?: { serviceCode?: string; detail?: Record<string, string | number | boolean> } }
}

async function readRpc<T>(procedure: string, response: Response): Promise<T> {
	const text = await response.text()
	let answer: RpcAnswer<T>
	try {
		answer = JSON.parse(text) as RpcAnswer<T>
	} catch {
		throw new RpcError('internal', { body: text.slice(0, 200) }, response.status, procedure)
	}
	if (answer.error || !answer.result) {
		const { serviceCode, detail } = answer.error?.data ?? {}
		throw new RpcError(serviceCode ?? answer.error?.message ?? 'internal', detail ?? {}, response.status, procedure)
	}
	return answer.result.data as T
}
