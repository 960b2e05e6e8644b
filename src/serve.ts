/**
 * Entry point for Bun: one process, a libSQL file or a libSQL server, the simulated civil registry or the Linkage
 * Center. What it binds to and what it opens stands in the settings (`env.ts`).
 *
 * It listens as soon as it can answer; what no first request needs is brought in afterwards
 * (`docs/decisions/0015-cold-start.md`).
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../db/open.ts'
import { createApp } from './app.ts'
import { assetsFrom } from './assets.ts'
import { readRoots, trustInRoots } from './attestation-roots.ts'
import { type AttestationTrust, noticeExpiry, type Peer } from './authn/index.ts'
import { readSettings, type Settings, SettingsError } from './env.ts'
import { systemClock } from './lib/clock.ts'
import { createLog } from './lib/log.ts'
import { createOutbound } from './lib/outbound.ts'
import { bunConnection } from './lib/outbound-bun.ts'
import { systemRandom } from './lib/random.ts'
import { createVault } from './lib/vault.ts'
import { type CivilRegistry, createLinkageAdapter } from './ports/civil-registry/index.ts'
import { sweep } from './sweep.ts'

/** Above the pings of a silent stream; Bun's default of 10 s cuts one off. Seconds. */
const IDLE_TIMEOUT = 60
const AGENCY_PORT_OFFSET = 1
/** Between two looks for logout tokens that are due. ms */
const LOGOUT_ROUND = 5_000
/** How long the first requests have the process to themselves. ms */
const SETTLE = 100

/** This file stands in `src`, or bundled in `dist/server`. */
const root = join(import.meta.dir, import.meta.dir.endsWith('/dist/server') ? '../..' : '..')

async function openRegistry(settings: Settings): Promise<CivilRegistry> {
	const { registry } = settings
	if (registry.kind === 'linkage')
		return createLinkageAdapter({ baseUrl: registry.url, token: registry.token, timeoutMs: registry.timeoutMs })
	const [{ openSimulator }, { progressBar }] = await Promise.all([
		import('./ports/civil-registry/simulator/index.ts'),
		import('./demo.ts'),
	])
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

/** A registry that is opened by the first question, or by `open`. */
function opened(make: () => Promise<CivilRegistry>): CivilRegistry & { open(): Promise<CivilRegistry> } {
	let opening: Promise<CivilRegistry> | undefined
	const open = () => {
		opening ??= make()
		return opening
	}
	return {
		open,
		findPerson: async (...asked) => (await open()).findPerson(...asked),
		portrait: async (...asked) => (await open()).portrait(...asked),
		checkCardByLaser: async (...asked) => (await open()).checkCardByLaser(...asked),
		checkCardByChip: async (...asked) => (await open()).checkCardByChip(...asked),
		provinces: async () => (await open()).provinces(),
		districts: async (...asked) => (await open()).districts(...asked),
		offices: async (...asked) => (await open()).offices(...asked),
		office: async (...asked) => (await open()).office(...asked),
	}
}

/** Who is at the other end: the socket's address, or what the one trusted proxy says. Asked only where it is told. */
function peerOf(request: Request, server: Bun.Server<undefined>, { clientAddressHeader }: Settings): Peer {
	const address =
		clientAddressHeader === null ? server.requestIP(request)?.address : request.headers.get(clientAddressHeader)?.trim()
	return { address: address ?? null, place: null }
}

/** @throws SettingsError */
function attestationTrustOf({ attestationRoots: file }: Settings): { attestationTrust?: AttestationTrust } {
	if (file === null) return {}
	try {
		return { attestationTrust: trustInRoots(readRoots(readFileSync(file, 'utf8')), systemClock) }
	} catch {
		throw new SettingsError('setting DOPA_ATTESTATION_ROOTS: must be a file of certificates in PEM')
	}
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
	mkdirSync(settings.dataDirectory, { recursive: true })
	const vault = createVault(
		settings.rootKeys ?? (await (await import('./demo.ts')).demoRootKeys(settings.dataDirectory, systemRandom)),
		systemRandom,
	)
	const { db, close } = await openDatabase(settings.database.url, {
		token: settings.database.token,
		migrations: join(root, 'db/migrations'),
	})
	const registry = opened(() => openRegistry(settings))
	const app = createApp({
		db,
		clock: systemClock,
		random: systemRandom,
		vault,
		registry,
		settings,
		assets: assetsFrom(join(root, 'dist/web')),
		peer: (request) => peerOf(request, server, settings),
		...attestationTrustOf(settings),
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
	let agency: ReturnType<typeof startAgency> = null
	const stop = async () => {
		agency?.stop()
		await server.stop()
		close()
		process.exit(0)
	}
	process.once('SIGINT', stop)
	process.once('SIGTERM', stop)

	await Bun.sleep(SETTLE)
	await registry.open()
	// The first pause of a delivery is ten seconds; one look at a small index costs nothing.
	setInterval(
		() => app.deliverLogouts().catch((error: Error) => log('error', { kind: error.name, path: 'logout' })),
		LOGOUT_ROUND,
	)
	Bun.cron('*/5 * * * *', () => sweep({ db, clock: systemClock, random: systemRandom }))
	// Each run goes on where the last one ended, until the day is done.
	Bun.cron('2-59/5 * * * *', () => noticeExpiry({ db, vault, clock: systemClock, random: systemRandom }))
	agency = startAgency(settings)
	if (settings.mode === 'demo') {
		const { seedDemo, welcome } = await import('./demo.ts')
		const officerLink = await seedDemo(
			db,
			{ clock: systemClock, random: systemRandom },
			{ issuer: settings.issuer, agencyUrl: agency?.url },
		)
		process.stdout.write(`${welcome({ settings, officerLink, agencyUrl: agency?.url ?? null })}\n`)
	} else log('started', { issuer: settings.issuer })
	// Nobody's first ceremony waits for its library (`authn/passkey/library.ts`).
	await import('reflect-metadata')
	await import('@simplewebauthn/server')
}

main().catch((error: unknown) => {
	if (!(error instanceof SettingsError)) throw error
	process.stderr.write(`${error.message}\n`)
	process.exit(78)
})
