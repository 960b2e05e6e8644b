import type { Client } from '@libsql/client'
import { eq } from 'drizzle-orm'
import { atomically, type Db, schema } from '../../../db/client.ts'
import { seedClients } from '../../../db/seed/clients.ts'
import { type App, type AppEnvironment, createApp } from '../../../src/app.ts'
import { systemRandom } from '../../../src/lib/random.ts'
import { createVault, type Vault } from '../../../src/lib/vault.ts'
import { type PersonKey, people } from '../../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'
import { fileDb, memoryDb, type TestDb } from '../../kit/db.ts'
import { enrolledCitizen } from '../../kit/enrolled.ts'
import { type Browser, type BrowserOptions, createBrowser, RpcError } from '../../kit/http-client.ts'
import { beginSignIn, type Citizen, fragmentOf, type Inspection, poll } from '../../kit/journeys.ts'
import { createPhone, type Phone, type PhoneOptions } from '../../kit/phone.ts'
import { authorizationUrl } from './agency.ts'
import { type HandClock, handClock, MORNING } from './hand-clock.ts'

/**
 * The whole product in process, made to be broken: a clock that only the test moves, a client whose trips can be tapped,
 * citizens who are enrolled already.
 */
export const ISSUER = 'http://localhost:8787'
export const PIN = '28401957'
export const WRONG_PIN = '90817263'
const RP = { id: 'localhost', name: 'DOPA Digital ID', origins: [ISSUER] }

export type Registry = Awaited<ReturnType<typeof openSimulator>>
export type SignInRow = typeof schema.signIns.$inferSelect
export type Enrolled = Citizen & { accountId: string }

export interface Stage {
	db: Db
	client: Client
	/** The statements of each trip. */
	trips: string[][]
	clock: HandClock
	vault: Vault
	registry: Registry
	app: App
	/** The same database with something of the product's environment changed. */
	appWith(change: Partial<AppEnvironment>): App
	browser(options?: Partial<BrowserOptions>): Browser
	/** The same browser, as another instance of the product sees it. */
	sameBrowser(browser: Browser, at: App): Browser
	phone(options?: Partial<PhoneOptions>): Phone
	citizen(person: PersonKey, kind?: Partial<PhoneOptions>): Promise<Enrolled>
	/** A sign-in that waits in a browser of its own. @param request more of the authorization request */
	waiting(request?: Record<string, string>, browser?: Browser): Promise<Waiting>
	signIn(id: string): Promise<SignInRow>
	/** Names of the events, in the order written, with what they say. */
	events(): Promise<{ name: string; accountId: string | null; data: Record<string, unknown> }[]>
	/** Nobody is enrolled, nothing has happened, the registry is as on its first day, it is morning. */
	afresh(): Promise<void>
	close(): Promise<void>
}

/** A browser that waits, with its sign-in. */
export interface Waiting {
	id: string
	browser: Browser
	/** The QR that stands on the screen now. @returns the frame, as the phone reads it */
	qr(): Promise<string>
	/** The frame of this instant, without starting the QR anew. */
	frame(): Promise<string>
	state(): Promise<{ state: string; endReason: string | null; number: number | null }>
	collect(key?: string): Promise<string>
	cancel(key?: string): Promise<string>
}

let country: Promise<Registry> | undefined
/** Whether something has happened to a named person since they were put back. */
let edited = false

async function openCountry(): Promise<Registry> {
	const opened = await openSimulator({ file: ':memory:', population: 60, clock: handClock(), timeoutMs: 1_500 })
	const { edit } = opened
	opened.edit = (pid, change) => {
		edited = true
		return edit(pid, change)
	}
	return opened
}

export async function openStage({ file = false } = {}): Promise<Stage> {
	const opened: TestDb & { remove?: () => Promise<void> } = file ? await fileStage() : await memoryDb()
	const { db, client, trips } = opened
	country ??= openCountry()
	const registry = await country
	const clock = handClock()
	const environment: AppEnvironment = {
		db,
		clock,
		random: systemRandom,
		vault: createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom),
		registry,
		settings: { issuer: ISSUER, tiers: ['attested', 'device-bound', 'browser-bound'] },
		assets: async (path) => new Response(`<!doctype html><title>${path}</title>`),
		peer: (request) => ({ address: request.headers.get('x-test-address') ?? '192.0.2.7', place: null }),
		// A bug shows itself as `internal`, which no test expects unless it made one.
		log: () => {},
	}
	const app = createApp(environment)
	await seedClients(db, clock)
	const stage: Stage = {
		db,
		client,
		trips,
		clock,
		vault: environment.vault,
		registry,
		app,
		appWith: (change) => createApp({ ...environment, ...change }),
		browser: (options = {}) =>
			createBrowser((request) => app.fetch(request), { origin: ISSUER, now: clock.now, ...options }),
		sameBrowser(browser, at) {
			const same = createBrowser((request) => at.fetch(request), { origin: ISSUER, now: clock.now })
			for (const { name, value } of browser.cookies()) same.addCookie(`${name}=${value}; Path=/; Secure`)
			return same
		},
		phone: (options = {}) => createPhone({ rpId: RP.id, origin: ISSUER, ...options }),
		async citizen(person, kind = {}) {
			const record = await registry.findPerson(people[person].pid, 'enrolment')
			if (!record) throw new Error(`nobody is called ${person}`)
			const citizen = { browser: stage.browser(), phone: stage.phone(kind), pin: PIN }
			await citizen.browser.get('/q')
			const { accountId } = await enrolledCitizen(
				{ db, vault: environment.vault, rp: RP, now: clock.now() },
				{ ...citizen, record },
			)
			return { ...citizen, accountId }
		},
		async waiting(request = {}, browser = stage.browser()) {
			return waitingIn(browser, await beginSignIn(browser, authorizationUrl(ISSUER, request)))
		},
		async signIn(id) {
			const row = await db.select().from(schema.signIns).where(eq(schema.signIns.id, id)).get()
			if (!row) throw new Error('no such sign-in')
			return row
		},
		async events() {
			const rows = await db.select().from(schema.events)
			return rows.map(({ name, accountId, data }) => ({ name, accountId, data: JSON.parse(data) }))
		},
		async afresh() {
			const { clients: _clients, signingKeys: _keys, ...rest } = schema
			await atomically(
				db,
				Object.values(rest).map((table) => db.delete(table)),
			)
			if (edited) await registry.restoreNamedPeople()
			edited = false
			registry.faults.clear()
			clock.set(MORNING)
			trips.length = 0
		},
		async close() {
			opened.close()
			await opened.remove?.()
		},
	}
	return stage
}

async function fileStage(): Promise<TestDb & { remove(): Promise<void> }> {
	const made = await fileDb()
	return { ...(await made.connect()), remove: () => made.remove() }
}

export function waitingIn(browser: Browser, id: string): Waiting {
	const act = async (procedure: string, key?: string) =>
		(await browser.mutate<{ location: string }>(procedure, { id }, key === undefined ? {} : { key })).location
	const waiting: Waiting = {
		id,
		browser,
		async qr() {
			await browser.mutate('signIn.showQr', { id })
			return waiting.frame()
		},
		async frame() {
			const { frame } = await poll(browser, id)
			if (!frame) throw new Error('no QR is shown')
			return fragmentOf(frame.url)
		},
		state: async () => (await browser.get(`/sign-in/${id}/poll`)).json(),
		collect: (key) => act('signIn.collect', key),
		cancel: (key) => act('signIn.cancel', key),
	}
	return waiting
}

/** The phone reads a frame. */
export const scanned = (citizen: Pick<Citizen, 'browser'>, frame: string, from: 'camera' | 'scanner' = 'scanner') =>
	citizen.browser.mutate<Inspection & { decideBy: number; warnings: { code: string; days?: number }[] }>(
		'signIn.inspect',
		{ frame, from },
	)

export const lookedHere = (browser: Browser, id: string) =>
	browser.mutate<Inspection & { decideBy: number }>('signIn.inspect', { id })

/** What an act was refused with. @throws Error where it was not refused, or by a bug */
export async function refusal(act: Promise<unknown>): Promise<string> {
	return (await refused(act)).code
}

export async function refused(act: Promise<unknown>): Promise<RpcError> {
	try {
		await act
	} catch (error) {
		if (error instanceof RpcError && error.code !== 'internal') return error
		throw error
	}
	throw new Error('the act was not refused')
}

/** `ok`, or the code of the refusal. */
export async function outcome(act: Promise<unknown>): Promise<string> {
	try {
		await act
		return 'ok'
	} catch (error) {
		if (error instanceof RpcError && error.code !== 'internal') return error.code
		throw error
	}
}
