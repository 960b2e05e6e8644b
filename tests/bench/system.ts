import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuSeconds } from './cpu.ts'
import type { LoadFile } from './load.ts'

/**
 * A system under measurement: filled before it starts, run as a process of its own, and asked the same questions as
 * the other. What a request is and what a right answer looks like is said by `requests`.
 */
export interface System {
	readonly name: string
	/** What of a request is stored and signed: printed beside the figures. */
	readonly does: Readonly<Record<HotPath, string>>
	/** Makes a fresh database with all that the requests need. */
	seed(amounts: Amounts): Promise<void>
	/** Resolves at the first 200. */
	start(): Promise<RunningServer>
	/** Different requests, in the order in which they were seeded. Codes and refresh tokens work once (`ONCE`). */
	requests(path: HotPath): Pick<LoadFile, 'requests' | 'expect'>
}

export const HOT_PATHS = [
	'token',
	'refresh',
	'authorize',
	'par',
	'userinfo',
	'introspect',
	'discovery',
	'jwks',
] as const
/** What a request uses up: each round has its own. */
export const ONCE: readonly HotPath[] = ['token', 'refresh']
export type HotPath = (typeof HOT_PATHS)[number]

export interface Amounts {
	accounts: number
	/** As many refresh tokens as well. */
	codes: number
}

export interface RunningServer {
	pid: number
	/** From the start of the process to the first 200, ms. */
	startedIn: number
	/** CPU seconds until then. */
	startCpu: number
	stop(): Promise<void>
	/** How it ended, with its last words; null while it runs. */
	ended(): string | null
}

/** Servers on one core, the load on another, where the machine has two and `taskset`. */
const pinned = (core: number, command: string[]): string[] =>
	navigator.hardwareConcurrency > 1 && Bun.which('taskset') ? ['taskset', '-c', String(core), ...command] : command

export const onServerCore = (command: string[]): string[] => pinned(0, command)
export const onLoadCore = (command: string[]): string[] => pinned(1, command)

/** Starts a server and asks it until it answers 200. @throws Error with its last words where it ends before. */
export async function startServer(
	command: string[],
	env: Record<string, string>,
	url: string,
	cwd?: string,
): Promise<RunningServer> {
	const from = performance.now()
	const child = Bun.spawn(onServerCore(command), {
		env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
		...(cwd ? { cwd } : {}),
		stdout: 'ignore',
		stderr: 'pipe',
	})
	const lastWords = listen(child.stderr)
	const ended = () => {
		if (child.exitCode === null && child.signalCode === null) return null
		return `${command.join(' ')} ended with ${child.exitCode ?? child.signalCode}: ${lastWords()}`
	}
	const stop = async () => {
		child.kill()
		await child.exited
	}
	for (;;) {
		const answered = await fetch(url).then(
			(response) => response.ok,
			() => false,
		)
		if (answered) {
			const startedIn = performance.now() - from
			return { pid: child.pid, startedIn, startCpu: cpuSeconds(child.pid), stop, ended }
		}
		const why = ended()
		if (why) throw new Error(why)
		if (performance.now() - from > 30_000) {
			await stop()
			throw new Error(`${command.join(' ')} did not answer ${url} within 30 s: ${lastWords()}`)
		}
		await Bun.sleep(1)
	}
}

/** Reads on, so that a server never waits for somebody to read its log. @returns what it wrote last */
function listen(stream: ReadableStream<Uint8Array>): () => string {
	let words = ''
	void (async () => {
		for await (const chunk of stream) words = (words + new TextDecoder().decode(chunk)).slice(-2_000)
	})()
	return () => words
}

/** A port that was free a moment ago. The issuer's URL has to be known before its server starts. */
export function freePort(): number {
	const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
	const { port } = server
	server.stop(true)
	if (!port) throw new Error('no port')
	return port
}

/** A folder that is removed when the process ends well or badly; a kill leaves it to the system's own sweeping. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
	const path = await mkdtemp(join(tmpdir(), 'dopa-bench-'))
	return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** What is fetched once and kept between runs: outside the repository. */
export async function cacheFolder(): Promise<string> {
	const base = process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? tmpdir(), '.cache')
	const path = join(base, 'dopa-digital-id-bench')
	await mkdir(path, { recursive: true })
	return path
}

/** Runs a command to its end. @throws Error with what it wrote where it failed */
export async function runToEnd(command: string[], env: Record<string, string> = {}, cwd?: string): Promise<string> {
	const child = Bun.spawn(command, {
		env: { ...process.env, ...env },
		...(cwd ? { cwd } : {}),
		stdout: 'pipe',
		stderr: 'pipe',
	})
	const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
	if ((await child.exited) !== 0) throw new Error(`${command.join(' ')} failed: ${err.slice(-2_000)}${out.slice(-500)}`)
	return out
}
