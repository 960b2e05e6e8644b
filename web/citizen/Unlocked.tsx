import { createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js'
import { api } from '../lib/api.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { ofKind } from '../lib/view.ts'
import { UnknownDevice, Unlock } from '../sign-in/index.ts'
import { BusyScreen, Button, FailureScreen, ScreenHead, Stack } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { commonWords } from '../words/common/index.ts'
import { derivation, forgetCopy } from './card-copy.ts'

type View<Content> =
	| { kind: 'loading' }
	| { kind: 'unknown-device' }
	| { kind: 'locked' }
	| { kind: 'open'; content: Content }
	| { kind: 'failed'; failure: Failure }

export interface UnlockedProps<Content> {
	/** What is behind the lock, as the heading of the locked screen says it. */
	title: string
	load(): Promise<Content>
	/** In the place of the failure, where the server cannot be reached. */
	unreachable?(again: () => void): JSX.Element
	children(content: Content, again: () => void): JSX.Element
}

/** Shows what only the citizen may see, after PIN and passkey. */
export function Unlocked<Content>(props: UnlockedProps<Content>) {
	const [view, setView] = createSignal<View<Content>>({ kind: 'loading' })

	const load = async (): Promise<void> => {
		setView({ kind: 'loading' })
		try {
			const device = await api.me.device.query({})
			// Replaced, or its cookies are gone: what this browser kept of the card goes too.
			if (!device.known) await forgetCopy()
			if (device.unlocked) setView({ kind: 'open', content: await props.load() })
			else setView({ kind: device.known ? 'locked' : 'unknown-device' })
		} catch (error) {
			const failure = asFailure(error)
			setView(failure.code === 'not_signed_in' ? { kind: 'locked' } : { kind: 'failed', failure })
		}
	}
	onMount(load)
	const fail = (failure: Failure) => setView({ kind: 'failed', failure })

	return (
		<Switch>
			<Match when={ofKind(view(), 'loading')}>
				<BusyScreen />
			</Match>
			<Match when={ofKind(view(), 'unknown-device')}>
				<UnknownDevice title={citizenWords().notEnrolledHead} onUnlocked={load} onFailed={fail} />
			</Match>
			<Match when={ofKind(view(), 'locked')}>
				<Stack>
					<ScreenHead icon="lock" title={props.title} lead={citizenWords().lockedLead} />
					<Unlock label={citizenWords().unlock} derive={derivation()} onUnlocked={load} onFailed={fail} />
				</Stack>
			</Match>
			<Match when={ofKind(view(), 'open')} keyed>
				{(shown) => props.children(shown.content, load)}
			</Match>
			<Match when={ofKind(view(), 'failed')}>
				{(shown) => (
					<Show
						when={shown().failure.code === 'network' && props.unreachable?.(load)}
						fallback={
							<FailureScreen failure={shown().failure}>
								<Button onClick={load}>{commonWords().tryAgain}</Button>
							</FailureScreen>
						}
					>
						{(instead) => instead()}
					</Show>
				)}
			</Match>
		</Switch>
	)
}
