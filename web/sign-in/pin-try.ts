import { createSignal } from 'solid-js'
import type { Failure } from '../lib/failure.ts'
import { serverNow } from '../lib/server-clock.ts'
import { commonWords } from '../words/common/index.ts'

type Trouble = { kind: 'short' } | { kind: 'wrong'; triesLeft: number }

/** What a person types as PIN, what was wrong with it, and from when it may be tried again. */
export function createPinTry() {
	const [pin, setPin] = createSignal('')
	const [trouble, setTrouble] = createSignal<Trouble>()
	const [waitUntil, setWaitUntil] = createSignal<number | null>(null)

	return {
		pin,
		waitUntil,
		/** In the language of the moment. */
		problem(): string | undefined {
			const what = trouble()
			if (!what) return undefined
			return what.kind === 'short' ? commonWords().pinShort : commonWords().pinWrong(what.triesLeft)
		},
		type(digits: string): void {
			setPin(digits)
			if (digits) setTrouble(undefined)
		},
		/** Whether it can be sent; says so where it cannot. */
		complete(): boolean {
			if (pin().length === 8) return true
			setTrouble({ kind: 'short' })
			return false
		},
		wrong(answer: { triesLeft: number; nextTryAt: number | null }): void {
			setPin('')
			setTrouble({ kind: 'wrong', triesLeft: answer.triesLeft })
			setWaitUntil(answer.nextTryAt)
		},
		/** Takes the server's `pin_wait`. @returns whether it was that */
		mustWait(failure: Failure): boolean {
			if (failure.code !== 'pin_wait') return false
			setPin('')
			const { until } = failure.detail
			setWaitUntil(typeof until === 'number' ? until : serverNow())
			return true
		},
		waitIsOver: () => setWaitUntil(null),
		clear: () => setPin(''),
	}
}

export type PinTry = ReturnType<typeof createPinTry>
