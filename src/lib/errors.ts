/**
 * An error that a person may see. `code` is stable and for machines; the words stand in `web/words` under the same
 * name in Thai and English. `detail` holds what the words need (tries left, a time) and never personal data.
 */
export class ServiceError extends Error {
	override readonly name = 'ServiceError'
	constructor(
		readonly code: ServiceErrorCode,
		readonly detail: Readonly<Record<string, string | number | boolean>> = {},
	) {
		super(code)
	}
}

/** Every code a person can meet. A word that is missing for one does not compile in `web/words`. */
export type ServiceErrorCode =
	// what was sent
	| 'invalid_input'
	| 'idempotency_key_reused'
	| 'not_signed_in'
	| 'not_allowed'
	| 'too_many_attempts'
	| 'unavailable'
	// the authoritative source
	| 'registry_unavailable'
	// looking a person up, and the refusals of enrolment
	| 'pid_malformed'
	| 'pid_check_digit'
	| 'pid_not_thai'
	| 'person_not_found'
	| 'person_not_thai'
	| 'person_not_alive'
	| 'person_under_age'
	| 'card_none'
	| 'card_not_latest'
	| 'card_lost'
	| 'card_cancelled'
	| 'card_expired'
	| 'card_name_changed'
	| 'card_address_changed'
	| 'card_abnormal'
	| 'own_record'
	| 'digital_id_none'
	// an enrolment's link
	| 'enrolment_link_unknown'
	| 'enrolment_link_expired'
	| 'enrolment_link_used'
	| 'enrolment_link_opened_elsewhere'
	| 'enrolment_cancelled'
	| 'enrolment_state'
	// the PIN
	| 'pin_malformed'
	| 'pin_weak_repeat'
	| 'pin_weak_run'
	| 'pin_weak_pattern'
	| 'pin_weak_birthdate'
	| 'pin_weak_number'
	| 'pin_weak_common'
	| 'pin_same'
	| 'pin_wrong'
	| 'pin_wait'
	| 'pin_disabled'
	// the passkey
	| 'passkey_unknown'
	| 'passkey_refused'
	| 'passkey_challenge'
	| 'passkey_copied'
	| 'device_unknown'
	// signing in
	| 'sign_in_unknown'
	| 'sign_in_expired'
	| 'sign_in_ended'
	| 'sign_in_other_browser'
	| 'sign_in_other_citizen'
	| 'sign_in_way_not_enough'
	| 'qr_stale'
	| 'qr_scanned_elsewhere'
	| 'qr_not_allowed'
	| 'number_mismatch'
	| 'account_suspended'
	| 'account_ended'
	// a card that is shown to somebody
	| 'unlock_stale'
	| 'check_unknown'
	| 'check_expired'
	| 'check_used'
	// officers
	| 'invitation_unknown'
	| 'officer_unknown'
	// the register's word for the person is neither "normal" nor "dead": missing, or struck off
	| 'person_status_not_normal'

export function isServiceError(error: unknown): error is ServiceError {
	return error instanceof ServiceError
}
