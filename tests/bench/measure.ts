import { join } from 'node:path'
import { cpuSeconds } from './cpu.ts'
import type { LoadFile, LoadResult } from './load.ts'
import { type HotPath, ONCE, onLoadCore, type RunningServer, runToEnd, type System } from './system.ts'

const CONNECTIONS = 16

export interface Figure {
	/** CPU seconds of the server for 1,000 requests. */
	cpu: number
	/** ms */
	p50: number
	p99: number
}

/**
 * Sends requests from a second process and takes the server's CPU time before and after.
 * @throws Error where an answer was wrong: a fast refusal is no figure
 */
export async function load(server: RunningServer, folder: string, file: LoadFile): Promise<Figure> {
	const path = join(folder, 'load.json')
	await Bun.write(path, JSON.stringify(file))
	const before = cpuSeconds(server.pid)
	const out = await runToEnd(onLoadCore([process.execPath, join(import.meta.dir, 'load.ts'), path])).catch((error) => {
		throw new Error(server.ended() ?? String(error))
	})
	const gone = server.ended()
	if (gone) throw new Error(gone)
	// What the server does after its last answer (collecting garbage, a checkpoint) is its cost as well.
	await Bun.sleep(200)
	const cpu = cpuSeconds(server.pid) - before
	const result = JSON.parse(out) as LoadResult
	if (result.failed > 0) throw new Error(`${result.failed} of ${file.count} wrong, the first: ${result.firstFailure}`)
	return { cpu: (cpu / file.count) * 1_000, p50: result.p50, p99: result.p99 }
}

export interface Paired {
	path: HotPath
	ours: Figure[]
	peer: Figure[]
	floor: Figure[]
}

/** The product, the provider that it is compared with, and the least that could do the same. */
export interface Each<T> {
	ours: T
	peer: T
	floor: T
}

export interface Plan {
	rounds: number
	warmUp: number
	count: Record<HotPath, number>
}

/** ours, peer, floor, ours, peer, floor …, so that whatever else the machine does falls on all. */
export async function paired(
	systems: Each<System>,
	servers: Each<RunningServer>,
	folder: string,
	plan: Plan,
	paths: readonly HotPath[],
): Promise<Paired[]> {
	const results: Paired[] = []
	for (const path of paths) {
		const result: Paired = { path, ours: [], peer: [], floor: [] }
		for (let round = 0; round <= plan.rounds; round++)
			for (const who of ['ours', 'peer', 'floor'] as const) {
				const count = round === 0 ? plan.warmUp : plan.count[path]
				const figure = await load(servers[who], folder, slice(systems[who], path, plan, round, count))
				if (round > 0) result[who].push(figure)
			}
		results.push(result)
	}
	return results
}

/** A code works once, so each round has codes of its own; the others go through their list in a circle. */
function slice(system: System, path: HotPath, plan: Plan, round: number, count: number): LoadFile {
	const { requests, expect } = system.requests(path)
	const from = round === 0 ? 0 : plan.warmUp + (round - 1) * plan.count[path]
	const once = ONCE.includes(path)
	const own = once ? requests.slice(from, from + count) : requests
	if (once && own.length < count) throw new Error('more codes are needed than were seeded')
	return { connections: CONNECTIONS, count, requests: own, expect }
}

export const median = (values: number[]): number => {
	const sorted = values.toSorted((a, b) => a - b)
	const middle = sorted.length >> 1
	const upper = sorted[middle] ?? Number.NaN
	return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The ratio of each pair, then their median: the two of a pair met the same machine. */
export const ratio = (ours: number[], peer: number[]): number =>
	median(ours.map((cost, i) => cost / (peer[i] ?? Number.NaN)))
