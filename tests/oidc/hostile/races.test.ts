import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Arena, openArena } from './races/arena.ts'
import { sessionRaces } from './races/sessions.ts'
import { tokenRaces } from './races/tokens.ts'

/**
 * Everything that may happen once, asked for by 2 to 64 at once, at any of three servers over one database: exactly one
 * wins, whatever the order. The trials come from a seed; `RACE_SEED` runs one again. `TEST_LONG`: 10,000 of them.
 */
const RACES = { ...tokenRaces, ...sessionRaces }
const LONG = Boolean(process.env.TEST_LONG)
/** Of each race, on each database. */
const TRIALS: Record<string, number> = { 'libSQL in a file': LONG ? 740 : 22, D1: LONG ? 36 : 3 }
/** Where each trial costs a PIN: a quarter of them. */
const RARE = [
	'a citizen’s confirmation, and what is collected for it',
	'sign-ins that began with one request_uri: one of them gives a code',
]
const SEED = Number(process.env.RACE_SEED ?? 20_261_125)
const MOST = 64
setDefaultTimeout(LONG ? 7_200_000 : 120_000)

describe.each(Object.entries(TRIALS))('on %s', (where, trials) => {
	let arena: Arena
	beforeAll(async () => {
		arena = await openArena(where, SEED)
	})
	afterAll(() => arena.close())

	const each = Object.keys(RACES).map((name): [string, number] => [
		name,
		RARE.includes(name) ? Math.ceil(trials / 4) : trials,
	])
	test.each(each)('%s, %d times', async (name, times) => {
		const race = RACES[name]
		for (let trial = 0; trial < times; trial++) {
			// Most of them few: what is between two is where orders differ.
			const n = arena.die(3) === 0 ? 2 + arena.die(MOST - 1) : 2 + arena.die(7)
			try {
				await race?.(arena, n)
			} catch (error) {
				throw new Error(`seed ${SEED}, trial ${trial} of «${name}», ${n} at once`, { cause: error })
			}
		}
	})
})

test('so many are tried', () => {
	const all = Object.values(TRIALS).reduce((sum, trials) => sum + trials * (Object.keys(RACES).length - RARE.length), 0)
	console.log(`${all} races`)
	expect(all).toBeGreaterThanOrEqual(LONG ? 10_000 : 300)
})
