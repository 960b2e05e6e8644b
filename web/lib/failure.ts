import type { ServiceErrorCode } from '../../src/lib/errors.ts'

/**
 * Whatever goes wrong, as one shape that has words: the server's refusals, a lost connection, and what the browser
 * says when a passkey is not made or does not answer.
 */
export type KeyFailureCode =
	| 'key_unsupported'
	| 'key_cancelled'
	| 'key_interrupted'
	| 'key_exists_already'
	| 'key_no_screen_lock'
	| 'key_no_room'
	| 'key_no_algorithm'
	| 'key_wrong_address'
	| 'key_trouble'

export type FailureCode = ServiceErrorCode | KeyFailureCode | 'internal' | 'network'

export type FailureDetail = Readonly<Record<string, string | number | boolean>>

export class Failure extends Error {
	override readonly name = 'Failure'
	constructor(
		readonly code: FailureCode,
		readonly detail: FailureDetail = {},
		options?: { cause: unknown },
	) {
		super(code, options)
	}
}

/** Anything thrown, as a failure. What nobody foresaw is `internal`. */
export function asFailure(error: unknown): Failure {
	return error instanceof Failure ? error : new Failure('internal', {}, { cause: error })
}
