import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'
import { civilRegistryContract, clock, TIMEOUT_MS } from './suite.ts'

civilRegistryContract('the simulator in process', async () => {
	const simulator = await openSimulator({ file: ':memory:', clock, population: 200, timeoutMs: TIMEOUT_MS })
	return { registry: simulator, simulator, close: () => simulator.close() }
})
