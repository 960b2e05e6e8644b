import { Match, onMount, Show, Switch } from 'solid-js'
import { ofKind } from '../lib/view.ts'
import {
	Alert,
	Busy,
	BusyScreen,
	Button,
	Countdown,
	FailureScreen,
	Layout,
	QrCode,
	ScreenHead,
	Stack,
	Steps,
} from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { inLanguage } from '../words/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { Consent } from './Consent.tsx'
import { UnknownDevice } from './UnknownDevice.tsx'
import { createWaiting, type Waiting } from './waiting.ts'

const SCAN_TIME = 120_000

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
					{(shown) => (
						<QrScreen waiting={waiting} agency={agency()} expiresAt={shown().expiresAt} over={shown().over} />
					)}
				</Match>
				<Match when={ofKind(waiting.view(), 'number')}>
					{(shown) => <NumberScreen waiting={waiting} number={shown().number} expiresAt={shown().expiresAt} />}
				</Match>
				<Match when={ofKind(waiting.view(), 'here')} keyed>
					{(shown) => (
						<Stack>
							<Consent
								inspection={shown.inspection}
								onApproved={waiting.collect}
								onDeclined={waiting.collect}
								onFailed={waiting.fail}
								onStale={waiting.answerHere}
							/>
							<OtherWays waiting={waiting} />
						</Stack>
					)}
				</Match>
				<Match when={ofKind(waiting.view(), 'unlock')}>
					<Stack>
						<UnknownDevice onUnlocked={waiting.answerHere} onFailed={waiting.fail} />
						<OtherWays waiting={waiting} />
					</Stack>
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

/** The QR, what to do with it, and the other ways. */
function QrScreen(props: { waiting: Waiting; agency: string; expiresAt: number; over: boolean }) {
	return (
		<Stack>
			<ScreenHead
				title={signInWords().scanHead}
				lead={
					<>
						{signInWords().waitingFor(props.agency)} <span class="domain">{props.waiting.page()?.client.domain}</span>
					</>
				}
			/>
			<Show
				when={!props.over}
				fallback={
					<Stack>
						<Alert tone="warn" say="status" title={signInWords().qrOver}>
							{signInWords().qrOverText}
						</Alert>
						<Button icon="qr" onClick={props.waiting.showQr}>
							{signInWords().qrNew}
						</Button>
					</Stack>
				}
			>
				<div class="scan">
					<div class="scan-code">
						<Show when={props.waiting.frame()} fallback={<div class="qr qr-empty" aria-hidden="true" />}>
							{(frame) => <QrCode text={frame().url} label={signInWords().qrLabel} />}
						</Show>
						<Countdown
							until={props.expiresAt}
							of={SCAN_TIME}
							words={(time) => signInWords().qrLeft(time)}
							onOver={props.waiting.qrIsOver}
						/>
					</div>
					<Steps steps={signInWords().scanSteps} />
				</div>
			</Show>
			<Alert tone="warn">{signInWords().qrNever}</Alert>
			<OtherWays waiting={props.waiting} />
		</Stack>
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

/** Below each screen that waits for something: what else is possible. */
function OtherWays(props: { waiting: Waiting }) {
	const kind = () => props.waiting.view().kind
	return (
		<div class="other-ways">
			<Show when={kind() === 'qr'}>
				<Button look="link" icon="key" onClick={props.waiting.offerUnlock}>
					{signInWords().useKeyHere}
				</Button>
			</Show>
			<Show when={kind() !== 'qr' && props.waiting.page()?.qrAllowed}>
				<Button look="link" icon="qr" onClick={props.waiting.showQr}>
					{signInWords().useQr}
				</Button>
			</Show>
			<Button look="link" icon="back" onClick={props.waiting.cancel}>
				{signInWords().cancel}
			</Button>
		</div>
	)
}
