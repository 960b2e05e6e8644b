import { describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { OFFICER_PID } from '../kit/journeys.ts'
import { type Counter, enrolPerson, invite, issue, openCounter, pidOf, prepare } from './kit/counter.ts'
import { seedSignedInLife } from './kit/life.ts'
import { type Late, type Mutation, replaceIn, tooLate } from './kit/too-late.ts'

/**
 * A batch does not stop where its first statement changed nothing; each later one repeats the guard. Here each batch
 * comes a moment too late, again and again, each time with one guard taken away: every single one must be missed.
 */
const { accounts, challenges, enrolments, officerInvitations } = schema

/** As many values are taken, and nothing is asked of them. */
const asks = (count: number) => `(${Array(count).fill('? IS NOT NULL').join(' AND ')})`

const CASE_MOVED =
	/EXISTS \(SELECT 1 FROM "enrolments" WHERE "enrolments"\."id" = \? AND "enrolments"\."state" = \? AND "enrolments"\."last_act" = \?\)/i
const CHALLENGE_SPENT =
	/EXISTS \(SELECT 1 FROM "challenges" WHERE "challenges"\."hash" = \? AND "challenges"\."consumed_by" = \?\)/i
const INVITATION_TAKEN =
	/EXISTS \(SELECT 1 FROM "officer_invitations" WHERE "officer_invitations"\."token_hash" = \? AND "officer_invitations"\."consumed_by" = \?\)/i

const calledOff = (counter: Counter) =>
	counter.db.update(enrolments).set({ state: 'cancelled', subject: null, challenge: null })

const touches = (table: string) => (statements: readonly { sql: string }[]) =>
	statements.length > 1 && statements.some(({ sql }) => sql.startsWith(`update "${table}"`))

const finishing = (who: 'newcomer' | 'returning'): Pick<Late, 'prepare' | 'isBatch'> => ({
	async prepare(counter) {
		if (who === 'returning') {
			await enrolPerson(counter.officer, counter.visitor(), 'somchai')
			const [account] = await counter.db.select().from(accounts)
			await seedSignedInLife(counter.db, account?.id ?? '', counter.clock.now())
		}
		const { token } = await issue(counter.officer, 'somchai')
		const citizen = counter.visitor()
		const input = await prepare(citizen, token)
		return { who: citizen, act: (late) => late.call((caller) => caller.enrol.finish(input)) }
	},
	isBatch: touches('enrolments'),
})

const nothing = { changed: false, failed: false }
const outcomeOf = async (late: Late) => {
	const { changed, failed } = await tooLate(late)
	return { changed, failed }
}
const missed = async (late: Late) => {
	const { changed, failed } = await tooLate(late)
	return changed || failed
}

interface Case extends Pick<Late, 'prepare' | 'isBatch' | 'meanwhile'> {
	/** The guard, how many values it takes, and which statements repeat it. */
	guard: [pattern: RegExp, values: number]
	later: number[]
	size: number
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

const BATCHES: Record<string, Case> = {
	'enrol.finish of a newcomer': {
		...finishing('newcomer'),
		meanwhile: calledOff,
		guard: [CASE_MOVED, 3],
		later: upTo(7),
		size: 8,
	},
	'enrol.finish of somebody who has a device': {
		...finishing('returning'),
		meanwhile: calledOff,
		guard: [CASE_MOVED, 3],
		later: upTo(20),
		size: 21,
	},
	'enrol.open by the first phone': {
		async prepare(counter) {
			const { token } = await issue(counter.officer, 'somchai')
			return { who: counter.visitor(), act: (late) => late.call((caller) => caller.enrol.open({ token })) }
		},
		isBatch: touches('enrolments'),
		meanwhile: calledOff,
		guard: [CASE_MOVED, 3],
		later: [1, 3],
		size: 5,
	},
	'office.issueLink': {
		async prepare({ officer }) {
			const { caseId } = await officer.call((caller) => caller.office.lookUp({ pid: pidOf('somchai') }))
			return {
				who: officer,
				act: (late) => late.call((caller) => caller.office.issueLink({ caseId, faceConfirmed: true })),
			}
		},
		isBatch: touches('enrolments'),
		meanwhile: calledOff,
		guard: [CASE_MOVED, 3],
		later: [1, 2],
		size: 4,
	},
	'office.cancel': {
		async prepare({ officer }) {
			const { caseId } = await issue(officer, 'somchai')
			return { who: officer, act: (late) => late.call((caller) => caller.office.cancel({ caseId })) }
		},
		isBatch: touches('enrolments'),
		meanwhile: (counter) => counter.db.update(enrolments).set({ state: 'done' }),
		guard: [CASE_MOVED, 3],
		later: [1],
		size: 3,
	},
	'office.join': {
		async prepare(counter) {
			const token = await invite(counter.needs)
			const newcomer = counter.visitor()
			const { options } = await newcomer.call((caller) => caller.office.joinOptions({ token }))
			const response = await newcomer.phone.create(options)
			return {
				who: newcomer,
				act: (late) => late.call((caller) => caller.office.join({ token, name: 'x', pid: OFFICER_PID, response })),
			}
		},
		isBatch: touches('officer_invitations'),
		meanwhile: (counter) => counter.db.update(officerInvitations).set({ consumedBy: 'somebody faster' }),
		guard: [INVITATION_TAKEN, 2],
		later: [2, 3, 4, 5, 6],
		size: 7,
	},
	'office.signIn': {
		async prepare({ officer }) {
			const { options } = await officer.call((caller) => caller.office.signInOptions())
			const response = await officer.phone.get(options, { signCount: 7 })
			return { who: officer, act: (late) => late.call((caller) => caller.office.signIn({ response })) }
		},
		isBatch: touches('challenges'),
		meanwhile: (counter) => counter.db.update(challenges).set({ consumedBy: 'somebody faster' }),
		guard: [CHALLENGE_SPENT, 2],
		later: upTo(4),
		size: 5,
	},
}

for (const [name, { guard, later, size, ...late }] of Object.entries(BATCHES))
	describe(`${name}, too late`, () => {
		test('does nothing at all', async () => {
			expect(await tooLate(late)).toEqual({ ...nothing, size })
		})
		test.each(later)('statement %i without its guard is missed', async (index) => {
			expect(await missed({ ...late, mutate: replaceIn(index, guard[0], asks(guard[1])) })).toBe(true)
		})
	})

describe('the first statement of enrol.finish decides', () => {
	const set = (change: Partial<typeof enrolments.$inferInsert>) => (counter: Counter) =>
		counter.db.update(enrolments).set(change)

	const CONDITIONS: Record<string, { meanwhile: Late['meanwhile']; pattern: RegExp }> = {
		'the case is still open': { meanwhile: set({ state: 'cancelled' }), pattern: /"enrolments"\."state" = \?/ },
		'it is the phone that opened it': {
			meanwhile: set({ phoneHash: 'x' }),
			pattern: /"enrolments"\."phone_hash" = \?/,
		},
		'the challenge is the newest': { meanwhile: set({ challenge: 'x' }), pattern: /"enrolments"\."challenge" = \?/ },
		'there is time left': { meanwhile: set({ expiresAt: 0 }), pattern: /"enrolments"\."expires_at" > \?/ },
		'the account is as it was read': {
			meanwhile: (counter) => counter.db.update(accounts).set({ enrolmentId: 'enr_of_somebody_faster' }),
			pattern: /"accounts"\."enrolment_id" = \?/,
		},
		'the account has not ended': {
			meanwhile: (counter) => counter.db.update(accounts).set({ status: 'ended' }),
			pattern: /"accounts"\."status" <> 'ended'/,
		},
	}

	for (const [condition, { meanwhile, pattern }] of Object.entries(CONDITIONS))
		test(`whether ${condition}`, async () => {
			const late = { ...finishing('returning'), meanwhile }
			// `set` of the SQL's first half names columns too; the condition stands after `where`.
			const where = new RegExp(`(where.*?)${pattern.source}`)
			const by = pattern.source.includes('\\?') ? '$1 ? IS NOT NULL' : '$1 1 = 1'
			expect(await outcomeOf(late)).toEqual(nothing)
			expect(await missed({ ...late, mutate: replaceIn(0, where, by) })).toBe(true)
		})

	test('whether a newcomer is still one', async () => {
		const meanwhile = async (counter: Counter) => {
			const [row] = await counter.db.select().from(enrolments)
			const faster = { id: 'acc_of_somebody_faster', enrolmentId: 'enr_of_somebody_faster', snapshot: 'sealed' }
			const rest = { snapshotAt: 0, status: 'active' as const, ial: '2.1', createdAt: 0, updatedAt: 0 }
			await counter.db.insert(accounts).values({ ...faster, ...rest, pidIndex: row?.pidIndex ?? '' })
		}
		const late = { ...finishing('newcomer'), meanwhile }
		expect(await outcomeOf(late)).toEqual(nothing)
		const without: Mutation = replaceIn(0, /NOT EXISTS/, 'EXISTS')
		expect(await missed({ ...late, mutate: without })).toBe(true)
	})
})

describe('office.join asks both', () => {
	const { prepare: prepareJoin, isBatch } = BATCHES['office.join'] as Case
	const spent = (counter: Counter) => counter.db.update(challenges).set({ consumedBy: 'somebody faster' })

	test('whether the challenge was this act’s to spend, before it takes the invitation', async () => {
		const late = { prepare: prepareJoin, isBatch, meanwhile: spent }
		expect(await outcomeOf(late)).toEqual(nothing)
		expect(await missed({ ...late, mutate: replaceIn(1, CHALLENGE_SPENT, asks(2)) })).toBe(true)
	})
})

test('the kit itself sees a batch that was not too late', async () => {
	const counter = await openCounter()
	counter.close()
	const { changed } = await tooLate({ ...finishing('newcomer'), meanwhile: async () => {} })
	expect(changed).toBe(true)
})
