import { createEffect, createSignal, Show } from 'solid-js'
import { pinProblem } from '../../src/lib/pin-rules.ts'
import type { Failure, FailureCode } from '../lib/failure.ts'
import { Button, FailureAlert, PinInput, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { enrolWords } from '../words/enrol/index.ts'
import { wordsForError } from '../words/errors/index.ts'

/** The PIN, twice. What the rules refuse is said while typing; what only the server can know, after sending. */
export function ChoosePin(props: { refused?: Failure; onChosen(pin: string): Promise<void> }) {
	const [pin, setPin] = createSignal('')
	const [again, setAgain] = createSignal('')
	const [weakness, setWeakness] = createSignal<FailureCode>()
	const [differs, setDiffers] = createSignal(false)
	const [busy, setBusy] = createSignal(false)
	let first: HTMLInputElement | undefined
	let second: HTMLInputElement | undefined

	createEffect(() => {
		const refused = props.refused
		if (!refused?.code.startsWith('pin_')) return
		setPin('')
		setAgain('')
		setWeakness(refused.code)
		first?.focus()
	})

	const weaknessWords = (): string | undefined => {
		const code = weakness()
		if (!code) return undefined
		const words = wordsForError(code)
		return `${words.text} ${words.next}`
	}

	const typed = (digits: string): void => {
		setPin(digits)
		if (digits || !props.refused) setWeakness(digits.length === 8 ? (pinProblem(digits) ?? undefined) : undefined)
	}

	const send = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault()
		if (busy()) return
		const problem = pin().length === 8 ? pinProblem(pin()) : 'pin_malformed'
		if (problem) {
			setWeakness(problem)
			first?.focus()
			return
		}
		if (pin() !== again()) {
			setDiffers(true)
			setAgain('')
			second?.focus()
			return
		}
		setBusy(true)
		await props.onChosen(pin())
		setBusy(false)
	}

	return (
		<form onSubmit={send} novalidate>
			<Stack>
				<p class="soft">{enrolWords().step(2)}</p>
				<ScreenHead title={enrolWords().pinHead} lead={enrolWords().pinLead} />
				<PinInput
					label={enrolWords().pinNew}
					hint={enrolWords().pinRules}
					value={pin()}
					onInput={typed}
					problem={weaknessWords()}
					ref={(input) => {
						first = input
					}}
				/>
				<PinInput
					label={enrolWords().pinAgain}
					value={again()}
					onInput={(digits) => {
						setAgain(digits)
						if (digits) setDiffers(false)
					}}
					problem={differs() ? enrolWords().pinDiffers : undefined}
					ref={(input) => {
						second = input
					}}
				/>
				<Show when={props.refused?.code.startsWith('pin_') ? undefined : props.refused}>
					{(failure) => <FailureAlert failure={failure()} />}
				</Show>
				<Button type="submit" icon="forward" busy={busy()}>
					{busy() ? commonWords().wait : enrolWords().next}
				</Button>
			</Stack>
		</form>
	)
}
