import { createSignal, onMount, Show } from 'solid-js'
import type { RequestOptions } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { type Answered, askPasskey } from '../lib/passkey.ts'
import { createPinTry, PinTryInput } from '../sign-in/index.ts'
import { Button, FailureAlert, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'

type Given = Answered<Awaited<ReturnType<typeof askPasskey>>['response']> & { pin: string }
type Wrong = { outcome: 'pin_wrong'; triesLeft: number; nextTryAt: number | null; options: RequestOptions }

export interface ConfirmActProps {
	label: string
	hint?: string
	/** Asked before anybody presses: browsers let a passkey answer only straight after a press. */
	options(): Promise<RequestOptions>
	act(given: Given): Promise<{ outcome: string } | Wrong>
	onDone(): void
	onLocked(): void
	/** What cannot be put right on this screen. @returns whether it was taken */
	onRefused?(failure: Failure): boolean
}

/** PIN and passkey for one act, and nothing but this one. */
export function ConfirmAct(props: ConfirmActProps) {
	const pinTry = createPinTry()
	const [options, setOptions] = createSignal<RequestOptions>()
	const [failure, setFailure] = createSignal<Failure>()
	const [busy, setBusy] = createSignal(false)
	let field: HTMLInputElement | undefined

	const failed = (error: unknown): void => {
		const what = asFailure(error)
		if (what.code === 'not_signed_in') props.onLocked()
		else if (!pinTry.mustWait(what) && !props.onRefused?.(what)) setFailure(what)
	}
	const fetchOptions = () =>
		props
			.options()
			.then((asked) => setOptions(() => asked))
			.catch(failed)
	onMount(fetchOptions)

	const confirm = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault()
		const asked = options()
		if (busy() || !asked) return
		if (!pinTry.complete()) {
			field?.focus()
			return
		}
		setFailure(undefined)
		setBusy(true)
		try {
			const answer = await props.act({ pin: pinTry.pin(), ...(await askPasskey(asked)) })
			if ('triesLeft' in answer) {
				pinTry.wrong(answer)
				setOptions(() => answer.options)
				field?.focus()
			} else {
				pinTry.clear()
				props.onDone()
			}
		} catch (error) {
			failed(error)
			// A challenge answers once; where the server has seen it, the next try needs another.
			if (!asFailure(error).code.startsWith('key_')) void fetchOptions()
		} finally {
			setBusy(false)
		}
	}

	return (
		<form onSubmit={confirm} novalidate>
			<Stack>
				<PinTryInput
					try={pinTry}
					hint={props.hint}
					ref={(input) => {
						field = input
					}}
				/>
				<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
				<Button type="submit" icon="key" busy={busy()} disabled={pinTry.waitUntil() !== null}>
					{busy() ? commonWords().keyWaiting : props.label}
				</Button>
			</Stack>
		</form>
	)
}
