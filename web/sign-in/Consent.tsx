import { createSignal, createUniqueId, For, Show } from 'solid-js'
import { api } from '../lib/api.ts'
import type { Inspection } from '../lib/api-types.ts'
import { asFailure, type Failure, type FailureCode } from '../lib/failure.ts'
import { askPasskey } from '../lib/passkey.ts'
import { Actions, Alert, Button, Countdown, FailureAlert, Problem, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { inLanguage } from '../words/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { AskedDetails, AskedFrom, AskedItems, Asker } from './ConsentParts.tsx'
import { PinTryInput } from './PinTryInput.tsx'
import { createPinTry } from './pin-try.ts'

/** After these nothing on this screen can help; the parent shows them over the whole of it. */
const FINAL =
	/^(number_mismatch|pin_disabled|sign_in_|account_|qr_|device_unknown|passkey_copied|passkey_unknown|card_|person_)/
const isFinal = (code: FailureCode): boolean => FINAL.test(code)

export interface ConsentProps {
	inspection: Inspection
	onApproved(): void
	onDeclined(): void
	onFailed(failure: Failure): void
	/** Fetches the inspection anew: the passkey's challenge was used up or has expired. */
	onStale(): void
}

/** The consent: who asks, for what, each datum, from which screen; then number, PIN and passkey, or no. */
export function Consent(props: ConsentProps) {
	const pinTry = createPinTry()
	const [options, setOptions] = createSignal(props.inspection.options)
	const [number, setNumber] = createSignal<number | null>(null)
	const [numberMissing, setNumberMissing] = createSignal(false)
	const [failure, setFailure] = createSignal<Failure>()
	const [busy, setBusy] = createSignal<'confirm' | 'decline'>()
	let field: HTMLInputElement | undefined
	let firstNumber: HTMLInputElement | undefined

	const failed = (error: unknown): void => {
		const what = asFailure(error)
		if (pinTry.mustWait(what)) return
		if (isFinal(what.code)) props.onFailed(what)
		else if (what.code === 'passkey_challenge') props.onStale()
		else setFailure(what)
	}

	const ready = (): boolean => {
		const pinComplete = pinTry.complete()
		if (!pinComplete) field?.focus()
		const missing = props.inspection.numbers !== null && number() === null
		setNumberMissing(missing)
		if (missing) firstNumber?.focus()
		return pinComplete && !missing
	}

	const confirm = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault()
		if (busy() || !ready()) return
		setFailure(undefined)
		setBusy('confirm')
		try {
			const { response, browserKey } = await askPasskey(options())
			const answer = await api.signIn.decide.mutate({
				id: props.inspection.id,
				decision: 'confirm',
				number: number(),
				pin: pinTry.pin(),
				response,
				browserKey,
			})
			if (answer.outcome === 'approved') props.onApproved()
			if (answer.outcome === 'declined') props.onDeclined()
			if (answer.outcome === 'pin_wrong') {
				pinTry.wrong(answer)
				setOptions(() => answer.options)
				field?.focus()
			}
		} catch (error) {
			failed(error)
		} finally {
			setBusy(undefined)
		}
	}

	const decline = async (): Promise<void> => {
		if (busy()) return
		setFailure(undefined)
		setBusy('decline')
		try {
			await api.signIn.decide.mutate({ id: props.inspection.id, decision: 'decline' })
			props.onDeclined()
		} catch (error) {
			failed(error)
		} finally {
			setBusy(undefined)
		}
	}

	return (
		<form onSubmit={confirm} novalidate>
			<Stack>
				<ScreenHead
					title={signInWords().consentHead}
					lead={signInWords().asksFor(inLanguage(props.inspection.client.name))}
				/>
				<For each={props.inspection.warnings}>
					{(warning) => <Alert tone="warn">{commonWords().warnings[warning.code](warning.days)}</Alert>}
				</For>
				<Asker inspection={props.inspection} />
				<AskedDetails details={props.inspection.details} />
				<AskedItems items={props.inspection.items} />
				<AskedFrom from={props.inspection.askedFrom} />
				<Show when={props.inspection.numbers}>
					{(numbers) => (
						<NumberChoice
							numbers={numbers()}
							chosen={number()}
							missing={numberMissing()}
							onChoose={(chosen) => {
								setNumber(chosen)
								setNumberMissing(false)
							}}
							ref={(input) => {
								firstNumber ??= input
							}}
						/>
					)}
				</Show>
				<PinTryInput
					try={pinTry}
					hint={signInWords().pinHint}
					ref={(input) => {
						field = input
					}}
				/>
				<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
				<Actions even>
					<Button look="strong" icon="cross" busy={busy() === 'decline'} onClick={decline}>
						{signInWords().decline}
					</Button>
					<Button type="submit" icon="check" busy={busy() === 'confirm'} disabled={pinTry.waitUntil() !== null}>
						{signInWords().confirm}
					</Button>
				</Actions>
				<p class="soft" role="status">
					{busy() === 'confirm' ? commonWords().keyWaiting : signInWords().confirmNote}
				</p>
				<Countdown until={props.inspection.decideBy} words={(time) => signInWords().decideLeft(time)} />
			</Stack>
		</form>
	)
}

interface NumberChoiceProps {
	numbers: readonly number[]
	chosen: number | null
	missing: boolean
	onChoose(number: number): void
	ref(input: HTMLInputElement): void
}

/** One of three stands on the waiting screen. Whoever was sent somebody else's code does not see which. */
function NumberChoice(props: NumberChoiceProps) {
	const id = createUniqueId()
	return (
		<fieldset class="field" aria-describedby={props.missing ? id : undefined}>
			<legend>{signInWords().numberPick}</legend>
			<div class="choices">
				<For each={props.numbers}>
					{(number) => (
						<label>
							<input
								type="radio"
								name="number"
								ref={(input) => props.ref(input)}
								checked={props.chosen === number}
								onChange={() => props.onChoose(number)}
							/>
							<span>{String(number).padStart(2, '0')}</span>
						</label>
					)}
				</For>
			</div>
			<Problem id={id} text={props.missing ? signInWords().numberMissing : undefined} />
		</fieldset>
	)
}
