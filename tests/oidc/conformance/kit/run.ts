import { newSecret, systemRandom } from '../../../../src/lib/random.ts'
import type { Browser, Fetch } from '../../../kit/http-client.ts'
import { type Citizen, confirm, type Inspection } from '../../../kit/journeys.ts'
import { type Rp, type RpKey, register } from '../../kit/relying-party.ts'
import type { Book } from './book.ts'
import { ConditionFailed, type Module, namesOf } from './module.ts'
import { type Received, SUITE } from './suite.ts'

/** Where an authorization request led to. */
export type Arrival =
	/** The relying party's redirect URI. */
	| { at: 'callback'; url: URL; params: URLSearchParams }
	/** The citizen is asked. */
	| { at: 'sign-in'; id: string; browser: Browser }
	/** A page of the server that leads nowhere. */
	| { at: 'page'; status: number; html: boolean }

/** One run of one module: what it checks, who takes part, and the ways to the server. */
export interface Run {
	book: Book
	checked: ReadonlySet<string>
	/** @param seen what there was instead, where it does not hold. @throws ConditionFailed */
	check(condition: string, holds: unknown, seen?: unknown): void
	/** The same of something that has to be there. @returns it */
	must<T>(condition: string, value: T | null | undefined, seen?: unknown): T
	/** The browser of a citizen whose device is known; no session yet. */
	citizen: Citizen
	/** A browser that was never at the server. */
	stranger(): Browser
	/** A static registration. */
	client(said?: Registration, keys?: RpKey[]): Promise<Rp>
	/** The server's metadata, asked for anew each time. */
	discovery(): Promise<Metadata>
	/** Any request to the server, redirects not followed. */
	send(url: string, init?: RequestInit): Promise<Response>
	/** GET or POST of the authorization endpoint, redirects followed as long as they stay at the server. */
	visit(params: URLSearchParams, options?: { browser?: Browser; method?: 'GET' | 'POST' }): Promise<Arrival>
	/** The citizen answers, where asked. @throws ConditionFailed of `condition` where a page stands in the way */
	answer(arrival: Arrival, condition: string, decision?: 'confirm' | 'decline'): Promise<URL>
	/** What the server sends to this path of the suite by itself; null where nothing comes within five seconds. */
	told(path: string): Promise<Received | null>
	/** The server's time goes on. */
	wait(ms: number): void
}

export type Registration = Parameters<typeof register>[1]
export type Metadata = Record<string, unknown> & Record<Endpoint, string>
type Endpoint =
	| 'issuer'
	| 'authorization_endpoint'
	| 'token_endpoint'
	| 'userinfo_endpoint'
	| 'jwks_uri'
	| 'pushed_authorization_request_endpoint'
	| 'end_session_endpoint'

interface Parts {
	module: Module
	book: Book
	connect: Fetch
	newBrowser(): Browser
	citizen: Citizen
	received: readonly Received[]
}

export const randomText = (): string => newSecret(systemRandom)

export function openRun({ module, book, connect, newBrowser, citizen, received }: Parts): Run {
	const declared = new Set(namesOf(module.conditions))
	const checked = new Set<string>()
	const send = async (url: string, init?: RequestInit) => connect(new Request(url, init))
	const check: Run['check'] = (condition, holds, seen = 'it does not hold') => {
		if (!declared.has(condition)) throw new Error(`${module.name} does not declare ${condition}`)
		checked.add(condition)
		if (!holds) throw new ConditionFailed(condition, String(seen))
	}
	const discovery = async () =>
		(await (await send(`${book.issuer}/.well-known/openid-configuration`)).json()) as Metadata
	return {
		book,
		checked,
		check,
		must(condition, value, seen = 'nothing') {
			check(condition, value !== null && value !== undefined, seen)
			return value as NonNullable<typeof value>
		},
		citizen,
		stranger: newBrowser,
		send,
		discovery,
		async told(path) {
			for (let round = 0; round < 500; round++) {
				const found = received.find((each) => each.path === path)
				if (found) return found
				await Bun.sleep(10)
			}
			return null
		},
		wait: (ms) => book.provider.clock.advance(ms),
		async client(said = {}, keys = []) {
			const alias = randomText()
			const redirectUris = JSON.stringify([`${SUITE}/test/a/${alias}/callback`])
			const rp = await register(book.provider, { id: `suite-${alias}`, redirectUris, ...said }, keys)
			book.clients.set(rp.id, rp)
			return rp
		},
		async visit(params, { browser = citizen.browser, method = 'GET' } = {}) {
			const { authorization_endpoint } = await discovery()
			const response =
				method === 'POST'
					? await browser.post(authorization_endpoint, params)
					: await browser.get(`${authorization_endpoint}?${params}`)
			return arrive(browser, response)
		},
		async answer(arrival, condition, decision = 'confirm') {
			if (arrival.at === 'page') throw new ConditionFailed(condition, `a page, HTTP ${arrival.status}`)
			if (arrival.at === 'callback') return arrival.url
			const { browser, id } = arrival
			const shown = await browser.mutate<Inspection>('signIn.inspect', { id })
			if (decision === 'confirm') await confirm({ ...citizen, browser }, shown, null)
			else await browser.mutate('signIn.decide', { id, decision: 'decline' })
			return new URL((await browser.mutate<{ location: string }>('signIn.collect', { id })).location)
		},
	}
}

/** Follows redirects of the server to itself; the way to a relying party is only looked at. */
async function arrive(browser: Browser, first: Response): Promise<Arrival> {
	let response = first
	for (let hop = 0; hop < 5; hop++) {
		const location = response.headers.get('location')
		if (location === null || response.status < 300 || response.status > 399) break
		const url = new URL(location, browser.origin)
		if (url.origin !== browser.origin) return { at: 'callback', url, params: url.searchParams }
		const id = /^\/sign-in\/([^/]+)$/.exec(url.pathname)?.[1]
		response = await browser.get(url.pathname + url.search)
		if (id && response.status === 200) return { at: 'sign-in', id, browser }
	}
	const html = response.headers.get('content-type')?.startsWith('text/html') ?? false
	return { at: 'page', status: response.status, html }
}
