import { existsSync, renameSync, rmSync } from 'node:fs'
import { createClient } from '@libsql/client'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql'
import { prepareClient } from '../../../../db/client.ts'
import { type Clock, systemClock } from '../../../lib/clock.ts'
import { thaiDateAt } from '../../../lib/thai/dates.ts'
import { createFaultControl } from '../faults.ts'
import { namedPeople } from '../named-people.ts'
import type { RegistrySimulator } from '../simulation.ts'
import { registryOver } from '../transport.ts'
import { answer } from './answer.ts'
import { edit } from './edit.ts'
import { askWithFaults } from './faulty.ts'
import type { SimulatorDb } from './look-ups.ts'
import { EDITION, type Progress, readCountry, restoreNamedPeople, seedCountry } from './seed.ts'
import { households } from './tables.ts'

export interface SimulatorOptions {
	/** A path, in a folder that exists, or `:memory:`. Made where it is missing. */
	file?: string
	/** In place of `file`: a database that is open already, D1 for example. Its tables are the simulator's own. */
	db?: SimulatorDb
	/** Today: cards expire by it, and the named people's dates count from it when the country is made. */
	clock?: Clock
	/** Persons in all, the named ones among them. Default 2,000, or what the file holds. */
	population?: number
	/** Default 1, or what the file holds. */
	seed?: number
	/** After which an answer is given up. Default 4,000. */
	timeoutMs?: number
	onProgress?: Progress
}

/**
 * Opens the country, and makes it first where there is none.
 * @throws Error where the database holds another country than the one that was asked for.
 */
export async function openSimulator(options: SimulatorOptions): Promise<RegistrySimulator> {
	const clock = options.clock ?? systemClock
	const today = () => thaiDateAt(clock.now())
	const { db, close } = await openCountry(options, today)
	const faults = createFaultControl()
	const ask: RegistrySimulator['answer'] = (operation, question, signal) =>
		askWithFaults((what, about) => answer(db, clock, what, about), operation, question, faults.current(), signal)

	return {
		...registryOver({ ask }, { timeoutMs: options.timeoutMs ?? 4_000 }),
		faults,
		answer: ask,
		edit: (pid, change) => withoutData(() => edit(db, pid, change, today())),
		restoreNamedPeople: () => withoutData(() => restoreNamedPeople(db, today())),
		householderOf: (pid) =>
			withoutData(async () => {
				const rows = await db
					.select({ code: households.code })
					.from(households)
					.where(eq(households.householderPid, pid))
				return rows.map((row) => row.code).sort()
			}),
		close,
	}
}

async function openCountry(
	options: SimulatorOptions,
	today: () => ReturnType<typeof thaiDateAt>,
): Promise<{ db: SimulatorDb; close(): void }> {
	const wanted = { seed: options.seed ?? 1, population: options.population ?? 2_000, asOf: today() }
	if (wanted.population < namedPeople.length) throw new Error(`a country has at least ${namedPeople.length} people`)
	const make = (db: SimulatorDb) => withoutData(() => seedCountry(db, wanted, options.onProgress))
	const { file, db } = options
	if (db) {
		if (!(await holdsCountry(db, options))) await make(db)
		return { db, close: () => {} }
	}
	if (!file) throw new Error('the simulator needs a file or a database')
	if (file === ':memory:') {
		const memory = connect(':memory:')
		await make(memory.db)
		return memory
	}
	if (existsSync(file)) {
		const existing = connect(`file:${file}`)
		const kept = await holdsCountry(existing.db, options).finally(() => existing.close())
		if (kept) return connect(`file:${file}`)
	}
	await makeFile(file, make)
	return connect(`file:${file}`)
}

/** Whether the database holds what is asked for; `false` where it holds nothing, or an older edition. */
async function holdsCountry(db: SimulatorDb, options: SimulatorOptions): Promise<boolean> {
	const found = await withoutData(() => readCountry(db))
	if (found?.edition !== EDITION) return false
	const fits =
		(options.population ?? found.population) === found.population && (options.seed ?? found.seed) === found.seed
	if (!fits)
		throw new Error(
			`the registry simulator's database holds ${found.population} people of seed ${found.seed}; ask for those, or remove it`,
		)
	return true
}

/**
 * Makes the country beside its place and moves it there when it is whole. Until then nothing needs to survive a
 * crash, so the load runs without a journal.
 */
async function makeFile(file: string, make: (db: SimulatorDb) => Promise<void>): Promise<void> {
	const unfinished = `${file}.unfinished`
	rmSync(unfinished, { force: true })
	const { client, db, close } = connect(`file:${unfinished}`)
	for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -65536'])
		await client.execute(`PRAGMA ${pragma}`)
	await make(db)
	close()
	renameSync(unfinished, file)
}

/** One connection: pragmas belong to connections, and the client would else open twenty. */
function connect(url: string) {
	const client = createClient({ url, concurrency: 1, timeout: 5_000 })
	return { client, db: drizzle(prepareClient(client)) as SimulatorDb, close: () => client.close() }
}

/** Drizzle's errors quote the statement's values, which here are people's numbers: only our own words pass. */
async function withoutData<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work()
	} catch (error) {
		if (error instanceof Error && error.constructor === Error) throw error
		const kind = error instanceof Error ? error.constructor.name : 'unknown'
		const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code
		throw new Error(`the registry simulator failed: ${kind}${typeof code === 'string' ? ` ${code}` : ''}`)
	}
}
