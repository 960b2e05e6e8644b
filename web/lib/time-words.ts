import type { Language } from '../words/index.ts'

/** An instant as a person in Thailand reads it. */
export function timeWords(at: number, language: Language): string {
	return new Intl.DateTimeFormat(language === 'th' ? 'th-TH-u-ca-buddhist-nu-latn' : 'en-GB', {
		dateStyle: 'medium',
		timeStyle: 'short',
		timeZone: 'Asia/Bangkok',
	}).format(at)
}
