import type { Notice } from '../lib/api-types.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { language } from '../words/index.ts'

/** What a notice says. A kind that a newer server knows and this page does not still appears, in general words. */
export function noticeWords({ kind, params }: Notice): { title: string; text: string } {
	const words = citizenWords().notices
	const say = (name: string): string => String(params[name] ?? '')
	const bilingual = (name: string): string => say(name + (language() === 'th' ? 'Th' : 'En')) || say(`${name}Th`)
	switch (kind) {
		case 'enrolled':
			return { title: words.enrolled.title, text: words.enrolled.text(bilingual('office')) }
		case 'device_replaced':
			return { title: words.device_replaced.title, text: words.device_replaced.text() }
		case 'signed_in_by_qr':
			return {
				title: words.signed_in_by_qr.title,
				text: words.signed_in_by_qr.text(bilingual('client'), say('place'), say('browser')),
			}
		case 'signed_in':
			return { title: words.signed_in.title, text: words.signed_in.text(bilingual('client')) }
		case 'card_checked':
			return { title: words.card_checked.title, text: words.card_checked.text() }
		case 'pin_disabled':
			return { title: words.pin_disabled.title, text: words.pin_disabled.text() }
		case 'pin_changed':
			return { title: words.pin_changed.title, text: words.pin_changed.text() }
		case 'frozen':
			return { title: words.frozen.title, text: words.frozen.text() }
		case 'thawed':
			return { title: words.thawed.title, text: words.thawed.text(bilingual('office')) }
		case 'card_expires_soon':
			return { title: words.card_expires_soon.title, text: words.card_expires_soon.text(say('days')) }
		case 'card_expired_grace':
			return { title: words.card_expired_grace.title, text: words.card_expired_grace.text(say('days')) }
		default:
			return { title: words.other, text: '' }
	}
}
