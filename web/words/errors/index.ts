import { createSignal } from 'solid-js'
import type { FailureCode } from '../../lib/failure.ts'
import { language, wordsOf } from '../language.ts'
import { th } from './th.ts'
import type { CoreErrorWords, ErrorWords, RestErrorWords } from './types.ts'

export type { ErrorWords }

type SomeWords = Partial<Record<FailureCode, ErrorWords>>

const coreWords = wordsOf<CoreErrorWords>(th, async () => (await import('./en.ts')).en)
const [rest, setRest] = createSignal<{ th: RestErrorWords; en: RestErrorWords }>()

/** Fetches the words that signing in does without. Pages that need them for sure call it when they start. */
export async function loadRestOfErrorWords(): Promise<void> {
	if (rest()) return
	const [thai, english] = await Promise.all([import('./rest.th.ts'), import('./rest.en.ts')])
	setRest({ th: thai.th, en: english.en })
}

/**
 * What to say of a failure. A code whose words are not here yet shows the general ones until they have come; so does a
 * code that a newer server knows and this page does not.
 */
export function wordsForError(code: FailureCode): ErrorWords {
	const core: SomeWords = coreWords()
	const words = core[code] ?? (rest()?.[language()] as SomeWords | undefined)?.[code]
	if (words) return words
	void loadRestOfErrorWords().catch(() => undefined)
	return coreWords().internal
}
