import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { prepareClient } from '../../../../db/client.ts'
import { type Clock, systemClock } from '../../../lib/clock.ts'
import { thaiDateAt } from '../../../lib/thai/dates.ts'
import { createFaultControl } from '../faults.ts'
import type { CivilRegistry } from '../port.ts'
import { registryOver } from '../transport.ts'
import { answer } from './answer.ts'
import type { SimulatorDb } from './look-ups.ts'
import { type Progress, seedCountry } from './seed.ts'

export async function openSimulator(options: {
	file: string
	clock?: Clock
	population?: number
	seed?: number
	timeoutMs?: number
	onProgress?: Progress
}) {
	const clock = options.clock ?? systemClock
	const client = createClient({ url: options.file === ':memory:' ? ':memory:' : `file:${options.file}`, concurrency: 1 })
	const db: SimulatorDb = drizzle(prepareClient(client))
	await seedCountry(
		db,
		{ seed: options.seed ?? 1, population: options.population ?? 2_000, asOf: thaiDateAt(clock.now()) },
		options.onProgress,
	)
	const faults = createFaultControl()
	const transport = {
		ask: (operation: Parameters<typeof answer>[1], question: unknown) => answer(db, operation, question, clock),
	}
	const registry: CivilRegistry = registryOver(transport, { timeoutMs: options.timeoutMs ?? 4_000 })
	return { ...registry, faults, close: () => client.close() }
}
