import type { BilingualText } from '../ports/civil-registry/index.ts'
import type { PersonName } from './lifecycle.ts'

const joined = (...parts: string[]) => parts.filter((part) => part !== '').join(' ')

/** The name with title as people read it: glued to the given name in Thai (นายสมชาย ใจดี), apart in English. */
export function displayName(of: PersonName & { title: BilingualText }): BilingualText {
	return {
		th: joined(of.title.th + of.givenName.th, of.middleName.th, of.familyName.th),
		en: joined(of.title.en, of.givenName.en, of.middleName.en, of.familyName.en),
	}
}

const SHOWN_LETTERS = 2
const letters = new Intl.Segmenter('th', { granularity: 'grapheme' })

/**
 * Enough of a Thai name for its bearer to know it: `สม••• ใจ••`. Letters are cut whole, with the vowels and tone marks
 * that stand on them.
 */
export function maskedName(of: PersonName): string {
	return joined(masked(of.givenName.th), masked(of.familyName.th))
}

function masked(word: string): string {
	if (word === '') return ''
	const all = [...letters.segment(word)].map(({ segment }) => segment)
	const shown = Math.min(SHOWN_LETTERS, Math.ceil(all.length / 2))
	// Two dots at least, so that a short name does not tell that it is one.
	return all.slice(0, shown).join('') + '•'.repeat(Math.max(2, all.length - shown))
}
