import { join } from 'node:path'
import { ChromiumMissing, ensureChromium, thisMachine } from './chromium.ts'

/**
 * `npm test`: everything that has to hold, and one honest closing line.
 *
 *     bun tools/test.ts                 build, types, style, browser, and every test
 *     bun tools/test.ts --long          the same with the full figures (TEST_LONG=1)
 *     bun tools/test.ts tests/oidc …    only these tests
 *
 * The last line on stdout is `N passed, N failed`; the exit code is 0 only where nothing failed. Each step before the
 * tests counts as one test.
 */
export interface Counts {
	passed: number
	failed: number
	skipped: number
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const COLOURS = /\u001b\[[0-9;]*m/g

/**
 * Reads what `bun test` says at its end. A run that ended badly without a failed test (a crash, a file that does not
 * load, no test at all) counts as one failure, so that the line never looks better than the exit code.
 */
export function countsOf(output: string, exitCode: number): Counts {
	const text = output.replace(COLOURS, '')
	const last = (word: string): number => Number([...text.matchAll(RegExp(`^ *(\\d+) ${word}$`, 'gm'))].at(-1)?.[1] ?? 0)
	const failed = last('fail')
	return { passed: last('pass'), failed: exitCode !== 0 && failed === 0 ? 1 : failed, skipped: last('skip') }
}

export function closingLine({ passed, failed, skipped }: Counts): string {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** For a test or a hook that names none of its own, ms; bunfig.toml has no say in this. A machine may be busy. */
const TIMEOUT = 60_000

const root = join(import.meta.dir, '..')
const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Runs a program of `node_modules`, its output on stderr. */
async function step(name: string, ...command: string[]): Promise<Counts> {
	say(`\n${name}`)
	const started = Bun.nanoseconds()
	const child = Bun.spawn([process.execPath, '--bun', ...command], { cwd: root, stdin: 'ignore', stdout: 2, stderr: 2 })
	const code = await child.exited
	say(`${code === 0 ? 'ok' : `FAILED (exit code ${code})`}  ${((Bun.nanoseconds() - started) / 1e9).toFixed(1)} s`)
	return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

async function browser(): Promise<{ counts: Counts; path: string | null }> {
	say('\nbrowser')
	try {
		const path = await ensureChromium(thisMachine())
		say(`ok  ${path}`)
		return { counts: { passed: 1, failed: 0, skipped: 0 }, path }
	} catch (error) {
		if (!(error instanceof ChromiumMissing)) throw error
		say(error.message)
		return { counts: { passed: 0, failed: 1, skipped: 0 }, path: null }
	}
}

async function tests(args: readonly string[], env: Record<string, string>): Promise<Counts> {
	say('\ntests')
	const child = Bun.spawn([process.execPath, 'test', `--timeout=${TIMEOUT}`, ...args], {
		cwd: root,
		env: { ...process.env, ...env },
		stdin: 'ignore',
		stdout: 2,
		stderr: 'pipe',
	})
	const decoder = new TextDecoder()
	let output = ''
	for await (const chunk of child.stderr) {
		process.stderr.write(chunk)
		output += decoder.decode(chunk, { stream: true })
	}
	return countsOf(output, await child.exited)
}

async function run(argv: readonly string[]): Promise<Counts> {
	const long = argv.includes('--long')
	const args = argv.filter((arg) => arg !== '--long')
	const env: Record<string, string> = { ...(long && { TEST_LONG: '1' }), WRANGLER_SEND_METRICS: 'false' }
	if (args.some((arg) => !arg.startsWith('-'))) return await tests(args, env)
	const build = await step('front end (vite build)', 'vite', 'build', '--logLevel', 'warn')
	// So that what is started is what `npm start` starts.
	const server = await step('server (bun build)', 'tools/build-server.ts')
	const types = await step('types (tsc --noEmit)', 'tsc', '--noEmit')
	const style = await step('style (biome ci)', 'biome', 'ci', '.')
	const { counts: found, path } = await browser()
	const all = [build, server, types, style, found, await tests(args, path ? { ...env, CHROMIUM_PATH: path } : env)]
	const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0)
	return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

if (import.meta.main) {
	const counts = await run(process.argv.slice(2))
	console.log(closingLine(counts))
	process.exitCode = counts.failed === 0 ? 0 : 1
}
