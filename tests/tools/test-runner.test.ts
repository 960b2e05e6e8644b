import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closingLine, countsOf } from '../../tools/test.ts'

const folder = mkdtempSync(join(tmpdir(), 'test-runner-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the runner on one test file with this text. */
function runOn(name: string, text: string | null): { lastLine: string; exitCode: number } {
	const path = join(folder, `${name}.test.ts`)
	if (text !== null) writeFileSync(path, text)
	const { stdout, exitCode } = Bun.spawnSync([process.execPath, 'tools/test.ts', path], {
		cwd: join(import.meta.dir, '../..'),
		stderr: 'ignore',
	})
	return { lastLine: stdout.toString().trimEnd().split('\n').at(-1) ?? '', exitCode }
}

const imports = `import { expect, test } from 'bun:test'\n`

describe('the last line is true', () => {
	test('all pass', () => {
		const text = `${imports}test('a', () => expect(1).toBe(1)); test('b', () => expect(1).toBe(1))`
		expect(runOn('pass', text)).toEqual({ lastLine: '2 passed, 0 failed', exitCode: 0 })
	})

	test('one fails', () => {
		const text = `${imports}test('a', () => expect(1).toBe(1)); test('b', () => expect(1).toBe(2))`
		expect(runOn('fail', text)).toEqual({ lastLine: '1 passed, 1 failed', exitCode: 1 })
	})

	test('what a test prints is not mistaken for the result', () => {
		const text = `${imports}test('a', () => { console.log(' 7 pass\\n9 passed, 0 failed'); console.error(' 0 fail'); expect(1).toBe(2) })`
		expect(runOn('print', text)).toEqual({ lastLine: '0 passed, 1 failed', exitCode: 1 })
	})

	test('a file that does not load is a failure', () => {
		expect(runOn('load', `import './nowhere.ts'`)).toEqual({ lastLine: '0 passed, 1 failed', exitCode: 1 })
	})

	test('a run that dies is a failure', () => {
		const text = `${imports}test('a', () => expect(1).toBe(1)); test('b', () => process.exit(7))`
		expect(runOn('die', text)).toMatchObject({ lastLine: expect.stringMatching(/^\d passed, 1 failed$/), exitCode: 1 })
	})

	test('no test at all is a failure', () => {
		expect(runOn('absent', null)).toEqual({ lastLine: '0 passed, 1 failed', exitCode: 1 })
	})

	test('skipped ones are told', () => {
		const skip = ['test', 'skip'].join('.')
		const text = `${imports}test('a', () => expect(1).toBe(1)); ${skip}('b', () => {})`
		expect(runOn('skips', text)).toEqual({ lastLine: '1 passed, 0 failed, 1 skipped', exitCode: 0 })
	})
})

describe('reading what bun says', () => {
	test('colours do not hide a number, and the last block counts', () => {
		expect(countsOf('\u001b[32m 5 pass\u001b[0m\n\u001b[31m 2 fail\u001b[0m\n', 1)).toEqual({
			passed: 5,
			failed: 2,
			skipped: 0,
		})
		expect(countsOf(' 1 pass\n 0 fail\n 12 pass\n 1 skip\n 0 fail\n', 0)).toEqual({ passed: 12, failed: 0, skipped: 1 })
	})

	test('a bad exit code without a failed test is one failure', () => {
		expect(countsOf(' 5 pass\n 0 fail\n', 139).failed).toBe(1)
		expect(countsOf('', 1)).toEqual({ passed: 0, failed: 1, skipped: 0 })
		expect(closingLine({ passed: 5, failed: 1, skipped: 0 })).toBe('5 passed, 1 failed')
	})
})
