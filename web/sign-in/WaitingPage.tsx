import { Match, onMount, Show, Switch } from 'solid-js'
import { ofKind } from '../lib/view.ts'
import { Alert, Busy, BusyScreen, Button, Countdown, FailureScreen, Layout, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { inLanguage } from '../words/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { createWaiting, type Waiting } from './waiting.ts'

/** `/sign-in/:id`: the screen on which an agency's sign-in waits. */
export function WaitingPage(props: { id: string }) {
	const waiting = createWaiting(props.id)
	onMount(waiting.load)
	const agency = (): string => {
		const page = waiting.page()
		return page ? inLanguage(page.client.name) : ''
	}

	return (
		<Layout title={agency() ? signInWords().waitingFor(agency()) : signInWords().waitingTitle}>
			<Switch>
				<Match when={ofKind(waiting.view(), 'loading')}>
					<BusyScreen />
				</Match>
				<Match when={ofKind(waiting.view(), 'checking')}>
					<BusyScreen>{signInWords().checking}</BusyScreen>
				</Match>
				<Match when={ofKind(waiting.view(), 'qr')}>
					{(shown) => {
						const { QrScreen } = shown().part
						return <QrScreen waiting={waiting} agency={agency()} expiresAt={shown().expiresAt} over={shown().over} />
					}}
				</Match>
				<Match when={ofKind(waiting.view(), 'number')}>
					{(shown) => <NumberScreen waiting={waiting} number={shown().number} expiresAt={shown().expiresAt} />}
				</Match>
				<Match when={ofKind(waiting.view(), 'here')} keyed>
					{({ part, inspection }) => <part.ConsentHere waiting={waiting} inspection={inspection} />}
				</Match>
				<Match when={ofKind(waiting.view(), 'unlock')} keyed>
					{({ part, chosen }) => <part.UnlockHere waiting={waiting} chosen={chosen} />}
				</Match>
				<Match when={ofKind(waiting.view(), 'moving')}>
					<Stack>
						<ScreenHead icon="check" tone="good" title={signInWords().movingHead} />
						<Busy>{signInWords().movingText(agency())}</Busy>
					</Stack>
				</Match>
				<Match when={ofKind(waiting.view(), 'declined')}>
					<Stack>
						<ScreenHead icon="cross" title={signInWords().declinedHead} lead={signInWords().declinedText} />
						<Button icon="back" onClick={waiting.collect}>
							{signInWords().backTo(agency())}
						</Button>
					</Stack>
				</Match>
				<Match when={ofKind(waiting.view(), 'ended')}>
					{(shown) => (
						<FailureScreen failure={{ code: shown().reason, detail: {} }}>
							<Show when={waiting.page()} fallback={<p>{signInWords().endedText}</p>}>
								<Button icon="back" onClick={waiting.cancel}>
									{signInWords().backTo(agency())}
								</Button>
							</Show>
						</FailureScreen>
					)}
				</Match>
				<Match when={ofKind(waiting.view(), 'failed')}>
					{(shown) => (
						<FailureScreen failure={shown().failure}>
							<Show when={!/^sign_in_/.test(shown().failure.code)}>
								<Button onClick={shown().again}>{commonWords().tryAgain}</Button>
							</Show>
						</FailureScreen>
					)}
				</Match>
			</Switch>
		</Layout>
	)
}

/** After the scan: the number that has to be found on the phone. */
function NumberScreen(props: { waiting: Waiting; number: number; expiresAt: number }) {
	const digits = () => String(props.number).padStart(2, '0')
	return (
		<Stack>
			<ScreenHead icon="phone" title={signInWords().numberHead} lead={signInWords().numberText} />
			<p class="big-number" aria-hidden="true">
				{digits()}
			</p>
			<p class="only-read" role="status">
				{signInWords().numberSay(digits())}
			</p>
			<Countdown until={props.expiresAt} words={(time) => signInWords().decideLeft(time)} />
			<Alert tone="warn">{signInWords().numberNotYou}</Alert>
			<Button look="secondary" onClick={props.waiting.cancel}>
				{signInWords().cancel}
			</Button>
		</Stack>
	)
}
