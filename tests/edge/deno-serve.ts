import { openDatabase } from '../../db/open.ts'
import { createApp } from '../../src/app.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'

/** The application on Deno, run by `deno.test.ts`: the same composition as `src/serve.ts`, with Deno's server. */
declare const Deno: {
	serve(
		options: { hostname: string; port: number; onListen(at: { port: number }): void },
		handler: (request: Request) => Response | Promise<Response>,
	): unknown
	args: string[]
}

const issuer = 'http://localhost:8787'
const { db } = await openDatabase(`file:${Deno.args[0]}`)
const app = createApp({
	db,
	clock: systemClock,
	random: systemRandom,
	vault: createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom),
	registry: await openSimulator({ file: ':memory:', population: 100 }),
	settings: { issuer, tiers: ['device-bound'] },
	assets: async () => null,
	peer: () => ({ address: null, place: null }),
	log: () => undefined,
})
Deno.serve(
	{ hostname: '127.0.0.1', port: 0, onListen: ({ port }) => process.stdout.write(`port ${port}\n`) },
	(request) => app.fetch(request),
)
