import { join } from 'node:path'
import { createOutbound, noOutbound } from '../../../src/lib/outbound.ts'
import { bunConnection } from '../../../src/lib/outbound-bun.ts'
import { systemRandom } from '../../../src/lib/random.ts'
import { people } from '../../../src/ports/civil-registry/index.ts'
import { registerClient } from '../../../tools/register-client.ts'
import { enrolledCitizen } from '../../kit/enrolled.ts'
import { type Browser, createBrowser } from '../../kit/http-client.ts'
import { beginSignIn, type Citizen, collect, scan, signInByQr } from '../../kit/journeys.ts'
import { openWorld, type World } from '../../kit/world.ts'
import { repository } from './tools.ts'

/** Our provider on a port of its own, for relying parties that run as programs; one citizen has enrolled. */
export interface Provider {
	issuer: string
	world: World
	citizen: Citizen
	person: typeof people.somchai
	/**
	 * Registers an example by its own `client.json`, as `bun run client:register` does.
	 * @param baseUrl where it runs this time. @param more what else is said, such as keys
	 */
	register(folder: string, baseUrl: string, more?: object): Promise<{ id: string; secret: string }>
	/** A browser at a desktop that visits the provider. */
	desktop(): Browser
	/**
	 * By QR.
	 * @param authorizationUrl where a relying party sent the browser. @param browser where it waits; a new one if nothing is said
	 * @returns its redirect URI with our answer
	 */
	signIn(authorizationUrl: string, browser?: Browser): Promise<string>
	/** The citizen looks at the request on the phone, and declines. @returns the redirect URI with our answer */
	decline(authorizationUrl: string): Promise<string>
	close(): Promise<void>
}

/** @param tells hosts of relying parties that may be told of an ending, such as `localhost:9000` */
export async function startProvider(tells: readonly string[] = []): Promise<Provider> {
	let world: World | null = null
	const server = Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		idleTimeout: 60,
		fetch: (request) => world?.app.fetch(request) ?? new Response('not yet', { status: 503 }),
	})
	const issuer = `http://localhost:${server.port}`
	world = await openWorld({ issuer, outbound: createOutbound({ allowedHosts: tells, ...bunConnection() }) })
	const opened = world
	const citizen: Citizen = { browser: opened.browser(), phone: opened.phone(), pin: '83729164' }
	const record = await opened.simulator.findPerson(people.somchai.pid, 'sign-in')
	if (!record) throw new Error('the registry does not know its own Somchai')
	await enrolledCitizen({ ...opened, now: Date.now() }, { ...citizen, record })
	const desktop = () => createBrowser((request) => fetch(request), { origin: issuer })
	return {
		issuer,
		world: opened,
		citizen,
		person: people.somchai,
		async register(folder, baseUrl, more = {}) {
			const text = await Bun.file(join(repository, 'examples', folder, 'client.json')).text()
			const metadata = { ...JSON.parse(text.replaceAll('http://localhost:8788', baseUrl)), ...more }
			const deps = { random: systemRandom, now: Date.now(), outbound: noOutbound, loopback: true }
			const registered = await registerClient(opened.db, deps, metadata, { update: false, newSecret: false })
			return { id: String(registered.client_id), secret: String(registered.client_secret ?? '') }
		},
		desktop,
		signIn: (url, browser = desktop()) => signInByQr(browser, citizen, url),
		async decline(url) {
			const waiting = desktop()
			const id = await beginSignIn(waiting, url)
			await scan(waiting, id, citizen)
			await citizen.browser.mutate('signIn.decide', { id, decision: 'decline' })
			return collect(waiting, id)
		},
		async close() {
			await server.stop(true)
			opened.close()
		},
	}
}
