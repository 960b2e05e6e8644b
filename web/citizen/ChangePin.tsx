import { createSignal, Show } from 'solid-js'
import { pinProblem } from '../../src/lib/pin-rules.ts'
import { api } from '../lib/api.ts'
import type { RequestOptions } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { Button, FailureAlert, PinInput, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { lifeWords } from '../words/life/index.ts'
import { ConfirmAct } from './ConfirmAct.tsx'

interface Chosen {
	pin: string
	/** The passkey's, made for this very PIN; they serve once. */
	options: RequestOptions | null
}

/**
 * First the new PIN, then the old one with the passkey: the passkey's word is over the new PIN, so that one has to be known
 * first. Digits are hidden until somebody wants to see them. No random pad: it slows everybody down, and against a camera
 * or a neighbour's eye it helps little where the digits are read off the keys.
 */
export function ChangePin(props: { onBack(): void; onLocked(): void; onDone(): void }) {
	const [chosen, setChosen] = createSignal<Chosen>()
	const [refused, setRefused] = createSignal<Failure>()

	const ask = async (pin: string): Promise<RequestOptions> =>
		(await api.me.changePinOptions.mutate({ newPin: pin })).options

	const choose = async (pin: string): Promise<void> => {
		setRefused(undefined)
		try {
			setChosen({ pin, options: await ask(pin) })
		} catch (error) {
			const failure = asFailure(error)
			if (failure.code === 'not_signed_in') props.onLocked()
			else setRefused(failure)
		}
	}
	const optionsOf = async (now: Chosen): Promise<RequestOptions> => {
		const { options } = now
		now.options = null
		return options ?? ask(now.pin)
	}
	const takeBack = (failure: Failure): boolean => {
		if (failure.code !== 'pin_same' && !failure.code.startsWith('pin_weak')) return false
		setRefused(failure)
		setChosen(undefined)
		return true
	}

	return (
		<Stack>
			<Show when={chosen()} fallback={<NewPin refused={refused()} onChosen={choose} />} keyed>
				{(now) => (
					<>
						<ScreenHead icon="key" title={lifeWords().oldHead} lead={lifeWords().oldLead} />
						<ConfirmAct
							label={lifeWords().pinChange}
							hint={lifeWords().oldHint}
							options={() => optionsOf(now)}
							act={(given) => api.me.changePin.mutate({ ...given, newPin: now.pin })}
							onDone={() => props.onDone()}
							onLocked={() => props.onLocked()}
							onRefused={takeBack}
						/>
					</>
				)}
			</Show>
			<Button look="secondary" icon="back" onClick={() => props.onBack()}>
				{lifeWords().back}
			</Button>
		</Stack>
	)
}

function NewPin(props: { refused: Failure | undefined; onChosen(pin: string): Promise<void> }) {
	const [pin, setPin] = createSignal('')
	const [again, setAgain] = createSignal('')
	const [problem, setProblem] = createSignal<'short' | 'differs'>()
	const [busy, setBusy] = createSignal(false)
	let first: HTMLInputElement | undefined
	let second: HTMLInputElement | undefined

	const weakness = (): string | undefined => {
		const code = pin().length === 8 ? pinProblem(pin()) : problem() === 'short' ? 'pin_malformed' : null
		const words = code && wordsForError(code)
		return words ? `${words.text} ${words.next}` : undefined
	}
	const send = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault()
		if (busy()) return
		if (pin().length !== 8 || pinProblem(pin())) {
			setProblem('short')
			first?.focus()
			return
		}
		if (pin() !== again()) {
			setProblem('differs')
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
				<ScreenHead title={lifeWords().pinHead} lead={lifeWords().pinLead} />
				<PinInput
					label={lifeWords().pinNew}
					hint={lifeWords().pinRules}
					value={pin()}
					onInput={setPin}
					problem={weakness()}
					ref={(input) => {
						first = input
					}}
				/>
				<PinInput
					label={lifeWords().pinAgain}
					value={again()}
					onInput={(digits) => {
						setAgain(digits)
						if (digits) setProblem(undefined)
					}}
					problem={problem() === 'differs' ? lifeWords().pinDiffers : undefined}
					ref={(input) => {
						second = input
					}}
				/>
				<Show when={props.refused}>{(failure) => <FailureAlert failure={failure()} />}</Show>
				<Button type="submit" icon="forward" busy={busy()}>
					{busy() ? commonWords().wait : lifeWords().next}
				</Button>
			</Stack>
		</form>
	)
}
