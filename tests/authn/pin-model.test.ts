import { expect, test } from 'bun:test'
import fc from 'fast-check'
import {
	type PinState,
	pinMatches,
	pinState,
	reserveAttempt,
	settleRight,
	settleWrong,
} from '../../src/authn/pin/index.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'
import { cheap, newAttempt, PIN, readPin, START, setPin, vault } from './pin-kit.ts'

/** The rule as a person would say it, for the database to be compared with. Seconds. */
class Rule {
	errors = 0
	private readyAt = 0
	private static readonly waits = new Map([
		[4, 30],
		[5, 60],
		[6, 120],
		[7, 300],
		[8, 900],
		[9, 3_600],
	])

	state(now: number): PinState {
		if (this.errors === 10) return { kind: 'disabled' }
		const triesLeft = 10 - this.errors
		return now < this.readyAt ? { kind: 'wait', until: this.readyAt, triesLeft } : { kind: 'ready', triesLeft }
	}

	/** @returns whether it was evaluated. A dead one is an error. */
	attempt(now: number, outcome: 'right' | 'wrong' | 'dead'): boolean {
		if (this.state(now).kind !== 'ready') return false
		this.errors = outcome === 'right' ? 0 : this.errors + 1
		this.readyAt = outcome === 'right' ? 0 : now + (Rule.waits.get(this.errors) ?? 0) * 1_000
		return true
	}
}

/** @returns whether it was evaluated. */
async function attempt({ db }: TestDb, accountId: string, pin: string | 'dies', now: number): Promise<boolean> {
	const at = newAttempt(accountId)
	const [row] = await reserveAttempt(db, { ...at, now })
	if (!row) return false
	if (pin === 'dies') return true
	if (await pinMatches(vault, row, pin, cheap)) await settleRight(db, { ...at, now })
	else await settleWrong(db, { ...at, now })
	return true
}

const WRONG = '27419680'
const pinOf = { right: PIN, wrong: WRONG, dead: 'dies' } as const

test('any sequence of right and wrong PINs, deaths and pauses is as the rule says', async () => {
	const test = await memoryDb()
	let runs = 0
	const outcome = fc.oneof(
		{ weight: 20, arbitrary: fc.constant('wrong' as const) },
		{ weight: 1, arbitrary: fc.constant('right' as const) },
		{ weight: 1, arbitrary: fc.constant('dead' as const) },
	)
	const pause = fc.oneof(
		fc.constant(0),
		fc.integer({ min: 0, max: 4_000_000 }),
		fc.constantFrom(29_999, 30_000, 60_000, 3_600_000, 3_600_000),
	)
	const kinds = new Set<string>()
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(outcome, pause), { minLength: 1, maxLength: 40, size: 'max' }),
			async (steps) => {
				const accountId = `acc_${runs++}`
				await setPin(test.db, accountId)
				const rule = new Rule()
				let now = START
				for (const [outcome, pause] of steps) {
					now += pause
					const before = pinState(await readPin(test.db, accountId), now)
					expect(before).toEqual(rule.state(now))
					kinds.add(`${before.kind} ${rule.errors}`)
					expect(await attempt(test, accountId, pinOf[outcome], now)).toBe(rule.attempt(now, outcome))
					kinds.add(`${before.kind} ${rule.errors}`)
				}
				expect(pinState(await readPin(test.db, accountId), now)).toEqual(rule.state(now))
			},
		),
		{ numRuns: 150 },
	)
	// The sequences went everywhere: ready and waiting at each count that can wait, and disabled.
	for (const kind of ['ready 0', 'ready 3', 'ready 9', 'wait 4', 'wait 9', 'disabled 10']) expect(kinds).toContain(kind)
	test.close()
}, 120_000)

/** 10^4 in the ordinary run; `PIN_GUESSES=1000000` for the full figure. */
const GUESSES = Number(process.env.PIN_GUESSES ?? 10_000)
const GUESSES_EACH = 100

test(`${GUESSES} guesses in bursts: none is evaluated over the limit`, async () => {
	const test = await memoryDb()
	let over = 0
	let evaluated = 0
	for (let account = 0; account < GUESSES / GUESSES_EACH; account++) {
		const accountId = `acc_${account}`
		await setPin(test.db, accountId)
		const rule = new Rule()
		let now = START
		let mine = 0
		for (let guessed = 0; guessed < GUESSES_EACH; guessed += 10) {
			const guesses = Array.from({ length: 10 }, (_, i) => String(10_000_000 + account * GUESSES_EACH + guessed + i))
			const got = await Promise.all(guesses.map((guess) => attempt(test, accountId, guess, now)))
			const allowed = guesses.filter(() => rule.attempt(now, 'wrong')).length
			const done = got.filter(Boolean).length
			over += Math.max(0, done - allowed)
			mine += done
			now += ((account * 7 + guessed) % 13) * 400_000
		}
		expect(mine).toBeLessThanOrEqual(10)
		evaluated += mine
	}
	expect(over).toBe(0)
	expect(evaluated).toBeGreaterThan(GUESSES / GUESSES_EACH)
	test.close()
}, 600_000)
