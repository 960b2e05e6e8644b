import { afterAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
	ChromiumMissing,
	chromiumPath,
	ensureChromium,
	findChromium,
	type Machine,
	thisMachine,
} from '../../tools/chromium.ts'

interface Fake extends Machine {
	ran: string[]
}

/** A machine of lists: which programs it has, and what an installer adds. */
function fakeMachine(
	has: string[],
	how: Partial<Machine> & { installs?: Record<string, string>; broken?: string[]; failing?: string[] } = {},
): Fake {
	const programs = new Set(has)
	const ran: string[] = []
	return {
		env: {},
		system: 'debian',
		isRoot: true,
		playwrightPath: '/root/.cache/ms-playwright/chrome',
		isProgram: (path) => programs.has(path),
		ran,
		...how,
		async run(command) {
			const line = command.join(' ')
			ran.push(line)
			if (line.endsWith('--version')) return how.broken?.includes(command[0] ?? '') ? 127 : 0
			if (how.failing?.some((part) => line.includes(part))) return 100
			for (const [part, path] of Object.entries(how.installs ?? {})) if (line.includes(part)) programs.add(path)
			return 0
		},
	}
}

describe('finding Chromium', () => {
	test.each(['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'])('finds %s', (path) => {
		expect(findChromium(fakeMachine([path]))).toBe(path)
	})

	test('looks along PATH, and last at what Playwright installed', () => {
		const env = { PATH: '/opt/a:/opt/b' }
		expect(findChromium(fakeMachine(['/opt/b/google-chrome'], { env }))).toBe('/opt/b/google-chrome')
		const own = '/root/.cache/ms-playwright/chrome'
		expect(findChromium(fakeMachine([own]))).toBe(own)
		expect(findChromium(fakeMachine([own, '/usr/bin/chromium']))).toBe('/usr/bin/chromium')
		expect(findChromium(fakeMachine([]))).toBeNull()
	})

	test('CHROMIUM_PATH goes first, and a wrong one is told', () => {
		const env = { CHROMIUM_PATH: '/my/chrome' }
		expect(findChromium(fakeMachine(['/usr/bin/chromium', '/my/chrome'], { env }))).toBe('/my/chrome')
		expect(() => findChromium(fakeMachine(['/usr/bin/chromium'], { env }))).toThrow('/my/chrome')
	})
})

describe('installing Chromium', () => {
	test('what is there and starts is taken as it is', async () => {
		const machine = fakeMachine(['/usr/bin/chromium'])
		expect(await ensureChromium(machine)).toBe('/usr/bin/chromium')
		expect(machine.ran).toHaveLength(1)
	})

	test('Debian as root: apt-get, once updated', async () => {
		const machine = fakeMachine([], { installs: { 'apt-get install': '/usr/bin/chromium' } })
		expect(await ensureChromium(machine)).toBe('/usr/bin/chromium')
		expect(machine.ran.slice(0, 2)).toEqual([
			'apt-get update -q',
			'apt-get install -q -y --no-install-recommends chromium',
		])
	})

	test.each([
		['not root', { isRoot: false }],
		['not Debian', { system: 'ubuntu' }],
		['a Debian whose mirror is away', { failing: ['apt-get'] }],
	] as const)('%s: the installer of Playwright', async (_, how) => {
		const own = '/root/.cache/ms-playwright/chrome'
		const machine = fakeMachine([], {
			...how,
			failing: [...('failing' in how ? how.failing : [])],
			installs: { 'playwright-core': own },
		})
		expect(await ensureChromium(machine)).toBe(own)
	})

	test('a browser that lacks its libraries is replaced, not believed', async () => {
		const machine = fakeMachine(['/opt/chromium'], {
			env: { PATH: '/opt' },
			broken: ['/opt/chromium'],
			installs: { 'apt-get install': '/usr/bin/chromium' },
		})
		expect(await ensureChromium(machine)).toBe('/usr/bin/chromium')
	})

	test('where nothing helps, the run fails and says what a person can do', async () => {
		const machine = fakeMachine([], { failing: ['apt-get', 'playwright-core'] })
		const failure = await ensureChromium(machine).catch((error: unknown) => error)
		expect(failure).toBeInstanceOf(ChromiumMissing)
		const { message } = failure as ChromiumMissing
		for (const part of ['apt-get install', 'playwright-core install chromium', 'libnss3', 'CHROMIUM_PATH'])
			expect(message).toContain(part)
	})
})

describe('this machine', () => {
	const folder = mkdtempSync(join(tmpdir(), 'fake-bin-'))
	afterAll(() => rmSync(folder, { recursive: true }))

	test('takes only what may be run', () => {
		const path = join(folder, 'chromium')
		writeFileSync(path, '#!/bin/sh\nexit 0\n')
		expect(thisMachine().isProgram(path)).toBe(false)
		chmodSync(path, 0o755)
		expect(thisMachine().isProgram(path)).toBe(true)
		expect(findChromium({ ...thisMachine(), env: { CHROMIUM_PATH: path } })).toBe(path)
	})

	test('tells the exit code of what it runs, and 127 for what it lacks', async () => {
		const { run } = thisMachine()
		expect(await run(['sh', '-c', 'exit 3'])).toBe(3)
		expect(await run(['no-such-program-here'])).toBe(127)
		expect(
			await run(['sh', '-c', 'test "$DEBIAN_FRONTEND" = noninteractive'], {
				env: { DEBIAN_FRONTEND: 'noninteractive' },
			}),
		).toBe(0)
	})

	test('has a browser, since the tests were started', () => {
		expect(chromiumPath()).toMatch(/chrom/)
	})
})
