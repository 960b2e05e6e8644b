import type { SuspensionWords } from './types.ts'

const newCard =
	'Get a new ID card at a registration office. Once the new card is valid, your digital ID works again by itself.'
const status =
	'Have the registry put right at any registration office, and get a new ID card there. Once it is valid, your digital ID works again by itself.'

export const en: SuspensionWords = {
	card_name_changed: { text: 'Your name in the registry is no longer the one on your ID card.', next: newCard },
	card_lost: { text: 'Your ID card was reported lost.', next: newCard },
	card_cancelled: { text: 'Your ID card was cancelled.', next: newCard },
	card_abnormal: { text: 'Your ID card is damaged, or its status is not normal.', next: newCard },
	card_expired: { text: 'Your ID card expired more than 60 days ago.', next: newCard },
	card_none: { text: 'The registry has no ID card of yours.', next: newCard },
	person_not_found: { text: 'The civil registry does not find you.', next: status },
	person_status_not_normal: { text: 'Your status in the civil registry is not normal.', next: status },
	person_not_thai: { text: 'The civil registry does not have you as a Thai national.', next: status },
	person_not_alive: {
		text: 'The civil registry says that the holder of this digital ID has died.',
		next: 'If that is wrong, go to any registration office to have it put right, and enrol again.',
	},
	frozen: {
		text: 'Your digital ID is suspended by order of an authority.',
		next: 'Ask at any registration office. A new card does not lift it; a new enrolment does.',
	},
	device_lost: {
		text: 'This device was reported lost, so your digital ID is suspended.',
		next: 'Enrol again at any registration office with your ID card.',
	},
}
