import type { Card } from '../../lib/api-types.ts'
import type { FailureCode } from '../../lib/failure.ts'

/** What is wrong, in a sentence, and what to do now. The title stands where the refusal fills the screen. */
export interface ErrorWords {
	title?: string
	text: string
	next: string
}

/** Refusals of enrolment, of its PIN and its key, of officers, and of a card that is shown: signing in loads without their words. */
type RestCode = Extract<
	FailureCode,
	| `pid_${string}`
	| `person_${string}`
	| `card_${string}`
	| `enrolment_${string}`
	| `pin_weak_${string}`
	| `check_${string}`
	| 'pin_same'
	| 'unlock_stale'
	| 'own_record'
	| 'digital_id_none'
	| 'invitation_unknown'
	| 'officer_unknown'
	| 'key_exists_already'
	| 'key_no_screen_lock'
	| 'key_no_room'
	| 'key_no_algorithm'
>

/** One entry for each code that a person can meet: a missing one does not compile, in either language. */
export type CoreErrorWords = Record<Exclude<FailureCode, RestCode>, ErrorWords>
export type RestErrorWords = Record<RestCode, ErrorWords>

/** What lifts a suspension depends on why it came, so each reason has words of its own. */
export type SuspensionWords = Record<NonNullable<Card['statusReason']>, Omit<ErrorWords, 'title'>>
