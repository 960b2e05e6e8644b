import type { CheckWords } from './th.ts'

export const en: CheckWords = {
	title: 'Check a digital ID card',
	checking: 'Asking the civil registry',
	validity: {
		valid: 'This digital ID card is valid',
		expired: 'The ID card has expired',
		suspended: 'This digital ID card is suspended',
	},
	validityText: {
		valid: 'Its data agree with the registry at this moment.',
		expired: 'The digital ID works for a short time, until a new card is made.',
		suspended: 'Do not take it as evidence. Ask for the ID card itself.',
	},
	checkedAt: (time) => `Checked at ${time}`,
	hidesIn: (time) => `This page hides the result in ${time}`,
	compareHead: 'Compare the photo with the person before you',
	compareText:
		'If they do not look alike, this is somebody else’s card. The system says that the card is genuine; it cannot say who holds the phone.',
	noPortraitHead: 'No photo',
	noPortraitText:
		'The registry sent none, so nobody can say whether this card is that of the person before you. Ask for the ID card itself.',
	provesHead: 'What this page tells',
	proves: [
		'Name, photo and validity come from the system at the time of the check, not from the phone that was shown.',
		'There is no citizen number, address or date of birth, because checking does not need them.',
		'It can be opened once, and the holder is told that the card was checked.',
	],
	addressBar: (host) => `Look at the browser’s address bar: the real page is at ${host} only.`,
	noTokenHead: 'Scan the QR code on the card that is shown',
	noTokenText: 'A check can be seen once and is not kept. To see it again, ask the holder to open a new QR code.',
	scan: 'Open the scanner',
}
