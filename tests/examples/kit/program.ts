/** A relying party that runs as a program of its own: started, waited for, ended. */
export interface Program {
	output(): string
	stop(): Promise<void>
}

/**
 * A port that nobody has right now, below those that a machine gives to outgoing connections: a fetch that waits for
 * the program could otherwise be given that very port for its own end, and connect to itself.
 * @param taken those that somebody here was promised
 */
export function freePort(taken: readonly number[] = []): number {
	for (let tries = 0; tries < 50; tries++) {
		const port = 20_000 + Math.floor(Math.random() * 10_000)
		if (taken.includes(port)) continue
		try {
			Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
			return port
		} catch {
			// Somebody has it.
		}
	}
	throw new Error('no free port between 20000 and 30000')
}

/**
 * Starts a program and waits until it answers HTTP at all.
 * @param command with its arguments. @param ready a URL of it. @throws Error with its output where it ends before
 */
export async function startProgram(
	command: readonly string[],
	options: { cwd?: string; env: Record<string, string>; ready: string; withinMs?: number },
): Promise<Program> {
	const child = Bun.spawn([...command], {
		cwd: options.cwd,
		env: { ...process.env, ...options.env },
		stdin: 'ignore',
		stdout: 'pipe',
		stderr: 'pipe',
	})
	let output = ''
	const read = async (stream: ReadableStream<Uint8Array>) => {
		const decoder = new TextDecoder()
		for await (const chunk of stream) output += decoder.decode(chunk, { stream: true })
	}
	const reading = Promise.all([read(child.stdout), read(child.stderr)])
	const program: Program = {
		output: () => output,
		async stop() {
			child.kill()
			await child.exited
			await reading
		},
	}
	const until = Date.now() + (options.withinMs ?? 20_000)
	while (Date.now() < until && child.exitCode === null) {
		const answered = await fetch(options.ready, { redirect: 'manual' }).catch(() => null)
		if (answered) return program
		await Bun.sleep(50)
	}
	await program.stop()
	throw new Error(`${command[0]} does not answer at ${options.ready}:\n${output}`)
}
