import { describe, expect, test } from 'bun:test'
import { isCode, sources, under } from './kit/sources.ts'
import { impureUses } from './rules/purity.ts'

/** Where the machine may be asked for time, randomness and settings, and why there. */
const PLACES: Record<string, string> = {
	'src/lib/clock.ts': 'the clock that is handed in',
	'src/lib/random.ts': 'the randomness that is handed in',
	'src/env.ts': 'every setting is read here',
	'src/serve.ts': 'an entry point: it hands in what the machine gives',
	'src/worker.ts': 'an entry point: it hands in what the platform gives',
}

describe('time, randomness and settings are handed in', () => {
	test('nobody in src asks the machine for them', () => {
		const files = sources((path) => isCode(path) && under('src')(path))
		expect(files.length).toBeGreaterThan(5)
		expect(impureUses(files, PLACES)).toEqual([])
	})

	const uses = (text: string) => impureUses([{ path: 'src/authn/pin.ts', text }], PLACES)

	test.each([
		'const t = Date.now()',
		'const t = globalThis.Date.now()',
		'const clock = { now: Date.now }',
		`const t = Date['now']()`,
		'const d = new Date()',
		'const s = Date()',
		'const t = performance.now()',
		'const b = crypto.getRandomValues(new Uint8Array(3))',
		'const id = crypto.randomUUID()',
		'const n = Math.random()',
		`import { randomBytes } from 'node:crypto'`,
		`import { webcrypto as w } from 'crypto'`,
		'const issuer = process.env.ISSUER',
		'const issuer = Bun.env.ISSUER',
		'const { ISSUER } = process.env',
		'const issuer = import.meta.env.ISSUER',
	])('the rule fails on %s', (text) => {
		expect(uses(text)).toHaveLength(1)
	})

	test('and lets through what is given', () => {
		expect(uses('const d = new Date(clock.now()); const n = randomInt(random, 3); // Date.now()')).toEqual([])
		expect(impureUses([{ path: 'src/lib/clock.ts', text: 'Date.now()' }], PLACES)).toEqual([])
	})
})
