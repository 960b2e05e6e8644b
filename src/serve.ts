/**
 * Entry point for Bun: one process, a libSQL file or a libSQL server, the simulated civil registry or the Linkage
 * Center. What it binds to and what it opens stands in the settings (`env.ts`).
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '../db/open.ts'
import { createApp } from './app.ts'
import { assetsFrom } from './assets.ts'
import type { Peer } from './authn/index.ts'
import { demoRootKeys, progressBar, seedDemo, welcome } from './demo.ts'
import { readSettings, type Settings, SettingsError } from './env.ts'
import { systemClock } from './lib/clock.ts'
import { createLog } from './lib/log.ts'
import { createOutbound } from './lib/outbound.ts'
import { bunConnection } from './lib/outbound-bun.ts'
import { systemRandom } from './lib/random.ts'
import { createVault } from './lib/vault.ts'
import { type CivilRegistry, createLinkageAdapter } from './ports/civil-registry/index.ts'
import { openSimulator } from './ports/civil-registry/simulator/index.ts'
import { sweep } from './sweep.ts'

/** Above the pings of a silent stream; Bun's default of 10 s cuts one off. Seconds. */
const IDLE_TIMEOUT = 60
const AGENCY_PORT_OFFSET = 1

const root = new URL('..', import.meta.url).pathname

async function openRegistry(settings: Settings): Promise<CivilRegistry> {
	const { registry } = settings
	if (registry.kind === 'linkage')
		return createLinkageAdapter({ baseUrl: registry.url, token: registry.token, timeoutMs: registry.timeoutMs })
	return openSimulator({
		file: join(settings.dataDirectory, 'civil-registry.db'),
		population: settings.population,
		clock: systemClock,
		onProgress: progressBar(
			'seeding the synthetic country',
			(text) => process.stdout.write(text),
			process.stdout.isTTY,
		),
	})
}

/** Who is at the other end: the socket's address, or what the one trusted proxy says. Asked only where it is told. */
function peerOf(request: Request, server: Bun.Server<undefined>, { clientAddressHeader }: Settings): Peer {
	const address =
		clientAddressHeader === null ? server.requestIP(request)?.address : request.headers.get(clientAddressHeader)?.trim()
	return { address: address ?? null, place: null }
}

function startAgency(settings: Settings): { url: string; stop(): void } | null {
	if (settings.mode !== 'demo' || !settings.agency) return null
	const port = settings.port + AGENCY_PORT_OFFSET
	const child = Bun.spawn([process.execPath, join(root, 'examples/agency/main.ts')], {
		env: { ...process.env, PORT: String(port), ISSUER: settings.issuer },
		stdout: 'ignore',
		stderr: 'inherit',
	})
	return { url: `http://localhost:${port}`, stop: () => child.kill() }
}

async function main(): Promise<void> {
	const settings = readSettings(process.env)
	const log = createLog(
		(line) => process.stderr.write(`${line}\n`),
		() => systemClock.now(),
	)
	await mkdir(settings.dataDirectory, { recursive: true })
	const vault = createVault(
		settings.rootKeys ?? (await demoRootKeys(settings.dataDirectory, systemRandom)),
		systemRandom,
	)
	const { db, close } = await openDatabase(settings.database.url, { token: settings.database.token })
	const registry = await openRegistry(settings)
	const app = createApp({
		db,
		clock: systemClock,
		random: systemRandom,
		vault,
		registry,
		settings,
		assets: assetsFrom(join(root, 'dist/web')),
		peer: (request) => peerOf(request, server, settings),
		outbound: createOutbound({ allowedHosts: settings.outboundHosts, ...bunConnection() }),
		log,
	})
	await app.warm()
	const server = Bun.serve({
		hostname: settings.host,
		port: settings.port,
		idleTimeout: IDLE_TIMEOUT,
		fetch: (request) => app.fetch(request),
	})
	Bun.cron('*/5 * * * *', () => sweep({ db, clock: systemClock, random: systemRandom }))
	const agency = startAgency(settings)
	if (settings.mode === 'demo') {
		const officerLink = await seedDemo(
			db,
			{ clock: systemClock, random: systemRandom },
			{ issuer: settings.issuer, agencyUrl: agency?.url },
		)
		process.stdout.write(`${welcome({ settings, officerLink, agencyUrl: agency?.url ?? null })}\n`)
	} else log('started', { issuer: settings.issuer })

	const stop = async () => {
		agency?.stop()
		await server.stop()
		close()
		process.exit(0)
	}
	process.once('SIGINT', stop)
	process.once('SIGTERM', stop)
}

main().catch((error: unknown) => {
	if (!(error instanceof SettingsError)) throw error
	process.stderr.write(`${error.message}\n`)
	process.exit(78)
})
