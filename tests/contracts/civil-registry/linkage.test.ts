import { createLinkageAdapter, serveRegistry } from '../../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'
import { civilRegistryContract, clock, TIMEOUT_MS } from './suite.ts'

civilRegistryContract('the Linkage Center over HTTP', async () => {
	const simulator = await openSimulator({ file: ':memory:', clock, population: 200 })
	const token = 'a token of the service'
	const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: serveRegistry(simulator, { token }).fetch })
	return {
		registry: createLinkageAdapter({ baseUrl: server.url.href, token, timeoutMs: TIMEOUT_MS }),
		simulator,
		async close() {
			await server.stop(true)
			simulator.close()
		},
	}
})
