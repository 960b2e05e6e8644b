import { drizzle } from 'drizzle-orm/d1'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { openSimulator, type SimulatorDb } from '../../../src/ports/civil-registry/simulator/index.ts'
import { civilRegistryContract, clock, TIMEOUT_MS } from './suite.ts'

civilRegistryContract('the simulator on D1', async () => {
	const miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: [{ type: 'ESModule', path: 'worker.js', contents: 'export default { fetch: () => new Response() }' }],
			compatibilityDate: '2026-11-01',
			d1Databases: { DB: 'registry' },
			cf: false,
			host: '127.0.0.1',
		}),
	)
	await miniflare.ready
	const db = drizzle(await miniflare.getD1Database('DB')) as unknown as SimulatorDb
	const simulator = await openSimulator({ db, clock, population: 200, timeoutMs: TIMEOUT_MS })
	return { registry: simulator, simulator, close: () => miniflare.dispose() }
})
