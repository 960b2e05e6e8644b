import type { PublicWords } from './th.ts'

export const en: PublicWords = {
	title: 'Digital ID',
	head: 'Show government agencies who you are, with your phone',
	lead: 'Enrol once at a registration office. Then your phone and an 8-digit PIN sign you in to the agencies’ websites.',
	openCard: 'Open my digital ID card',
	scan: 'Scan QR',
	inbox: 'Inbox',
	howHead: 'How it works',
	how: [
		{
			title: 'Enrol',
			text: 'Go to any of the 1,078 registration offices with your ID card alone. An officer checks who you are, and you scan a QR code with your own phone.',
		},
		{
			title: 'Sign in',
			text: 'When an agency’s website shows a QR code, scan it with the phone, see who asks for what, and enter your 8-digit PIN.',
		},
		{
			title: 'Look back',
			text: 'Each time your digital ID is used, a message appears in your inbox.',
		},
	],
	safeHead: 'Stay safe',
	safe: [
		'Tell nobody your 8-digit PIN. No officer asks for it.',
		'Scan no QR code that somebody sends you by chat, e-mail or telephone.',
		'It works on one device at a time. If you lose or change it, enrol again; the old device is cancelled at once.',
	],
	rulesHead: 'Who can enrol',
	rules: [
		'Thai nationals only',
		'With the latest ID card, status normal',
		'After a change of name, or when the status is not right, it is suspended until you have a new card',
		'When the card expires you are warned 7 days before, and it works for 60 days after',
	],
	staffHead: 'For officers and agencies',
	lost: 'Lost phone: suspend the digital ID',
	office: 'Registration officers',
	discovery: 'For agencies that connect (OpenID Connect)',
}
