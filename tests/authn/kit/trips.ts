import type { Client, InStatement, ResultSet, TransactionMode } from '@libsql/client'

export interface Plain {
	sql: string
	args: unknown[]
}

export interface Tap {
	/** Called before a trip; may change the statements, wait, or throw. */
	before?(statements: Plain[]): Plain[] | undefined | Promise<Plain[] | undefined>
	/** Called after a trip; may wait or throw: then nobody hears of it. */
	after?(statements: Plain[]): void | Promise<void>
}

/**
 * Looks at every trip that a client makes to its database, batches and single statements alike. The client itself is
 * changed, so that a product that is already running is looked at too.
 * @returns takes the tap off again
 */
export function tapTrips(client: Client, tap: Tap): () => void {
	const { batch, execute } = client
	const single: (statement: InStatement) => Promise<ResultSet> = execute.bind(client)
	const run = async <T>(statements: Plain[], go: (given: Plain[]) => Promise<T>): Promise<T> => {
		const given = (await tap.before?.(statements)) ?? statements
		const outcome = await go(given)
		await tap.after?.(given)
		return outcome
	}
	client.batch = (statements, mode?: TransactionMode) =>
		run(statements as Plain[], (given) => batch.call(client, given as InStatement[], mode))
	client.execute = ((statement: Plain) =>
		run([statement], ([given]) => single(given as InStatement))) as Client['execute']
	return () => {
		client.batch = batch
		client.execute = execute
	}
}

/** Does something in front of the first trip that has such a statement, once. */
export function before(client: Client, statement: RegExp, act: () => unknown): { done: boolean; off(): void } {
	const hook = { done: false, off: () => {} }
	hook.off = tapTrips(client, {
		async before(statements) {
			if (hook.done || !statements.some(({ sql }) => statement.test(sql))) return undefined
			hook.done = true
			await act()
			return undefined
		},
	})
	return hook
}
