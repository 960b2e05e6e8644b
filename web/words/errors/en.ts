import type { CoreErrorWords } from './types.ts'

const anyOffice = 'go to any registration office with your ID card'
const startAgain = 'Go back to the agency’s website and start signing in again.'

export const en: CoreErrorWords = {
	invalid_input: {
		title: 'Something is not right',
		text: 'What was sent is wrong or incomplete.',
		next: 'Check it and try again.',
	},
	idempotency_key_reused: {
		text: 'This request was sent before with other content.',
		next: 'Reload the page and start again.',
	},
	not_signed_in: {
		title: 'Not signed in',
		text: 'You are not signed in, or your time has run out.',
		next: 'Sign in again.',
	},
	not_allowed: {
		title: 'Not allowed',
		text: 'Your account may not do this.',
		next: 'If you think it should, ask the operator.',
	},
	too_many_attempts: {
		title: 'Too many attempts',
		text: 'This was tried many times within a short time.',
		next: 'Wait a little and try again.',
	},
	unavailable: {
		title: 'The service is away for a moment',
		text: 'Nothing can be stored at the moment. What you tried has not happened.',
		next: 'Wait a little and try again. You need not change anything.',
	},
	registry_unavailable: {
		title: 'The civil registry does not answer',
		text: 'The civil registry does not answer at the moment, so your latest data cannot be checked.',
		next: 'Wait a little and try again. You need not change anything.',
	},
	pin_malformed: {
		text: 'The PIN must be 8 digits.',
		next: 'Enter all 8 digits.',
	},
	pin_wrong: {
		text: 'The PIN is wrong.',
		next: 'Enter it again.',
	},
	pin_wait: {
		title: 'Please wait before you enter the PIN again',
		text: 'The PIN was wrong several times.',
		next: 'Wait until the time is over. If you have forgotten the PIN, go to any registration office.',
	},
	pin_disabled: {
		title: 'The PIN is blocked',
		text: 'The PIN was wrong too many times and no longer works.',
		next: `Enrol again to set a new one: ${anyOffice}.`,
	},
	passkey_unknown: {
		title: 'This key is not known',
		text: 'The passkey that answered is not registered, or another device has taken its place.',
		next: `Use the device that was enrolled last, or enrol again: ${anyOffice}.`,
	},
	passkey_refused: {
		title: 'The key was not accepted',
		text: 'The answer of the passkey is not valid.',
		next: 'Try again. If it fails again, enrol anew at a registration office.',
	},
	passkey_challenge: {
		title: 'It took too long',
		text: 'This confirmation has expired or was used already.',
		next: 'Start the confirmation again.',
	},
	passkey_copied: {
		title: 'This key belongs to another device',
		text: 'This passkey was enrolled with another device or browser. Only one device works at a time.',
		next: `Use the device that was enrolled, or enrol this one: ${anyOffice}.`,
	},
	device_unknown: {
		title: 'This device is not known',
		text: 'This browser was never enrolled, or its data were cleared.',
		next: `Use your key so that the device is known again, or enrol anew: ${anyOffice}.`,
	},
	sign_in_unknown: {
		title: 'There is no such sign-in',
		text: 'The link is wrong, or the sign-in is over.',
		next: startAgain,
	},
	sign_in_expired: {
		title: 'Time is up',
		text: 'Nobody confirmed in time. No data were handed over.',
		next: startAgain,
	},
	sign_in_ended: {
		title: 'The sign-in is over',
		text: 'This sign-in has ended and cannot be used again.',
		next: startAgain,
	},
	sign_in_other_browser: {
		title: 'Started in another browser',
		text: 'This sign-in was started in another browser. To keep you safe, it cannot go on here.',
		next: 'Go on in the browser in which you started, or start again from the agency’s website.',
	},
	sign_in_other_citizen: {
		title: 'Somebody else is expected',
		text: 'The agency asked for another person to sign in, so nothing about you was given to it.',
		next: 'Go back to the agency’s website. If you have just signed out there, start again as yourself.',
	},
	sign_in_way_not_enough: {
		title: 'This key is not enough here',
		text: 'The agency asks for a stronger key, or for a higher level of proofing, than this digital ID has.',
		next: 'Go back to the agency’s website and choose another way, or ask at a registration office for a hardware key.',
	},
	qr_stale: {
		title: 'This QR code is old',
		text: 'The code changes every second to keep you safe. Photos and screenshots of it do not work.',
		next: 'Scan the code that is on your screen now.',
	},
	qr_scanned_elsewhere: {
		title: 'Another device scanned this code',
		text: 'Another device scanned this QR code before you, so the sign-in was cancelled.',
		next: 'Start signing in again, and never send a picture of the code to anybody.',
	},
	qr_not_allowed: {
		title: 'This agency does not accept QR codes',
		text: 'The agency asks you to confirm on the device that you are using.',
		next: 'Use a passkey or a security key on this device.',
	},
	number_mismatch: {
		title: 'The number does not match',
		text: 'The number that was chosen is not the one on the screen that is signing in. To keep you safe, the sign-in was cancelled.',
		next: 'If you were signing in yourself, start again from the agency’s website. If somebody sent you the QR code, do not go on.',
	},
	account_suspended: {
		title: 'Your digital ID is suspended',
		text: 'Your digital ID is suspended because your data or status in the registry has changed.',
		next: 'Get a new ID card at a registration office. Once the new card is valid, your digital ID works again by itself.',
	},
	account_ended: {
		title: 'This digital ID has ended',
		text: 'The digital ID on this device was cancelled, or a new device was enrolled.',
		next: `Use the device that was enrolled last, or enrol again: ${anyOffice}.`,
	},
	key_unsupported: {
		title: 'This browser has no passkeys',
		text: 'The browser or app that shows this page does not support passkeys.',
		next: 'Open the page with the latest Chrome or Safari, not inside a chat app.',
	},
	key_cancelled: {
		title: 'Not confirmed on the device',
		text: 'The confirmation was cancelled, took too long, or there is no suitable key on this device.',
		next: 'Try again, and use your fingerprint, face or screen lock when the device asks.',
	},
	key_interrupted: {
		text: 'The confirmation was interrupted.',
		next: 'Try again.',
	},
	key_wrong_address: {
		title: 'Wrong web address',
		text: 'This page was not opened at the system’s real address, or the connection is not secure.',
		next: 'Do not enter your PIN here. Close the page and start again from the agency’s website.',
	},
	key_trouble: {
		title: 'The device could not use its key',
		text: 'The device or security key reports a problem.',
		next: 'Try again. If it fails again, restart the device.',
	},
	internal: {
		title: 'Something went wrong on our side',
		text: 'The system met a problem that nobody foresaw. It is not your fault.',
		next: 'Wait a little and try again.',
	},
	network: {
		title: 'No connection',
		text: 'The system cannot be reached. Perhaps your internet connection is weak.',
		next: 'Check the connection and try again. Sending again never does a thing twice.',
	},
}
