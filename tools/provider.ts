import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The product as `npm start` runs it, in demo mode, on a data directory of its own that goes away afterwards. The
 * sample agency starts with it, on the next port.
 */
export interface RunningProvider {
	url: string
	/** Makes the first officer; works once. */
	officerLink: string
	agencyUrl: string
	/** @returns the server's exit code */
	stop(): Promise<number>
}

const root = join(import.meta.dir, '..')
const START_TIMEOUT = 60_000

/**
 * @param from the first port to try
 * @throws Error with what the server said, where it does not come up in a minute
 */
export async function startProvider(from = 8787): Promise<RunningProvider> {
	const port = await freePair(from)
	const data = await mkdtemp(join(tmpdir(), 'dopa-demo-'))
	const child = Bun.spawn([process.execPath, join(root, 'tools/start.ts')], {
		cwd: root,
		env: { ...process.env, DOPA_MODE: 'demo', DOPA_DATA: data, DOPA_PORT: String(port), DOPA_POPULATION: '500' },
		stdin: 'ignore',
		stdout: 'pipe',
		stderr: 'inherit',
	})
	const stop = async (): Promise<number> => {
		child.kill('SIGTERM')
		const code = await child.exited
		// The agency is told to end and does so a moment later.
		for (let wait = 0; wait < 50 && !(await isFree(port + 1)); wait++) await Bun.sleep(100)
		await rm(data, { recursive: true, force: true })
		return code
	}
	const timer = setTimeout(() => child.kill('SIGTERM'), START_TIMEOUT)
	try {
		const officerLink = await firstMatch(child.stdout, /https?:\/\/\S+\/office\/join#\S+/)
		const agencyUrl = `http://localhost:${port + 1}`
		await answers(agencyUrl)
		return { url: `http://localhost:${port}`, officerLink, agencyUrl, stop }
	} catch (error) {
		await stop()
		throw error
	} finally {
		clearTimeout(timer)
	}
}

/** Reads on until the text is there; afterwards the stream is emptied so that the writer never waits. */
async function firstMatch(stream: ReadableStream<Uint8Array>, wanted: RegExp): Promise<string> {
	const reader = stream.getReader()
	const decoder = new TextDecoder()
	let text = ''
	for (;;) {
		const { done, value } = await reader.read()
		if (done) throw new Error(`the server ended before it was ready:\n${text}`)
		text += decoder.decode(value, { stream: true })
		const [found] = wanted.exec(text) ?? []
		if (found === undefined) continue
		void (async () => {
			while (!(await reader.read()).done);
		})()
		return found
	}
}

async function answers(url: string): Promise<void> {
	for (let attempt = 0; attempt < 200; attempt++) {
		const response = await fetch(url).catch(() => null)
		if (response?.ok) return
		await Bun.sleep(100)
	}
	throw new Error(`nothing answers on ${url}`)
}

/** The first port from here on that is free and whose neighbour is free too. */
async function freePair(from: number): Promise<number> {
	for (let port = from; port < from + 200; port += 2) if ((await isFree(port)) && (await isFree(port + 1))) return port
	throw new Error(`no two free ports from ${from} on`)
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer()
		server.once('error', () => resolve(false))
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
	})
}
