import { createSignal, Match, onCleanup, Show, Switch } from 'solid-js'
import { Failure } from '../lib/failure.ts'
import { ofKind } from '../lib/view.ts'
import { PhoneFlow } from '../sign-in/index.ts'
import { Alert, Busy, Button, FailureScreen, ScreenHead, Stack } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { commonWords } from '../words/common/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { AppLayout } from './AppLayout.tsx'
import { type CameraTrouble, readCode, type Scanner, startScanner } from './scanner.ts'

type View =
	| { kind: 'ready' }
	| { kind: 'scanning'; searching: boolean }
	| { kind: 'no-camera'; trouble: CameraTrouble }
	| { kind: 'scanned'; frame: string }
	| { kind: 'no-network' }

/** `/scan`: reads the QR on a waiting screen and goes on to the consent, or the one on a card that somebody shows. */
export function ScanPage() {
	const [view, setView] = createSignal<View>({ kind: 'ready' })
	const [foreign, setForeign] = createSignal(false)
	let video: HTMLVideoElement | undefined
	let scanner: Scanner | undefined
	const stop = (): void => {
		scanner?.stop()
		scanner = undefined
	}
	onCleanup(stop)

	const take = (text: string): void => {
		if (!scanner || view().kind !== 'scanning') return
		const scanned = readCode(text)
		setForeign(scanned === null)
		if (scanned === null) return
		stop()
		if (scanned.kind === 'card') location.assign(scanned.link)
		else setView({ kind: 'scanned', frame: scanned.frame })
	}

	const start = async (): Promise<void> => {
		setForeign(false)
		// Whatever is scanned, the server has to be asked.
		if (!navigator.onLine) {
			setView({ kind: 'no-network' })
			return
		}
		setView({ kind: 'scanning', searching: false })
		try {
			if (!video) return
			const started = await startScanner(video, take)
			if (view().kind !== 'scanning') {
				started.stop()
				return
			}
			scanner = started
			setView({ kind: 'scanning', searching: true })
		} catch (error) {
			setView({ kind: 'no-camera', trouble: typeof error === 'string' ? (error as CameraTrouble) : 'missing' })
		}
	}

	return (
		<AppLayout title={citizenWords().scanTitle}>
			<Switch>
				<Match when={ofKind(view(), 'ready')}>
					<Stack>
						<ScreenHead icon="qr" title={citizenWords().scanHead} lead={citizenWords().scanLead} />
						<Button icon="camera" onClick={start}>
							{citizenWords().scanStart}
						</Button>
						<p class="soft">{citizenWords().scanPrivacy}</p>
						<Alert tone="warn">{signInWords().qrNever}</Alert>
					</Stack>
				</Match>
				<Match when={ofKind(view(), 'scanning')}>
					{(shown) => (
						<Stack>
							<ScreenHead title={citizenWords().scanHead} lead={citizenWords().scanLead} />
							<div class="viewfinder">
								<video ref={video} muted playsinline aria-label={citizenWords().scanView} />
							</div>
							<Show
								when={!foreign()}
								fallback={
									<Alert tone="warn" say="alert" title={citizenWords().scanForeign}>
										{citizenWords().scanForeignText}
									</Alert>
								}
							>
								<Busy>{shown().searching ? citizenWords().scanSearching : citizenWords().scanStarting}</Busy>
							</Show>
							<Button
								look="secondary"
								onClick={() => {
									stop()
									setView({ kind: 'ready' })
								}}
							>
								{citizenWords().scanStop}
							</Button>
						</Stack>
					)}
				</Match>
				<Match when={ofKind(view(), 'no-camera')}>
					{(shown) => (
						<Stack>
							<ScreenHead
								icon="camera"
								tone="warn"
								title={citizenWords().cameraNoHead}
								lead={troubleWords(shown().trouble)}
							/>
							<Alert>{citizenWords().cameraInstead}</Alert>
							<Button onClick={start}>{commonWords().tryAgain}</Button>
						</Stack>
					)}
				</Match>
				<Match when={ofKind(view(), 'no-network')}>
					<FailureScreen failure={new Failure('network')}>
						<Button onClick={start}>{commonWords().tryAgain}</Button>
					</FailureScreen>
				</Match>
				<Match when={ofKind(view(), 'scanned')} keyed>
					{(shown) => <PhoneFlow frame={shown.frame} from="scanner" onScanAgain={start} />}
				</Match>
			</Switch>
		</AppLayout>
	)
}

function troubleWords(trouble: CameraTrouble): string {
	const words = citizenWords()
	return { denied: words.cameraDenied, missing: words.cameraMissing, busy: words.cameraBusy }[trouble]
}
