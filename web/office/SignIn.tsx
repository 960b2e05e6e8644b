import { createSignal, onMount, Show } from 'solid-js'
import { api } from '../lib/api.ts'
import type { RequestOptions } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { askPasskey } from '../lib/passkey.ts'
import { Alert, Button, FailureAlert, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { officeWords } from '../words/office/index.ts'

/** The officer's passkey, and nothing to type. */
export function SignIn(props: { over: boolean; onSignedIn(): void }) {
	const [options, setOptions] = createSignal<RequestOptions>()
	const [failure, setFailure] = createSignal<Failure>()
	const [busy, setBusy] = createSignal(false)

	const fetchOptions = async (): Promise<void> => {
		setOptions((await api.office.signInOptions.mutate({})).options)
	}
	onMount(() => fetchOptions().catch((error) => setFailure(asFailure(error))))

	const signIn = async (): Promise<void> => {
		setFailure(undefined)
		setBusy(true)
		try {
			if (!options()) await fetchOptions()
			const asked = options()
			if (!asked) return
			const answered = await askPasskey(asked)
			// The challenge has answered; another try needs another.
			setOptions(undefined)
			await api.office.signIn.mutate(answered)
			props.onSignedIn()
		} catch (error) {
			setFailure(asFailure(error))
			if (!options()) await fetchOptions().catch(() => undefined)
		} finally {
			setBusy(false)
		}
	}

	return (
		<Stack>
			<ScreenHead icon="office" title={officeWords().signInHead} lead={officeWords().signInLead} />
			<Show when={props.over}>
				<Alert tone="warn" say="status">
					{officeWords().signInOver}
				</Alert>
			</Show>
			<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
			<Button icon="key" busy={busy()} onClick={signIn}>
				{busy() ? commonWords().keyWaiting : officeWords().signInAct}
			</Button>
			<p class="soft">{officeWords().signInIdle}</p>
		</Stack>
	)
}
