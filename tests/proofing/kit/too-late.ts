import type { InStatement } from '@libsql/client'
import type { Db } from '../../../db/client.ts'
import { isServiceError } from '../../../src/lib/errors.ts'
import { asDb, type Counter, everything, openCounter, tapped, Visitor } from './counter.ts'

/**
 * A batch that comes a moment too late: the world is changed just before it runs, and the test may take something away
 * from its statements. Then it is looked at what the batch did.
 */
export type Plain = { sql: string; args: unknown[] }
export type Mutation = (statements: Plain[]) => Plain[]

export interface Late {
	/** Everything up to the act. @returns who acts, and how */
	prepare(counter: Counter): Promise<{ who: Visitor; act(who: Visitor): Promise<unknown> }>
	/** Which trip is the batch in question. */
	isBatch(statements: readonly Plain[]): boolean
	meanwhile(counter: Counter): Promise<unknown>
	mutate?: Mutation
}

export interface LateOutcome {
	/** Whether the batch changed anything at all. */
	changed: boolean
	/** Whether the act ended in a bug: a constraint caught what a guard let through. */
	failed: boolean
	/** How many statements the batch had. */
	size: number
}

export async function tooLate({ prepare, isBatch, meanwhile, mutate = (all) => all }: Late): Promise<LateOutcome> {
	const counter = await openCounter()
	const { who, act } = await prepare(counter)
	let before: unknown
	let after: unknown
	let size = 0
	const db: Db = asDb(
		tapped(counter.client, {
			async before(statements) {
				const plain = statements as Plain[]
				if (size > 0 || !isBatch(plain)) return statements
				size = plain.length
				await meanwhile(counter)
				before = await everything(counter.db)
				return mutate(plain) as InStatement[]
			},
			async after() {
				if (size > 0 && after === undefined) after = await everything(counter.db)
			},
		}),
	)
	const late = new Visitor(counter.with({ db }), who.phone)
	for (const [name, value] of who.cookies) late.cookies.set(name, value)
	const failed = await act(late).then(
		() => false,
		(error: Error) => !isServiceError(error.cause),
	)
	if (size === 0) throw new Error('the batch in question did not run')
	const changed = !failed && !Bun.deepEquals(after, before)
	counter.close()
	return { changed, failed, size }
}

/** Takes something out of one statement. @throws Error where it is not there: then the test would prove nothing */
export const replaceIn =
	(index: number, pattern: RegExp, by: string): Mutation =>
	(statements) =>
		statements.map((statement, i) => {
			if (i !== index) return statement
			if (!pattern.test(statement.sql)) throw new Error(`statement ${index} has no ${pattern}: ${statement.sql}`)
			return { ...statement, sql: statement.sql.replace(pattern, by) }
		})
