import { createSignal } from 'solid-js'

/**
 * The language: Thai first, English whole. `?lang=` decides, then what this browser chose before, then Thai.
 * Thai comes with the page; English is fetched when somebody wants it, before it is switched to, so that no page ever
 * shows half of each.
 */
export type Language = 'th' | 'en'

const STORED_AS = 'dopa-language'

const [language, switchTo] = createSignal<Language>('th')

export { language }

const loaders: (() => Promise<void>)[] = []

/**
 * A part's words. `en` has the type of `th`, so a word that is missing in one of them does not compile.
 * @returns the words in the language of the moment
 */
export function wordsOf<Words>(th: Words, loadEnglish: () => Promise<Words>): () => Words {
	let en: Words | undefined
	loaders.push(async () => {
		en ??= await loadEnglish()
	})
	return () => (language() === 'en' && en ? en : th)
}

export async function setLanguage(next: Language): Promise<void> {
	if (next === 'en') await Promise.all(loaders.map((load) => load()))
	document.documentElement.lang = next
	switchTo(next)
	try {
		localStorage.setItem(STORED_AS, next)
	} catch {
		// Storage is refused: the choice lasts as long as the page.
	}
}

/** Before the first drawing. */
export async function startLanguage(): Promise<void> {
	const asked = new URLSearchParams(location.search).get('lang') ?? remembered()
	if (asked === 'en') await setLanguage('en').catch(() => undefined)
	else if (asked === 'th') await setLanguage('th')
}

function remembered(): string | null {
	try {
		return localStorage.getItem(STORED_AS)
	} catch {
		return null
	}
}

/** A text that the server keeps in both languages. */
export const inLanguage = (text: { th: string; en: string }): string => text[language()] || text.th
