import { createSignal, Show } from 'solid-js'
import { api } from '../lib/api.ts'
import type { CreationOptions, FinishedEnrolment } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { makePasskey } from '../lib/make-passkey.ts'
import { Alert, Button, FailureAlert, ScreenHead, Stack, Steps } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { enrolWords } from '../words/enrol/index.ts'

export interface MakeKeyProps {
	token: string
	pin: string
	options: CreationOptions
	onDone(finished: FinishedEnrolment): void
	onPinRefused(failure: Failure): void
	onFailed(failure: Failure): void
	/** Fetches new options: the challenge was used up. */
	onAgain(): void
}

/** Says what the device will ask, then lets it make the passkey, straight after a press as browsers want it. */
export function MakeKey(props: MakeKeyProps) {
	const [failure, setFailure] = createSignal<Failure>()
	const [busy, setBusy] = createSignal(false)

	const failed = (error: unknown): void => {
		const what = asFailure(error)
		if (what.code.startsWith('pin_')) props.onPinRefused(what)
		else if (what.code.startsWith('enrolment_')) props.onFailed(what)
		else if (what.code === 'passkey_challenge') props.onAgain()
		else setFailure(what)
	}

	const make = async (): Promise<void> => {
		setFailure(undefined)
		setBusy(true)
		try {
			const { response, browserKey } = await makePasskey(props.options)
			props.onDone(await api.enrol.finish.mutate({ token: props.token, pin: props.pin, response, browserKey }))
		} catch (error) {
			failed(error)
		} finally {
			setBusy(false)
		}
	}

	return (
		<Stack>
			<p class="soft">{enrolWords().step(3)}</p>
			<ScreenHead icon="key" title={enrolWords().keyHead} lead={enrolWords().keyLead} />
			<Steps steps={enrolWords().keySteps} />
			<Alert>{enrolWords().keyNoShare}</Alert>
			<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
			<Button icon="key" busy={busy()} onClick={make}>
				{busy() ? commonWords().keyWaiting : failure() ? commonWords().tryAgain : enrolWords().keyMake}
			</Button>
		</Stack>
	)
}
