import { createSignal, Match, onMount, Switch } from 'solid-js'
import { api } from '../lib/api.ts'
import type { Officer } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { ofKind } from '../lib/view.ts'
import { BusyScreen, Button, FailureScreen, Icon, Layout } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { inLanguage } from '../words/index.ts'
import { officeWords } from '../words/office/index.ts'
import { Desk } from './Desk.tsx'
import { SignIn } from './SignIn.tsx'

type View =
	| { kind: 'loading' }
	| { kind: 'sign-in'; over: boolean }
	| { kind: 'desk'; officer: Officer }
	| { kind: 'failed'; failure: Failure }

/** `/office`: sign-in and desk. */
export function OfficePage() {
	const [view, setView] = createSignal<View>({ kind: 'loading' })

	const load = async (): Promise<void> => {
		try {
			const officer = await api.office.me.query({})
			setView(officer ? { kind: 'desk', officer } : { kind: 'sign-in', over: false })
		} catch (error) {
			setView({ kind: 'failed', failure: asFailure(error) })
		}
	}
	onMount(load)

	const signOut = async (): Promise<void> => {
		// Whatever the server says, this screen shows nothing more of the citizen.
		setView({ kind: 'loading' })
		await api.office.signOut.mutate({}).catch(() => undefined)
		setView({ kind: 'sign-in', over: false })
	}

	return (
		<Layout
			title={officeWords().title}
			wide={view().kind === 'desk'}
			nav={
				<Switch>
					<Match when={ofKind(view(), 'desk')}>
						{(shown) => <WhoIsHere officer={shown().officer} onLeave={signOut} />}
					</Match>
				</Switch>
			}
		>
			<Switch>
				<Match when={ofKind(view(), 'loading')}>
					<BusyScreen />
				</Match>
				<Match when={ofKind(view(), 'sign-in')}>{(shown) => <SignIn over={shown().over} onSignedIn={load} />}</Match>
				<Match when={ofKind(view(), 'desk')}>
					<Desk onSignedOut={() => setView({ kind: 'sign-in', over: true })} />
				</Match>
				<Match when={ofKind(view(), 'failed')}>
					{(shown) => (
						<FailureScreen failure={shown().failure}>
							<Button onClick={load}>{commonWords().tryAgain}</Button>
						</FailureScreen>
					)}
				</Match>
			</Switch>
		</Layout>
	)
}

/** Who is signed in, and where: an officer at the wrong desk should see it. */
function WhoIsHere(props: { officer: Officer; onLeave(): void }) {
	return (
		<div class="who">
			<p>
				<strong>{props.officer.name}</strong>
				<small>
					{officeWords().roles[props.officer.role]} · {inLanguage(props.officer.office)}
				</small>
			</p>
			<button type="button" class="language" onClick={() => props.onLeave()}>
				<Icon name="leave" />
				{officeWords().signOut}
			</button>
		</div>
	)
}
