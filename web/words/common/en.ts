import type { CommonWords } from './th.ts'

export const en: CommonWords = {
	product: 'DOPA Digital ID',
	productLine: 'Digital identity of Thai citizens',
	toHome: 'to the home page',
	skip: 'Skip to the content',
	otherLanguage: 'ไทย',
	demo: 'Demonstration: no data of real persons',
	footSource: 'Open-source system, published under the Apache-2.0 licence',
	footDemo: 'In demonstration mode all data are synthetic; no real person is shown',
	wait: 'One moment, please',
	tryAgain: 'Try again',
	whatNext: 'What you can do',
	close: 'Close',
	show: 'Show',
	hide: 'Hide',
	copy: 'Copy',
	copied: 'Copied',
	yes: 'Yes',
	none: 'None',
	pinLabel: '8-digit PIN',
	pinFilled: (count: number) => `${count} of 8 digits entered`,
	pinShow: 'Show the PIN',
	pinHide: 'Hide the PIN',
	pinShort: 'Enter all 8 digits of your PIN',
	pinWrong: (left: number) =>
		left > 0 ? `The PIN is wrong. You have ${left} ${left === 1 ? 'try' : 'tries'} left` : 'The PIN is wrong',
	pinWaitFor: (time: string) => `To keep your account safe, you can try again in ${time}`,
	keyWaiting: 'Waiting for you to confirm on this device',
	minutes: (count) => `${count} min`,
	seconds: (count) => `${count} s`,
	timeLeft: (time: string) => `Time left: ${time}`,
	timeOver: 'Time is up',
	portraitOf: (name: string) => `Portrait of ${name}`,
	male: 'Male',
	female: 'Female',
	lifelong: 'Lifelong',
	pid: 'Citizen number',
	name: 'Name',
	birthdate: 'Date of birth',
	gender: 'Gender',
	address: 'Address',
	cardNumber: 'Card number',
	issuedOn: 'Date of issue',
	expiresOn: 'Date of expiry',
	pidShow: 'Show the citizen number',
	pidHide: 'Hide the citizen number',
	warnings: {
		card_expires_soon: (days) =>
			days === undefined
				? 'Your ID card expires soon. Please get a new card at a registration office.'
				: `Your ID card expires in ${days} ${days === 1 ? 'day' : 'days'}. Please get a new card at a registration office.`,
		card_expired_grace: (days) =>
			days === undefined
				? 'Your ID card has expired. Your digital ID works until 60 days after expiry. Please get a new card.'
				: `Your ID card has expired. Your digital ID works for ${days} more ${days === 1 ? 'day' : 'days'}. Please get a new card before it is suspended.`,
		card_address_changed: () =>
			'Your address is no longer the one on your card. Your digital ID works as before. Please get a new card at a registration office.',
	},
}
