import { createSignal, Match, onMount, Show, Switch } from 'solid-js'
import { api } from '../lib/api.ts'
import type { Inspection } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { ofKind } from '../lib/view.ts'
import { Alert, BusyScreen, Button, FailureScreen, LinkButton, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { Consent } from './Consent.tsx'
import { UnknownDevice } from './UnknownDevice.tsx'

type View =
	| { kind: 'checking' }
	| { kind: 'consent'; inspection: Inspection }
	| { kind: 'unknown-device' }
	| { kind: 'known-again' }
	| { kind: 'approved' }
	| { kind: 'declined' }
	| { kind: 'failed'; failure: Failure }

export interface PhoneFlowProps {
	frame: string
	/** Whether the phone's camera opened the page, or the app's own scanner read the code. */
	from: 'camera' | 'scanner'
	/** The sign-in is decided or over: the frame is of no more use. */
	onOver?(): void
	/** Inside the scanner, scanning again needs no other page. */
	onScanAgain?(): void
}

/** What the phone does with a scanned frame: inspect, consent, decide. */
export function PhoneFlow(props: PhoneFlowProps) {
	const [view, setView] = createSignal<View>({ kind: 'checking' })

	const finish = (next: View): void => {
		props.onOver?.()
		setView(next)
	}

	const inspect = async (afterUnlock = false): Promise<void> => {
		setView({ kind: 'checking' })
		try {
			const inspection = await api.signIn.inspect.mutate({ frame: props.frame, from: props.from })
			setView({ kind: 'consent', inspection })
		} catch (error) {
			const failure = asFailure(error)
			if (failure.code === 'device_unknown') setView({ kind: 'unknown-device' })
			else if (failure.code === 'qr_stale' && afterUnlock) finish({ kind: 'known-again' })
			else if (mayPass(failure)) setView({ kind: 'failed', failure })
			else finish({ kind: 'failed', failure })
		}
	}
	onMount(() => inspect())

	return (
		<Switch>
			<Match when={ofKind(view(), 'checking')}>
				<BusyScreen>{signInWords().checking}</BusyScreen>
			</Match>
			<Match when={ofKind(view(), 'consent')} keyed>
				{(shown) => (
					<Consent
						inspection={shown.inspection}
						onApproved={() => finish({ kind: 'approved' })}
						onDeclined={() => finish({ kind: 'declined' })}
						onFailed={(failure) => finish({ kind: 'failed', failure })}
						onStale={() => inspect()}
					/>
				)}
			</Match>
			<Match when={ofKind(view(), 'unknown-device')}>
				<UnknownDevice onUnlocked={() => inspect(true)} onFailed={(failure) => setView({ kind: 'failed', failure })} />
			</Match>
			<Match when={ofKind(view(), 'known-again')}>
				<Stack>
					<ScreenHead icon="check" tone="good" title={signInWords().readyHead} lead={signInWords().readyText} />
					<ScanAgain onScan={props.onScanAgain} />
				</Stack>
			</Match>
			<Match when={ofKind(view(), 'approved')}>
				<Stack>
					<ScreenHead icon="check" tone="good" title={signInWords().approvedHead} lead={signInWords().approvedText} />
					<p>{signInWords().approvedClose}</p>
					<LinkButton href="/card" look="secondary" icon="card">
						{signInWords().openCard}
					</LinkButton>
				</Stack>
			</Match>
			<Match when={ofKind(view(), 'declined')}>
				<Stack>
					<ScreenHead icon="cross" title={signInWords().declinedHead} lead={signInWords().phoneDeclinedText} />
					<Alert tone="warn">{signInWords().phoneDeclinedNotYou}</Alert>
				</Stack>
			</Match>
			<Match when={ofKind(view(), 'failed')} keyed>
				{(shown) => (
					<FailureScreen failure={shown.failure}>
						{mayPass(shown.failure) ? (
							<Button onClick={() => inspect()}>{commonWords().tryAgain}</Button>
						) : shown.failure.code === 'qr_stale' ? (
							<ScanAgain onScan={props.onScanAgain} />
						) : null}
					</FailureScreen>
				)}
			</Match>
		</Switch>
	)
}

/** Failures that may be gone at the next try, with the same frame. */
const mayPass = (failure: Failure): boolean =>
	['network', 'internal', 'unavailable', 'registry_unavailable', 'too_many_attempts'].includes(failure.code)

function ScanAgain(props: { onScan?: () => void }) {
	return (
		<Show
			when={props.onScan}
			fallback={
				<LinkButton href="/scan" icon="qr">
					{signInWords().scan}
				</LinkButton>
			}
		>
			<Button icon="qr" onClick={() => props.onScan?.()}>
				{signInWords().scan}
			</Button>
		</Show>
	)
}
