import { join } from 'node:path'
import { bundleWorker } from '../kit/edge.ts'
import { freePort, startServer } from './system.ts'

/**
 * The worker in workerd itself, without Miniflare around it: from the start of the process to the first 200. Discovery
 * needs no database, so stand-ins are bound where D1 and the assets would be.
 */
export interface EdgeFigures {
	/** ms, one for each run */
	startedIn: number[]
	/** The same for a worker of one line: what of it is workerd's own. ms */
	empty: number[]
	/** Bytes of the bundle, minified and gzipped. */
	bundle: number
}

const ISSUER = 'https://id.example'
const settings = {
	DOPA_MODE: 'production',
	DOPA_ISSUER: ISSUER,
	DOPA_ROOT_KEYS: `1:${'A'.repeat(43)}`,
	DOPA_REGISTRY: 'linkage',
	DOPA_REGISTRY_URL: 'https://linkage.example',
	DOPA_REGISTRY_TOKEN: 'bench',
}

/** @param folder an empty one */
export async function edgeFigures(folder: string, runs: number): Promise<EdgeFigures> {
	const worker = await bundleWorker()
	const figures: EdgeFigures = { startedIn: [], empty: [], bundle: Bun.gzipSync(worker).byteLength }
	const path = '/.well-known/openid-configuration'
	for (let run = 0; run <= runs; run++) {
		const empty = await startOnce(folder, 'export default { fetch: () => new Response("ok") }', path)
		const whole = await startOnce(folder, worker, path)
		// The first run reads the binary from the disk.
		if (run > 0) {
			figures.empty.push(empty)
			figures.startedIn.push(whole)
		}
	}
	return figures
}

async function startOnce(folder: string, code: string, path: string): Promise<number> {
	const port = freePort()
	await Bun.write(join(folder, 'worker.js'), code)
	await Bun.write(join(folder, 'config.capnp'), configuration(port))
	const workerd = require.resolve('workerd/bin/workerd')
	const command = [workerd, 'serve', join(folder, 'config.capnp')]
	const server = await startServer(command, {}, `http://127.0.0.1:${port}${path}`)
	await server.stop()
	return server.startedIn
}

const configuration = (port: number) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "none", worker = .none)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [
    ${Object.entries(settings)
			.map(([name, value]) => `(name = "${name}", text = "${value}")`)
			.join(',\n    ')},
    (name = "DB", service = "none"),
    (name = "ASSETS", service = "none")
  ]
);
const none :Workerd.Worker = (
  modules = [(name = "none.js", esModule = "export default { fetch: () => new Response(null, { status: 404 }) }")],
  compatibilityDate = "2026-11-01"
);
`
