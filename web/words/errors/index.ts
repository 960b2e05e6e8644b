import { createSignal } from 'solid-js'
import type { FailureCode, FailureDetail } from '../../lib/failure.ts'
import { language, wordsOf } from '../language.ts'
import { th } from './th.ts'
import type { CoreErrorWords, ErrorWords, RestErrorWords, SuspensionWords } from './types.ts'

export type { ErrorWords }

type SomeWords = Partial<Record<FailureCode, ErrorWords>>

const coreWords = wordsOf<CoreErrorWords>(th, async () => (await import('./en.ts')).en)
const [rest, setRest] = createSignal<{ th: RestErrorWords; en: RestErrorWords }>()
const [suspension, setSuspension] = createSignal<{ th: SuspensionWords; en: SuspensionWords }>()

/** Fetches the words that signing in does without. Pages that need them for sure call it when they start. */
export async function loadRestOfErrorWords(): Promise<void> {
	if (rest()) return
	const [thai, english] = await Promise.all([import('./rest.th.ts'), import('./rest.en.ts')])
	setRest({ th: thai.th, en: english.en })
}

/** Few are suspended, so nobody else waits for these words. */
async function loadSuspensionWords(): Promise<void> {
	if (suspension()) return
	const [thai, english] = await Promise.all([import('./suspended.th.ts'), import('./suspended.en.ts')])
	setSuspension({ th: thai.th, en: english.en })
}

/**
 * What to say of a failure. A code whose words are not here yet shows the general ones until they have come; so does a
 * code that a newer server knows and this page does not. A suspension whose reason is known says that one.
 */
export function wordsForError(code: FailureCode, detail: FailureDetail = {}): ErrorWords {
	const core: SomeWords = coreWords()
	if (code === 'account_suspended') return { ...coreWords().account_suspended, ...whySuspended(detail.reason) }
	const words = core[code] ?? (rest()?.[language()] as SomeWords | undefined)?.[code]
	if (words) return words
	void loadRestOfErrorWords().catch(() => undefined)
	return coreWords().internal
}

function whySuspended(reason: FailureDetail[string] | undefined): Partial<ErrorWords> | undefined {
	const words: Record<string, Omit<ErrorWords, 'title'>> | undefined = suspension()?.[language()]
	if (words) return words[String(reason)]
	void loadSuspensionWords().catch(() => undefined)
	return undefined
}
