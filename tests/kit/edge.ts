import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/d1'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type Db, drizzleConfig } from '../../db/client.ts'
import { seedClients } from '../../db/seed/clients.ts'
import { base64url } from '../../src/lib/bytes.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { serveRegistry } from '../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'

/**
 * The product at the edge: the bundle that is deployed, in workerd, with D1; the civil registry over HTTP. Nothing of it
 * is ours but the bindings.
 */
export interface Edge {
	issuer: string
	db: Db
	simulator: Awaited<ReturnType<typeof openSimulator>>
	/** Bytes of the bundle, minified and gzipped. */
	bundleSize: number
	fetch(request: Request): Promise<Response>
	close(): Promise<void>
}

const root = join(import.meta.dir, '../..')

/** The worker as one module, as wrangler makes it. */
export async function bundleWorker(): Promise<string> {
	const built = await Bun.build({
		entrypoints: [join(root, 'src/worker.ts')],
		target: 'browser',
		format: 'esm',
		minify: true,
		conditions: ['workerd', 'worker'],
		external: ['node:*', 'cloudflare:*'],
	})
	const [output] = built.outputs
	if (!output) throw new Error('the worker did not build')
	return output.text()
}

export async function openEdge(issuer = 'http://localhost:8787'): Promise<Edge> {
	const simulator = await openSimulator({ file: ':memory:', population: 100 })
	const token = base64url(systemRandom.bytes(32))
	const registry = Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		fetch: serveRegistry(simulator, { token }).fetch,
	})
	const contents = await bundleWorker()
	const miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: [{ type: 'ESModule', path: 'worker.js', contents }],
			compatibilityDate: '2026-11-01',
			compatibilityFlags: ['nodejs_compat'],
			d1Databases: { DB: 'dopa' },
			serviceBindings: {
				ASSETS: (request: Request) => new Response(`<!doctype html><title>${new URL(request.url).pathname}</title>`),
			},
			bindings: {
				DOPA_MODE: 'production',
				DOPA_ISSUER: issuer,
				DOPA_ROOT_KEYS: `1:${base64url(systemRandom.bytes(32))}`,
				DOPA_REGISTRY: 'linkage',
				DOPA_REGISTRY_URL: `http://127.0.0.1:${registry.port}`,
				DOPA_REGISTRY_TOKEN: token,
			},
			cf: false,
			host: '127.0.0.1',
		}),
	)
	const url = await miniflare.ready
	const d1 = await miniflare.getD1Database('DB')
	for (const statement of await migrations()) await d1.prepare(statement).run()
	const db = drizzle(d1, drizzleConfig) as unknown as Db
	await seedClients(db, systemClock)
	return {
		issuer,
		db,
		simulator,
		bundleSize: Bun.gzipSync(contents).byteLength,
		async fetch(request) {
			const { pathname, search } = new URL(request.url)
			// `fetch` would send the Host of the address; the issuer comes from settings anyway.
			return fetch(new Request(new URL(pathname + search, url), request), { redirect: 'manual' })
		},
		async close() {
			await miniflare.dispose()
			await registry.stop(true)
			simulator.close()
		},
	}
}

/** The statements of the migrations, in order, as `wrangler d1 migrations apply` runs them. */
async function migrations(): Promise<string[]> {
	const folder = join(root, 'db/migrations')
	const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
	const texts = await Promise.all(files.map((name) => Bun.file(join(folder, name)).text()))
	return texts.flatMap((text) => text.split('--> statement-breakpoint')).map((statement) => statement.trim())
}
