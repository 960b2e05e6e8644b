import { ServiceError, type ServiceErrorCode } from '../../lib/errors.ts'

export type PasskeyRefusal = Extract<
	ServiceErrorCode,
	'passkey_refused' | 'passkey_challenge' | 'passkey_unknown' | 'passkey_copied'
>

/** The check that said no. For the log and the tests; a caller over the network learns the code only. */
export type PasskeyStep =
	| 'shape'
	| 'credential'
	| 'allow-list'
	| 'user-handle'
	| 'type'
	| 'challenge'
	| 'origin'
	| 'cross-origin'
	| 'top-origin'
	| 'rp-id'
	| 'user-present'
	| 'user-verified'
	| 'backup-flags'
	| 'backup-eligibility-changed'
	| 'credential-id'
	| 'public-key'
	| 'algorithm'
	| 'attestation'
	| 'signature'
	| 'tier'
	| 'browser-key'

/** @returns the error to throw; `cause` is the step's name and never a library's text. */
export function refusal(code: PasskeyRefusal, step: PasskeyStep): ServiceError {
	const error = new ServiceError(code)
	error.cause = step
	return error
}

/** Runs code of the library, whose exceptions speak in its own words: any of them is this refusal. */
export async function orRefuse<T>(step: PasskeyStep, run: () => T | Promise<T>): Promise<T> {
	try {
		return await run()
	} catch {
		throw refusal('passkey_refused', step)
	}
}
