import { drizzle } from 'drizzle-orm/libsql'
import { drizzleConfig, prepareClient } from '../../db/client.ts'
import { connectFile } from '../../db/open.ts'
import { createApp } from '../../src/app.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'
import { tapTrips } from '../authn/kit/trips.ts'

/**
 * The product on a database file, mortal: it can be told to kill its own process before or after one of its writes.
 * As a program it is the process that dies (`bun mortal.ts '<Mortal as JSON>'`, its port on stdout).
 */
export interface Mortal {
	database: string
	registry: string
	/** base64url */
	rootKey: string
	/** The write, counted from 1, at which to die; never where it is left out. */
	killAt?: number
	when?: 'before' | 'after'
}

export const ISSUER = 'http://localhost:8787'

/** @param onWrite told before and after each trip that writes, with its number */
export async function openMortal(
	{ database, registry, rootKey }: Mortal,
	onWrite: (write: number, when: 'before' | 'after') => void = () => {},
) {
	const client = await connectFile(database)
	const simulator = await openSimulator({ file: registry, population: 60 })
	const db = drizzle(prepareClient(client), drizzleConfig)
	const vault = createVault(
		[{ version: 1, key: Uint8Array.fromBase64(rootKey, { alphabet: 'base64url' }) }],
		systemRandom,
	)
	const app = createApp({
		db,
		clock: systemClock,
		random: systemRandom,
		vault,
		registry: simulator,
		settings: { issuer: ISSUER, tiers: ['attested', 'device-bound', 'browser-bound'] },
		assets: async (path) => new Response(`<!doctype html><title>${path}</title>`),
		peer: () => ({ address: '192.0.2.7', place: null }),
		log: () => {},
	})
	await app.warm()
	let writes = 0
	const isWrite = ({ sql }: { sql: string }) => !/^\s*select/i.test(sql)
	tapTrips(client, {
		before(statements) {
			if (statements.some(isWrite)) onWrite(++writes, 'before')
			return undefined
		},
		after(statements) {
			if (statements.some(isWrite)) onWrite(writes, 'after')
		},
	})
	return {
		db,
		app,
		simulator,
		vault,
		close() {
			simulator.close()
			client.close()
		},
	}
}

if (import.meta.main) {
	const mortal = JSON.parse(process.argv[2] ?? '{}') as Mortal
	const { app } = await openMortal(mortal, (write, when) => {
		// No farewell: what is in memory is gone, what is in the file stays.
		if (write === mortal.killAt && when === mortal.when) process.kill(process.pid, 'SIGKILL')
	})
	const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => app.fetch(request) })
	console.log(server.port)
}
