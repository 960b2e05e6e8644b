import { createSignal, Match, onCleanup, onMount, Switch } from 'solid-js'
import { SECOND } from '../../src/lib/clock.ts'
import { api } from '../lib/api.ts'
import type { ShownCard } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { timeWords } from '../lib/time-words.ts'
import { ofKind } from '../lib/view.ts'
import { Unlock } from '../sign-in/index.ts'
import { Alert, Busy, BusyScreen, Button, Countdown, FailureScreen, QrCode, ScreenHead, Stack } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { commonWords } from '../words/common/index.ts'
import { language } from '../words/index.ts'

type View =
	| { kind: 'preparing' }
	| { kind: 'unlock' }
	| { kind: 'shown'; shown: ShownCard }
	| { kind: 'checked'; at: number }
	| { kind: 'over' }
	| { kind: 'failed'; failure: Failure }

/** Between two questions whether somebody has looked, ms. */
const PAUSE = SECOND
/** How long a QR lives, for its bar. */
const LIFE = 60 * SECOND

/** The card's QR for somebody beside the citizen: one look within a minute, and word of it here. */
export function ShowCard(props: { onBack(): void }) {
	const [view, setView] = createSignal<View>({ kind: 'preparing' })
	let timer: ReturnType<typeof setTimeout> | undefined
	onCleanup(() => clearTimeout(timer))

	const watch = async (id: string): Promise<void> => {
		// A question that fails is asked again: the QR stands meanwhile.
		const watched = await api.me.shownCard.query({ id }).catch(() => null)
		const now = view()
		if (now.kind !== 'shown' || now.shown.id !== id) return
		if (watched?.state === 'checked' && watched.checkedAt !== null) setView({ kind: 'checked', at: watched.checkedAt })
		else if (watched?.state === 'over') setView({ kind: 'over' })
		else timer = setTimeout(() => watch(id), PAUSE)
	}

	const show = async (): Promise<void> => {
		clearTimeout(timer)
		setView({ kind: 'preparing' })
		try {
			const shown = await api.me.showCard.mutate({})
			setView({ kind: 'shown', shown })
			timer = setTimeout(() => watch(shown.id), PAUSE)
		} catch (error) {
			const failure = asFailure(error)
			const locked = failure.code === 'unlock_stale' || failure.code === 'not_signed_in'
			setView(locked ? { kind: 'unlock' } : { kind: 'failed', failure })
		}
	}
	onMount(show)
	const back = () => (
		<Button look="secondary" icon="back" onClick={() => props.onBack()}>
			{citizenWords().showBack}
		</Button>
	)

	return (
		<Stack>
			<Switch>
				<Match when={ofKind(view(), 'preparing')}>
					<BusyScreen />
				</Match>
				<Match when={ofKind(view(), 'unlock')}>
					<ScreenHead icon="lock" title={citizenWords().showUnlockHead} lead={citizenWords().lockedLead} />
					<Unlock
						label={citizenWords().unlock}
						onUnlocked={show}
						onFailed={(failure) => setView({ kind: 'failed', failure })}
					/>
					{back()}
				</Match>
				<Match when={ofKind(view(), 'shown')} keyed>
					{({ shown }) => (
						<>
							<ScreenHead title={citizenWords().showHead} lead={citizenWords().showLead} />
							<div class="shown-qr">
								<QrCode text={shown.link} label={citizenWords().showQr} />
							</div>
							<Countdown until={shown.expiresAt} of={LIFE} />
							<Busy>{citizenWords().showWaiting}</Busy>
							{back()}
							<Alert tone="warn">{citizenWords().showTell}</Alert>
						</>
					)}
				</Match>
				<Match when={ofKind(view(), 'checked')}>
					{(shown) => (
						<>
							<ScreenHead
								icon="check"
								tone="good"
								title={citizenWords().shownHead}
								lead={citizenWords().shownText(timeWords(shown().at, language()))}
							/>
							<Button icon="back" onClick={() => props.onBack()}>
								{citizenWords().showBack}
							</Button>
						</>
					)}
				</Match>
				<Match when={ofKind(view(), 'over')}>
					<ScreenHead icon="clock" tone="warn" title={citizenWords().showOverHead} lead={citizenWords().showOverText} />
					<Button icon="qr" onClick={show}>
						{citizenWords().showAgain}
					</Button>
					{back()}
				</Match>
				<Match when={ofKind(view(), 'failed')}>
					{(shown) => (
						<FailureScreen failure={shown().failure}>
							<Button onClick={show}>{commonWords().tryAgain}</Button>
							{back()}
						</FailureScreen>
					)}
				</Match>
			</Switch>
		</Stack>
	)
}
