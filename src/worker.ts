/**
 * Entry point for Cloudflare Workers: D1 for the database, the assets binding for the front end, the Linkage Center over
 * HTTP for the civil registry. One application an isolate.
 */

import { waitUntil } from 'cloudflare:workers'
import type { D1Database, ExecutionContext, Fetcher, ScheduledController } from '@cloudflare/workers-types'
import { drizzle } from 'drizzle-orm/d1'
import { type Db, drizzleConfig } from '../db/client.ts'
import { type App, createApp } from './app.ts'
import { noticeExpiry } from './authn/index.ts'
import { readSettings, type Settings } from './env.ts'
import { systemClock } from './lib/clock.ts'
import { createLog } from './lib/log.ts'
import { createOutbound } from './lib/outbound.ts'
import { systemRandom } from './lib/random.ts'
import { createVault, type Vault } from './lib/vault.ts'
import { createLinkageAdapter } from './ports/civil-registry/index.ts'
import { sweep } from './sweep.ts'

/** As in `wrangler.toml`; the other one is every minute's. */
const SWEEPING = '*/5 * * * *'
/** Pieces of the expiry notices in one run: a scheduled event has little time of its own. */
const AT_THE_EDGE = 10

interface Bindings {
	DB: D1Database
	ASSETS: Fetcher
	[setting: string]: unknown
}

const log = createLog(
	(line) => console.log(line),
	() => systemClock.now(),
)

// D1's driver answers the same calls with the same rows; its type differs in what it says about drivers.
const databaseOf = (bindings: Bindings): Db => drizzle(bindings.DB, drizzleConfig) as unknown as Db

function vaultOf({ rootKeys }: Settings): Vault {
	if (rootKeys === null) throw new Error('setting DOPA_ROOT_KEYS: missing')
	return createVault(rootKeys, systemRandom)
}

let app: App | undefined

function appFor(bindings: Bindings): App {
	if (app) return app
	const settings = readSettings(bindings)
	if (settings.registry.kind !== 'linkage') throw new Error('setting DOPA_REGISTRY: only linkage runs at the edge')
	if (settings.attestationRoots !== null)
		throw new Error('setting DOPA_ATTESTATION_ROOTS: there are no files at the edge')
	const { url, token, timeoutMs } = settings.registry
	app = createApp({
		db: databaseOf(bindings),
		clock: systemClock,
		random: systemRandom,
		vault: vaultOf(settings),
		registry: createLinkageAdapter({ baseUrl: url, token, timeoutMs }),
		settings,
		assets: async (path) => {
			const response = await bindings.ASSETS.fetch(new URL(path, settings.issuer).href)
			return response.status === 200 ? (response as unknown as Response) : null
		},
		peer: (request) => ({ address: request.headers.get('cf-connecting-ip'), place: placeOf(request) }),
		// The platform keeps private networks away, and connects to what it resolved itself.
		outbound: createOutbound({
			allowedHosts: settings.outboundHosts,
			resolve: null,
			send: (request) => fetch(request),
		}),
		afterAnswer: waitUntil,
		log,
	})
	return app
}

/** City and country as the edge sees them. */
function placeOf(request: Request): string | null {
	const { cf } = request as Request & { cf?: { city?: string; country?: string } }
	const parts = [cf?.city, cf?.country].filter((part) => part !== undefined)
	return parts.length > 0 ? parts.join(', ') : null
}

export default {
	async fetch(request: Request, bindings: Bindings): Promise<Response> {
		return appFor(bindings).fetch(request)
	},
	async scheduled(event: ScheduledController, bindings: Bindings, context: ExecutionContext): Promise<void> {
		context.waitUntil(appFor(bindings).deliverLogouts())
		if (event.cron !== SWEEPING) return
		const needs = { db: databaseOf(bindings), clock: systemClock, random: systemRandom }
		context.waitUntil(sweep(needs))
		context.waitUntil(noticeExpiry({ ...needs, vault: vaultOf(readSettings(bindings)) }, { pieces: AT_THE_EDGE }))
	},
}
