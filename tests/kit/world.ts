import { seedClients } from '../../db/seed/clients.ts'
import { type App, createApp } from '../../src/app.ts'
import type { AttestationTrust, Tier } from '../../src/authn/index.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import type { Outbound } from '../../src/lib/outbound.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault, type Vault } from '../../src/lib/vault.ts'
import type { Assets } from '../../src/pages.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'
import { memoryDb, type TestDb } from './db.ts'
import { type Browser, type BrowserOptions, createBrowser } from './http-client.ts'
import { createPhone, type Phone, type PhoneOptions } from './phone.ts'

/**
 * The whole product in process: a fresh database in memory, a small synthetic country, the sample agencies. Its parts
 * are at hand, so that a test can look behind the counter.
 */
export interface World extends TestDb {
	app: App
	issuer: string
	vault: Vault
	rp: { id: string; name: string; origins: string[] }
	simulator: Awaited<ReturnType<typeof openSimulator>>
	/** What the log was given. */
	logged: { event: string; fields: Record<string, string | number> }[]
	browser(options?: Partial<BrowserOptions>): Browser
	phone(options?: Partial<PhoneOptions>): Phone
}

export interface WorldOptions {
	/** Default `http://localhost:8787`; nothing listens there unless the caller serves `app`. */
	issuer?: string
	clock?: Clock
	/** Persons in the registry, the named ones among them. */
	population?: number
	/** By default one in memory. */
	database?: TestDb
	/** The pages; by default a file that says which one it would be. */
	assets?: Assets
	/** Asks addresses that relying parties registered; by default none is asked. */
	outbound?: Outbound
	/** Whose statements about new keys are believed; by default nobody's. */
	attestationTrust?: AttestationTrust
	tiers?: readonly Tier[]
}

export async function openWorld({
	issuer = 'http://localhost:8787',
	clock = systemClock,
	population = 100,
	database: given,
	assets = async (path) => new Response(`<!doctype html><title>${path}</title>`),
	outbound,
	attestationTrust,
	tiers = ['attested', 'device-bound', 'browser-bound'],
}: WorldOptions = {}): Promise<World> {
	const database = given ?? (await memoryDb())
	const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
	const simulator = await openSimulator({ file: ':memory:', clock, population })
	const logged: World['logged'] = []
	await seedClients(database.db, clock)
	const app = createApp({
		db: database.db,
		clock,
		random: systemRandom,
		vault,
		registry: simulator,
		settings: { issuer, tiers },
		assets,
		peer: () => ({ address: '192.0.2.7', place: null }),
		...(outbound ? { outbound } : {}),
		...(attestationTrust ? { attestationTrust } : {}),
		log: (event, fields) => logged.push({ event, fields }),
	})
	await app.warm()
	database.trips.length = 0
	const rpId = new URL(issuer).hostname
	return {
		...database,
		app,
		issuer,
		vault,
		rp: { id: rpId, name: 'DOPA Digital ID', origins: [issuer] },
		simulator,
		logged,
		browser: (options = {}) =>
			createBrowser((request) => app.fetch(request), { origin: issuer, now: clock.now, ...options }),
		phone: (options = {}) => createPhone({ rpId, origin: issuer, ...options }),
		close() {
			simulator.close()
			database.close()
		},
	}
}
