import type { Book } from './book.ts'
import { parsed } from './flows.ts'
import type { Intermediary, Next, Variant } from './variant.ts'

/** The kinds of broken servers, of which the modules' variants are made. */
export const AT = {
	authorize: '/oauth/authorize',
	par: '/oauth/par',
	token: '/oauth/token',
	userinfo: '/oauth/userinfo',
	discovery: '/.well-known/openid-configuration',
} as const

type Place = (typeof AT)[keyof typeof AT]

export const placeOf = (request: Request): string => new URL(request.url).pathname

/** The parameters of a GET's query or a POST's form. The request is used up by it: go on with `withParams`. */
export async function paramsOf(request: Request): Promise<URLSearchParams> {
	if (request.method === 'GET') return new URLSearchParams(new URL(request.url).search)
	return new URLSearchParams(await request.text())
}

export function withParams(request: Request, params: URLSearchParams, headers = request.headers): Request {
	const { method } = request
	const url = new URL(request.url)
	if (method === 'GET') url.search = params.toString()
	return new Request(url, { method, headers, ...(method === 'GET' ? {} : { body: params.toString() }) })
}

export type When = (params: URLSearchParams, request: Request) => boolean

/** A variant that looks only at one endpoint; everything else passes. */
export function at(
	place: Place,
	what: string,
	act: (request: Request, params: URLSearchParams, next: Next, book: Book) => Promise<Response>,
): Variant {
	return {
		what,
		intermediary: (book) => async (request, next) =>
			placeOf(request) === place ? act(request, await paramsOf(request), next, book) : next(request),
	}
}

/** What should matter is changed or taken away before the server sees it. */
export const overlooking = (
	place: Place,
	what: string,
	when: When,
	change: (params: URLSearchParams, headers: Headers, book: Book) => void | Promise<void>,
): Variant =>
	at(place, what, async (request, params, next, book) => {
		const headers = new Headers(request.headers)
		if (when(params, request)) await change(params, headers, book)
		return next(withParams(request, params, headers))
	})

/** Refuses what has to be served: at the authorization endpoint by a redirect, elsewhere by JSON. */
export const refusing = (place: Place, what: string, when: When, error = 'invalid_request', status = 400): Variant =>
	at(place, what, async (request, params, next, { issuer }) => {
		if (!when(params, request)) return next(withParams(request, params))
		if (place !== AT.authorize) return Response.json({ error, error_description: 'not here' }, { status })
		const answer = new URLSearchParams({ error, state: params.get('state') ?? '', iss: issuer })
		const to = params.get('redirect_uri') ?? ''
		return new Response(null, { status: 303, headers: { location: `${to}${to.includes('?') ? '&' : '?'}${answer}` } })
	})

/** Changes the JSON of an answer. @param change gets a copy and what was asked; returns what is sent */
export const answering = (
	place: Place,
	what: string,
	change: (body: Record<string, unknown>, params: URLSearchParams, book: Book) => object | Promise<object>,
): Variant =>
	at(place, what, async (request, params, next, book) => {
		const response = await next(withParams(request, params))
		if (response.status > 299) return response
		const body = (await response.json()) as Record<string, unknown>
		return jsonAs(response, await change(body, params, book))
	})

export function jsonAs(response: Response, body: object): Response {
	const headers = new Headers(response.headers)
	headers.delete('content-length')
	return new Response(JSON.stringify(body), { status: response.status, headers })
}

/** What a changed id_token is signed from. */
export interface Forgery {
	payload: Record<string, unknown>
	/** Undefined: as the server signs. */
	header?: object
	alg: string
}

/** Changes the id_token of the token answer, which the server's own key signs anew. */
export const idTokens = (
	what: string,
	change: (forgery: Forgery, params: URLSearchParams, book: Book) => void,
): Variant =>
	answering(AT.token, what, async (body, params, book) =>
		typeof body.id_token === 'string' ? { ...body, id_token: await forged(body.id_token, params, book, change) } : body,
	)

export async function forged(
	jwt: string,
	params: URLSearchParams,
	book: Book,
	change: (forgery: Forgery, params: URLSearchParams, book: Book) => void,
): Promise<string> {
	const [head = '', claims = ''] = jwt.split('.')
	const { alg, ...header } = parsed(head)
	const forgery: Forgery = { payload: parsed(claims), header, alg: String(alg) }
	const before = JSON.stringify(forgery)
	change(forgery, params, book)
	// What is not touched stays as it was, signature and all.
	if (JSON.stringify(forgery) === before) return jwt
	return book.sign(forgery.payload, forgery.alg, forgery.header)
}

/** Changes the URL by which the browser goes to the relying party: a redirect, or what the waiting page is told. */
export const callbacks = (what: string, change: (callback: URL, memory: Memory, book: Book) => void): Variant => ({
	what,
	intermediary(book) {
		const memory = newMemory()
		return async (request, next) => {
			const response = await remembering(memory, request, next)
			const location = response.headers.get('location')
			if (location?.startsWith('https://suite.example/')) {
				const headers = new Headers(response.headers)
				headers.set('location', changed(location, memory, book, change))
				return new Response(null, { status: response.status, headers })
			}
			if (placeOf(request) !== '/trpc/signIn.collect' || response.status !== 200) return response
			const body = (await response.json()) as { result: { data: { location: string } } }
			body.result.data.location = changed(body.result.data.location, memory, book, change)
			return jsonAs(response, body)
		}
	},
})

/** Parameters that were pushed, by request_uri, and those of the last request of the authorization endpoint. */
export interface Memory {
	pushed: Map<string, URLSearchParams>
	asked: URLSearchParams
}

export const newMemory = (): Memory => ({ pushed: new Map(), asked: new URLSearchParams() })

/** Passes the request on and keeps in mind what it asked for. */
export async function remembering(memory: Memory, request: Request, next: Next): Promise<Response> {
	const place = placeOf(request)
	if (place !== AT.par && place !== AT.authorize) return next(request)
	const params = await paramsOf(request)
	if (place === AT.authorize) memory.asked = params
	const response = await next(withParams(request, params))
	if (place !== AT.par || response.status !== 201) return response
	const body = (await response.json()) as { request_uri: string }
	memory.pushed.set(body.request_uri, params)
	return jsonAs(response, body)
}

/** What was really asked for: the pushed parameters, or those of the query. */
export const requested = ({ pushed, asked }: Memory): URLSearchParams =>
	pushed.get(asked.get('request_uri') ?? '') ?? asked

function changed(
	location: string,
	memory: Memory,
	book: Book,
	change: (callback: URL, memory: Memory, book: Book) => void,
): string {
	const url = new URL(location)
	change(url, memory, book)
	return url.href
}

/** Two broken places in one server, one behind the other. */
export const both = (what: string, ...parts: Variant[]): Variant => ({
	what,
	intermediary(book) {
		const all = parts.map((part) => part.intermediary?.(book)).filter((each) => each !== undefined)
		return all.reduceRight<Intermediary>(
			(inner, outer) => (request, next) => outer(request, (passed) => inner(passed, next)),
			(request, next) => next(request),
		)
	},
})
