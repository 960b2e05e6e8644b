import { describe, expect, test } from 'bun:test'
import type { InStatement } from '@libsql/client'
import { schema } from '../../db/client.ts'
import { isServiceError } from '../../src/lib/errors.ts'
import {
	asDb,
	type Counter,
	enrolPerson,
	everything,
	issue,
	openCounter,
	prepare,
	tapped,
	Visitor,
} from './kit/counter.ts'
import { seedSignedInLife } from './kit/life.ts'

/**
 * A batch does not stop where its first statement changed nothing; each later one repeats the guard. Here the last step
 * of an enrolment comes a moment too late, again and again, each time with one guard taken away: every single one must
 * be missed.
 */
const GUARD =
	/EXISTS \(SELECT 1 FROM "enrolments" WHERE "enrolments"\."id" = \? AND "enrolments"\."state" = \? AND "enrolments"\."last_act" = \?\)/i
/** As many values are taken, and nothing is asked of them. */
const NO_GUARD = '(? IS NOT NULL AND ? IS NOT NULL AND ? IS NOT NULL)'

type Plain = { sql: string; args: unknown[] }
type Mutation = (statements: Plain[]) => Plain[]

const untouched: Mutation = (statements) => statements

/** An enrolment whose last batch meets a changed world. @returns what that batch did */
async function tooLate(
	who: 'newcomer' | 'returning',
	meanwhile: (counter: Counter, caseId: string) => Promise<unknown>,
	mutate: Mutation,
): Promise<{ changed: boolean; failed: boolean; size: number }> {
	const counter = await openCounter()
	if (who === 'returning') {
		await enrolPerson(counter.officer, counter.visitor(), 'somchai')
		const [account] = await counter.db.select().from(schema.accounts)
		await seedSignedInLife(counter.db, account?.id ?? '', counter.clock.now())
	}
	const { token, caseId } = await issue(counter.officer, 'somchai')
	const phone = counter.visitor()
	const input = await prepare(phone, token)

	let before: unknown
	let after: unknown
	let size = 0
	const db = asDb(
		tapped(counter.client, {
			async before(statements) {
				if (statements.length < 5 || size > 0) return statements
				size = statements.length
				await meanwhile(counter, caseId)
				before = await everything(counter.db)
				return mutate(statements as Plain[]) as InStatement[]
			},
			async after(statements) {
				if (statements.length >= 5 && after === undefined) after = await everything(counter.db)
			},
		}),
	)
	const late = new Visitor(counter.with({ db }), phone.phone)
	for (const [name, value] of phone.cookies) late.cookies.set(name, value)
	// A constraint that catches what a guard let through is an error of its own, and not a refusal.
	const failed = await late
		.call((caller) => caller.enrol.finish(input))
		.then(
			() => false,
			(error: Error) => !isServiceError(error.cause),
		)
	const changed = !failed && !Bun.deepEquals(after, before)
	counter.close()
	return { changed, failed, size }
}

const calledOff = (counter: Counter, caseId: string) =>
	counter.officer.call((caller) => caller.office.cancel({ caseId }))

const replaceIn =
	(index: number, pattern: RegExp, by: string): Mutation =>
	(statements) =>
		statements.map((statement, i) => {
			if (i !== index) return statement
			if (!pattern.test(statement.sql))
				throw new Error(`statement ${index} lacks what is to be taken away: ${statement.sql}`)
			return { ...statement, sql: statement.sql.replace(pattern, by) }
		})

describe.each(['newcomer', 'returning'] as const)('the last batch of a %s’s enrolment', (who) => {
	test('that comes too late does nothing at all', async () => {
		const { changed, failed, size } = await tooLate(who, calledOff, untouched)
		expect({ changed, failed }).toEqual({ changed: false, failed: false })
		expect(size).toBe(who === 'newcomer' ? 8 : 18)
	})

	const later = Array.from({ length: who === 'newcomer' ? 7 : 17 }, (_, i) => i + 1)
	test.each(later)('statement %i without its guard is missed', async (index) => {
		const { changed, failed } = await tooLate(who, calledOff, replaceIn(index, GUARD, NO_GUARD))
		expect(changed || failed).toBe(true)
	})
})

describe('the statement that decides', () => {
	const enrolments = schema.enrolments
	const set = (change: Partial<typeof enrolments.$inferInsert>) => (counter: Counter) =>
		counter.db.update(enrolments).set(change)

	const CONDITIONS: Record<string, { meanwhile: Parameters<typeof tooLate>[1]; pattern: RegExp; by: string }> = {
		'the case is still open': {
			meanwhile: calledOff,
			pattern: /"enrolments"\."state" = \? and/,
			by: '? IS NOT NULL and',
		},
		'it is the phone that opened it': {
			meanwhile: set({ phoneHash: 'another phone' }),
			pattern: /"enrolments"\."phone_hash" = \? and/,
			by: '? IS NOT NULL and',
		},
		'the challenge is the newest': {
			meanwhile: set({ challenge: 'another challenge' }),
			pattern: /"enrolments"\."challenge" = \? and/,
			by: '? IS NOT NULL and',
		},
		'there is time left': {
			meanwhile: set({ expiresAt: 0 }),
			pattern: /"enrolments"\."expires_at" > \? and/,
			by: '? IS NOT NULL and',
		},
		'the account is as it was read': {
			meanwhile: (counter) => counter.db.update(schema.accounts).set({ enrolmentId: 'enr_of_somebody_faster' }),
			pattern: /"accounts"\."enrolment_id" = \?/,
			by: '? IS NOT NULL',
		},
	}

	for (const [condition, { meanwhile, pattern, by }] of Object.entries(CONDITIONS))
		test(`asks whether ${condition}`, async () => {
			// The challenge is taken away as well where the case was called off, or that alone would refuse.
			const alone: Mutation = (statements) =>
				condition === 'the case is still open'
					? replaceIn(0, /"enrolments"\."challenge" = \? and/, '? IS NOT NULL and')(statements)
					: statements
			const kept = await tooLate('returning', meanwhile, alone)
			expect({ changed: kept.changed, failed: kept.failed }).toEqual({ changed: false, failed: false })
			const taken = await tooLate('returning', meanwhile, (all) => replaceIn(0, pattern, by)(alone(all)))
			expect(taken.changed || taken.failed).toBe(true)
		})

	test('asks whether a newcomer is still one', async () => {
		const faster = async (counter: Counter) => {
			const [row] = await counter.db.select().from(enrolments)
			await counter.db.insert(schema.accounts).values({
				id: 'acc_of_somebody_faster',
				pidIndex: row?.pidIndex ?? '',
				snapshot: 'sealed',
				snapshotAt: 0,
				status: 'active',
				ial: '2.1',
				enrolmentId: 'enr_of_somebody_faster',
				createdAt: 0,
				updatedAt: 0,
			})
		}
		const kept = await tooLate('newcomer', faster, untouched)
		expect({ changed: kept.changed, failed: kept.failed }).toEqual({ changed: false, failed: false })
		const taken = await tooLate('newcomer', faster, replaceIn(0, /not exists/i, 'exists'))
		expect(taken.changed || taken.failed).toBe(true)
	})
})
