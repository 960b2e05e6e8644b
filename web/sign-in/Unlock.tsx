import { createSignal, onMount, Show } from 'solid-js'
import { api } from '../lib/api.ts'
import type { RequestOptions } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { askPasskey, type Derivation } from '../lib/passkey.ts'
import { Busy, Button, FailureAlert, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { PinTryInput } from './PinTryInput.tsx'
import { createPinTry } from './pin-try.ts'

/**
 * PIN and passkey, so that the server knows this device (again). The options are fetched before anybody presses the
 * button: browsers let a passkey answer only straight after a press.
 */
export function Unlock(props: {
	label?: string
	/** A key that the passkey shall make beside its answer, where it can. */
	derive?: Derivation
	onUnlocked(): void
	onFailed?(failure: Failure): void
}) {
	const pinTry = createPinTry()
	const [options, setOptions] = createSignal<RequestOptions>()
	const [failure, setFailure] = createSignal<Failure>()
	const [busy, setBusy] = createSignal(false)
	let field: HTMLInputElement | undefined

	const fetchOptions = async (): Promise<void> => {
		try {
			setOptions((await api.me.unlockOptions.mutate({})).options)
		} catch (error) {
			setFailure(asFailure(error))
		}
	}
	onMount(fetchOptions)

	const failed = (error: unknown): void => {
		const what = asFailure(error)
		if (pinTry.mustWait(what)) return
		if (what.code === 'pin_disabled' || what.code.startsWith('account_')) props.onFailed?.(what)
		setFailure(what)
		// A challenge answers once; where the server has seen it, the next try needs another.
		if (!what.code.startsWith('key_')) void fetchOptions()
	}

	const unlock = async (event: SubmitEvent): Promise<void> => {
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
			const { response, browserKey } = await askPasskey(asked, props.derive)
			const answer = await api.me.unlock.mutate({ pin: pinTry.pin(), response, browserKey })
			if (answer.outcome === 'unlocked') {
				pinTry.clear()
				props.onUnlocked()
				return
			}
			pinTry.wrong(answer)
			setOptions(() => answer.options)
			field?.focus()
		} catch (error) {
			failed(error)
		} finally {
			setBusy(false)
		}
	}

	return (
		<form onSubmit={unlock} novalidate>
			<Stack>
				<PinTryInput
					try={pinTry}
					ref={(input) => {
						field = input
					}}
				/>
				<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
				<Button type="submit" icon="key" busy={busy()} disabled={pinTry.waitUntil() !== null}>
					{busy() ? commonWords().keyWaiting : (props.label ?? signInWords().unlockAct)}
				</Button>
				<Show when={!options() && !failure()}>
					<Busy />
				</Show>
			</Stack>
		</form>
	)
}
