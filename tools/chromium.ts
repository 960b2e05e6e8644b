import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/**
 * Where the browser of the tests comes from. Tests with a real browser are never skipped: what is missing is
 * installed where that is possible, and else the run fails and says how.
 */
export interface Machine {
	env: Readonly<Record<string, string | undefined>>
	/** Whether a file is there and may be run. */
	isProgram(path: string): boolean
	/** `ID` of /etc/os-release, such as `debian`; empty where there is none. */
	readonly system: string
	readonly isRoot: boolean
	/** Where Playwright's own installer puts its browser. */
	readonly playwrightPath: string
	/**
	 * Runs a command; its output goes to stderr, or nowhere.
	 * @returns its exit code; 127 where there is no such command.
	 */
	run(command: readonly string[], how?: { env?: Record<string, string>; quiet?: boolean }): Promise<number>
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** What the browser needs on a Debian without a desktop, where it does not come from Debian itself. */
const LIBRARIES =
	'libnss3 libatk1.0-0 libatk-bridge2.0-0 libcups2 libdrm2 libgbm1 libxkbcommon0 libxcomposite1 libxdamage1 libxfixes3 libxrandr2 libpango-1.0-0 libasound2'

export class ChromiumMissing extends Error {
	override readonly name = 'ChromiumMissing'
	constructor(tried: readonly string[]) {
		super(
			[
				'No Chromium was found, and the browser tests are not skipped.',
				...tried.map((line) => `  tried: ${line}`),
				'Do one of these:',
				'  Debian, as root:  apt-get update && apt-get install -y --no-install-recommends chromium',
				'  elsewhere:        bunx playwright-core install chromium',
				`                    (on a bare Linux it also needs: ${LIBRARIES})`,
				'  or set CHROMIUM_PATH to a Chromium or Chrome that you have.',
			].join('\n'),
		)
	}
}

/** A Chromium that is there already, or `null`. A `CHROMIUM_PATH` that leads nowhere is an error, not a hint. */
export function findChromium(machine: Machine): string | null {
	const named = machine.env.CHROMIUM_PATH
	if (named) {
		if (machine.isProgram(named)) return named
		throw new ChromiumMissing([`CHROMIUM_PATH=${named}, which is no program`])
	}
	const folders = ['/usr/bin', ...(machine.env.PATH ?? '').split(delimiter)].filter((folder) => folder !== '')
	const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
	return [...places, machine.playwrightPath].find((path) => machine.isProgram(path)) ?? null
}

/**
 * Finds Chromium or installs it: from Debian as root, else with Playwright's own installer. What was found is started
 * once, because a browser that lacks a library is there and yet does not run.
 * @throws ChromiumMissing with what was tried and what a person can do.
 */
export async function ensureChromium(machine: Machine): Promise<string> {
	const tried: string[] = []
	const present = findChromium(machine)
	if (present) {
		if (await starts(machine, present)) return present
		tried.push(`${present} --version, which failed`)
		if (machine.env.CHROMIUM_PATH) throw new ChromiumMissing(tried)
	}
	for (const install of [fromDebian, fromPlaywright]) {
		const attempt = await install(machine)
		if (attempt === null) continue
		const found = attempt.code === 0 ? findChromium(machine) : null
		if (found && (await starts(machine, found))) return found
		tried.push(`${attempt.told}, which ${attempt.code === 0 ? 'gave no browser that starts' : 'failed'}`)
	}
	throw new ChromiumMissing(tried)
}

interface Attempt {
	code: number
	told: string
}

async function fromDebian(machine: Machine): Promise<Attempt | null> {
	if (machine.system !== 'debian' || !machine.isRoot) return null
	const how = { env: { DEBIAN_FRONTEND: 'noninteractive' } }
	const updated = await machine.run(['apt-get', 'update', '-q'], how)
	const code =
		updated === 0
			? await machine.run(['apt-get', 'install', '-q', '-y', '--no-install-recommends', 'chromium'], how)
			: updated
	return { code, told: 'apt-get install chromium' }
}

async function fromPlaywright(machine: Machine): Promise<Attempt> {
	const installer = join(import.meta.dir, '../node_modules/playwright-core/cli.js')
	return {
		code: await machine.run([process.execPath, installer, 'install', 'chromium']),
		told: 'the installer of playwright-core',
	}
}

async function starts(machine: Machine, path: string): Promise<boolean> {
	return (await machine.run([path, '--headless', '--no-sandbox', '--version'], { quiet: true })) === 0
}

/** This machine. */
export function thisMachine(): Machine {
	const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
	return {
		env: process.env,
		isProgram: (path) => Bun.which(path) !== null,
		system: /^ID=["']?(\w+)/m.exec(release)?.[1] ?? '',
		isRoot: process.getuid?.() === 0,
		playwrightPath: chromium.executablePath(),
		async run(command, { env = {}, quiet = false } = {}) {
			const [program = '', ...args] = command
			if (!Bun.which(program)) return 127
			const child = Bun.spawn([program, ...args], {
				env: { ...process.env, ...env },
				stdin: 'ignore',
				// stdout is the test report's: its last line is read by machines.
				stdout: quiet ? 'ignore' : 2,
				stderr: quiet ? 'ignore' : 'inherit',
			})
			return await child.exited
		},
	}
}

/** For tests: the browser's path. @throws ChromiumMissing */
export function chromiumPath(): string {
	const found = findChromium(thisMachine())
	if (found) return found
	throw new ChromiumMissing(['looking only; `npm test` would install it'])
}

if (import.meta.main) console.log(await ensureChromium(thisMachine()))
