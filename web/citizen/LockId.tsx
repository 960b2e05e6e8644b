import { createSignal, Show } from 'solid-js'
import { api } from '../lib/api.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { Button, Card, FailureAlert, ScreenHead, Stack, Steps } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { lifeWords } from '../words/life/index.ts'
import { forgetCopy } from './card-copy.ts'

/** Suspends the digital ID at once: no PIN, no key, one press after reading what it means. */
export function LockId(props: { onBack(): void; onDone(): void }) {
	const [busy, setBusy] = createSignal(false)
	const [failure, setFailure] = createSignal<Failure>()
	const lock = async (): Promise<void> => {
		setBusy(true)
		setFailure(undefined)
		try {
			await api.me.freeze.mutate({})
			// Without network it would still say that the card is good.
			await forgetCopy()
			props.onDone()
		} catch (error) {
			setFailure(asFailure(error))
		} finally {
			setBusy(false)
		}
	}
	return (
		<Stack>
			<ScreenHead icon="lock" tone="warn" title={lifeWords().lockHead} />
			<Card title={lifeWords().lockLead}>
				<Steps steps={lifeWords().lockEffects} />
			</Card>
			<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
			<Button icon="lock" busy={busy()} onClick={lock}>
				{busy() ? commonWords().wait : lifeWords().lockYes}
			</Button>
			<Button look="secondary" icon="back" onClick={() => props.onBack()}>
				{lifeWords().back}
			</Button>
		</Stack>
	)
}
