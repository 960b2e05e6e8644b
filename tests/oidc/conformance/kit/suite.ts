import { MINUTE } from '../../../../src/lib/clock.ts'
import { createOutbound } from '../../../../src/lib/outbound.ts'
import { people } from '../../../../src/ports/civil-registry/index.ts'
import { enrolledCitizen } from '../../../kit/enrolled.ts'
import { type Browser, createBrowser } from '../../../kit/http-client.ts'
import type { Citizen } from '../../../kit/journeys.ts'
import { openProvider, type Provider } from '../../kit/provider.ts'
import { type Book, createBook } from './book.ts'
import { ConditionFailed, type Module, namesOf } from './module.ts'
import { openRun } from './run.ts'
import type { Intermediary, Variant } from './variant.ts'

/**
 * The suite and the server that it tests. They speak HTTP over a socket of this machine. The server calls itself
 * `https://op.example`: TLS ends in front of it, as where it is deployed, so a request to that origin goes to the
 * socket, and every URL that the server names must be of that origin and https.
 */
const ISSUER = 'https://op.example'

/** Where the suite's own addresses lie: redirect URIs, logout receivers. */
export const SUITE = 'https://suite.example'

/** What the server sent to the suite by itself. */
export interface Received {
	path: string
	form: URLSearchParams
}

export type Outcome =
	| { result: 'passes' }
	| { result: 'fails'; condition: string; seen: string }
	/** The module itself broke: never what is wanted, not even of a broken server. */
	| { result: 'breaks'; error: unknown }

export interface Suite {
	provider: Provider
	/** @param variant the server as it is where left out */
	run(module: Module, variant?: Variant): Promise<Outcome>
	close(): void
}

export async function openSuite(): Promise<Suite> {
	const straight: Intermediary = (request, next) => next(request)
	let between = straight
	let outgoing = straight
	const received: Received[] = []
	const receiver = Bun.serve({
		port: 0,
		hostname: '127.0.0.1',
		async fetch(request) {
			received.push({ path: new URL(request.url).pathname, form: new URLSearchParams(await request.text()) })
			return new Response(null, { headers: { 'cache-control': 'no-store' } })
		},
	})
	const provider = await openProvider({
		issuer: ISSUER,
		outbound: createOutbound({
			allowedHosts: [new URL(SUITE).host],
			resolve: null,
			send: (request) => outgoing(request, (each) => over(receiver.port, each)),
		}),
	})
	const server = Bun.serve({
		port: 0,
		hostname: '127.0.0.1',
		fetch: (request) => between(request, async (each) => provider.app.fetch(each)),
	})
	const connect = (request: Request): Promise<Response> => {
		const { origin } = new URL(request.url)
		if (origin !== ISSUER) throw new Error(`the suite knows no way to ${origin}`)
		return over(server.port, request)
	}
	const newBrowser = () => createBrowser(connect, { origin: ISSUER, now: provider.clock.now })
	const citizen = await enrol(provider, newBrowser)

	async function run(module: Module, variant?: Variant): Promise<Outcome> {
		// No limit of one run is another's.
		provider.clock.advance(16 * MINUTE)
		const book: Book = createBook(provider)
		const op = openRun({ module, book, connect, newBrowser, citizen: citizen(), received })
		received.length = 0
		between = variant?.intermediary?.(book) ?? straight
		outgoing = variant?.outgoing?.(book) ?? straight
		try {
			await module.run(op)
		} catch (error) {
			if (!(error instanceof ConditionFailed)) return { result: 'breaks', error }
			return { result: 'fails', condition: error.condition, seen: error.seen }
		} finally {
			between = straight
			outgoing = straight
		}
		const unchecked = namesOf(module.conditions).filter((name) => !op.checked.has(name))
		if (unchecked.length > 0) return { result: 'breaks', error: new Error(`never checked: ${unchecked.join(', ')}`) }
		return { result: 'passes' }
	}
	return {
		provider,
		run,
		close() {
			server.stop(true)
			receiver.stop(true)
			provider.close()
		},
	}
}

/** To a socket of this machine, redirects not followed. */
async function over(port: number | undefined, request: Request): Promise<Response> {
	const { pathname, search } = new URL(request.url)
	const { method, headers } = request
	const body = method === 'GET' || method === 'HEAD' ? null : await request.text()
	return fetch(`http://127.0.0.1:${port}${pathname}${search}`, { method, headers, body, redirect: 'manual' })
}

/** A citizen with a passkey. @returns the same citizen in a browser that knows the device and nothing else */
async function enrol(provider: Provider, newBrowser: () => Browser): Promise<() => Citizen> {
	const record = await provider.simulator.findPerson(people.somchai.pid, 'enrolment')
	if (!record) throw new Error('the registry does not know the citizen')
	const first = { browser: newBrowser(), phone: provider.phone(), pin: '58203914' }
	await enrolledCitizen({ ...provider, now: provider.clock.now() }, { ...first, record })
	const known = first.browser.cookies().map(({ name, value }) => `${name}=${value}; Path=/; Secure; HttpOnly`)
	return () => {
		const browser = newBrowser()
		for (const cookie of known) browser.addCookie(cookie)
		return { ...first, browser }
	}
}
