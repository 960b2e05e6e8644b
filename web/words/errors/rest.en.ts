import type { RestErrorWords } from './types.ts'

const newCard = 'Get a new ID card at a registration office, then try again.'
const newLink = 'Ask the officer for a new QR code.'
const otherPin = 'Choose another PIN that is hard to guess.'

export const en: RestErrorWords = {
	pid_malformed: {
		text: 'A citizen number has 13 digits.',
		next: 'Check the number on the card and type it again.',
	},
	pid_check_digit: {
		text: 'This is no citizen number: one of the digits is wrong.',
		next: 'Check the number on the card and type it again.',
	},
	pid_not_thai: {
		title: 'Not the number of a Thai national',
		text: 'This number belongs to a person without Thai nationality. The system is for Thai nationals only.',
		next: 'Tell the person that other services work with their card or passport as before.',
	},
	person_not_found: {
		title: 'The registry does not know this number',
		text: 'There is no such citizen number in the civil registry.',
		next: 'Check the number on the card and type it again.',
	},
	person_not_thai: {
		title: 'Not a Thai national',
		text: 'The civil registry says that this person has no Thai nationality. The system is for Thai nationals only.',
		next: 'If the registry is wrong, it has to be corrected first.',
	},
	person_not_alive: {
		title: 'Not alive in the registry',
		text: 'The civil registry says that this person has died.',
		next: 'If that is wrong, the registry has to be corrected at the registration office first.',
	},
	person_status_not_normal: {
		title: 'The person’s status is not normal',
		text: 'The civil registry says that this person’s status is not normal.',
		next: 'The status has to be checked and corrected in the registry first; then try again.',
	},
	person_under_age: {
		title: 'Too young',
		text: 'This person is not old enough for a digital ID.',
		next: 'Enrolment is possible when the age is reached.',
	},
	card_none: {
		title: 'No ID card',
		text: 'The registry has no ID card for this person.',
		next: newCard,
	},
	card_not_latest: {
		title: 'Not the latest card',
		text: 'A newer card has been issued. Only the latest card with status normal can be used.',
		next: 'Check the number under the photo once more. If it is right, use the latest card.',
	},
	card_lost: {
		title: 'The card was reported lost',
		text: 'This ID card was reported lost or destroyed.',
		next: newCard,
	},
	card_cancelled: {
		title: 'The card was cancelled',
		text: 'This ID card was cancelled.',
		next: newCard,
	},
	card_expired: {
		title: 'The card has expired',
		text: 'The ID card has expired.',
		next: newCard,
	},
	card_name_changed: {
		title: 'The name is no longer the one on the card',
		text: 'The name was changed in the civil registry, so the old card is no longer valid.',
		next: newCard,
	},
	card_address_changed: {
		title: 'The address is no longer the one on the card',
		text: 'The person has moved, so the card does not show the present address.',
		next: 'Get a new ID card when convenient.',
	},
	card_abnormal: {
		title: 'The card’s status is not normal',
		text: 'The ID card has a status other than normal.',
		next: newCard,
	},
	digital_id_none: {
		title: 'No digital ID',
		text: 'This person has no digital ID now.',
		next: 'There is nothing to suspend. Check the number again.',
	},
	own_record: {
		title: 'Not for yourself',
		text: 'An officer cannot enrol himself or herself.',
		next: 'Ask a colleague to do it.',
	},
	enrolment_link_unknown: {
		title: 'This link does not work',
		text: 'There is no enrolment for this link. Perhaps it was not copied completely.',
		next: newLink,
	},
	enrolment_link_expired: {
		title: 'The link has expired',
		text: 'An enrolment link works for ten minutes only, to keep you safe.',
		next: newLink,
	},
	enrolment_link_used: {
		title: 'The link was used already',
		text: 'An enrolment link works once.',
		next: 'If you have finished enrolling, open your digital ID card. If not, ask the officer for a new QR code.',
	},
	enrolment_link_opened_elsewhere: {
		title: 'The link was opened on another device',
		text: 'An enrolment link opens on one device, and another one was first.',
		next: 'If that was not you, tell the officer at once and ask for a new QR code.',
	},
	enrolment_cancelled: {
		title: 'The enrolment was cancelled',
		text: 'The officer has cancelled this enrolment.',
		next: 'Ask the officer who is serving you.',
	},
	enrolment_state: {
		title: 'This step is done',
		text: 'This enrolment is past this step.',
		next: 'Reload the page to see where it stands.',
	},
	pin_weak_repeat: {
		text: 'This PIN repeats the same digits too often.',
		next: otherPin,
	},
	pin_weak_run: {
		text: 'This PIN is a run of digits in order.',
		next: otherPin,
	},
	pin_weak_pattern: {
		text: 'This PIN is a pattern that is easy to guess.',
		next: otherPin,
	},
	pin_weak_birthdate: {
		text: 'This PIN is a date. People who know you could guess it.',
		next: otherPin,
	},
	pin_weak_number: {
		text: 'This PIN is part of your citizen number or card number.',
		next: otherPin,
	},
	pin_weak_common: {
		text: 'Many people use this PIN, so it is easy to guess.',
		next: otherPin,
	},
	pin_same: {
		text: 'The new PIN is the same as the old one.',
		next: 'Choose another one.',
	},
	unlock_stale: {
		title: 'Unlock your card again',
		text: 'You unlocked your card a while ago. Confirm again before you show it to somebody.',
		next: 'Enter your 8-digit PIN, then confirm with this device’s key.',
	},
	check_unknown: {
		title: 'This QR code is not known',
		text: 'It does not come from a digital ID card of this system, or it is too old. Do not trust the card that is shown.',
		next: 'Ask the holder to open a new QR code in front of you.',
	},
	check_expired: {
		title: 'This QR code is over',
		text: 'A card’s QR code works for one minute only, so the card could not be checked.',
		next: 'Ask the holder to open a new QR code in front of you.',
	},
	check_used: {
		title: 'This QR code was checked already',
		text: 'A card’s QR code can be opened once, and somebody has opened it. If that was not you, do not trust what you see.',
		next: 'Ask the holder to open a new QR code in front of you.',
	},
	invitation_unknown: {
		title: 'This invitation does not work',
		text: 'The invitation is wrong, has expired, or was used already.',
		next: 'Ask the operator for a new one.',
	},
	officer_unknown: {
		title: 'No officer with this key',
		text: 'This key does not belong to a registered officer.',
		next: 'Use the key that you made when you accepted the invitation, or ask the operator.',
	},
	key_exists_already: {
		title: 'This device has a key already',
		text: 'There is a key of yours on this device already.',
		next: 'Use that key, or tell the officer if you need a new one.',
	},
	key_no_screen_lock: {
		title: 'This device has no screen lock',
		text: 'A key can be made only on a device with fingerprint, face or screen lock.',
		next: 'Set a screen lock in the device’s settings and try again.',
	},
	key_no_room: {
		title: 'The security key is full',
		text: 'This security key cannot hold another key.',
		next: 'Use another device or security key.',
	},
	key_no_algorithm: {
		title: 'This device makes keys that do not fit',
		text: 'The device or security key does not support the kind of key that is needed.',
		next: 'Update the device, or use another one.',
	},
}
