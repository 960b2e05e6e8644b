import { createSignal, Match, onMount, Show, Switch } from 'solid-js'
import { asFailure, type Failure } from '../lib/failure.ts'
import { timeWords } from '../lib/time-words.ts'
import { Alert, BusyScreen, Button, FailureAlert, ScreenHead, Stack } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { commonWords } from '../words/common/index.ts'
import { language } from '../words/index.ts'
import { CardFace } from './CardFace.tsx'
import { type KeptCopy, readCopy, revealPid } from './card-copy.ts'

/** Not one digit of the number is kept in the open. */
const HIDDEN_PID = 'x-xxxx-xxxxx-xx-x'

/** What stands in the card's place where the server cannot be reached: the copy, named as such, or why there is none. */
export function OfflineCard(props: { onAgain(): void }) {
	// Undefined while it is being opened. Not a resource of Solid's: its code would weigh on every page.
	const [copy, setCopy] = createSignal<KeptCopy | null>()
	onMount(async () => {
		const kept = await readCopy()
		setCopy(() => kept)
	})
	return (
		<Switch>
			<Match when={copy() === undefined}>
				<BusyScreen />
			</Match>
			<Match when={copy()} keyed>
				{(kept) => <Copy kept={kept} onAgain={props.onAgain} />}
			</Match>
			<Match when={copy() === null}>
				<Stack>
					<ScreenHead
						icon="warning"
						tone="warn"
						title={citizenWords().offlineNoneHead}
						lead={citizenWords().offlineNoneText}
					/>
					<Button onClick={() => props.onAgain()}>{commonWords().tryAgain}</Button>
				</Stack>
			</Match>
		</Switch>
	)
}

function Copy(props: { kept: KeptCopy; onAgain(): void }) {
	const face = () => props.kept.face
	return (
		<Stack>
			<ScreenHead title={citizenWords().cardTitle} />
			<Alert tone="warn" title={citizenWords().offline}>
				{citizenWords().offlineText(timeWords(face().asOf, language()))}
			</Alert>
			<CardFace
				card={face()}
				statusName={citizenWords().offlineStatus}
				number={<OfflinePid sealed={props.kept.holdsPid} />}
			/>
			<p class="soft">{citizenWords().offlineUntil(timeWords(face().until, language()))}</p>
			<Button onClick={() => props.onAgain()}>{commonWords().tryAgain}</Button>
		</Stack>
	)
}

/** Without network the PIN cannot be checked: only the passkey, where it can make a key, opens the number. */
function OfflinePid(props: { sealed: boolean }) {
	const [pid, setPid] = createSignal<string>()
	const [failure, setFailure] = createSignal<Failure>()
	const reveal = async (): Promise<void> => {
		setFailure(undefined)
		try {
			setPid(await revealPid())
		} catch (error) {
			setFailure(asFailure(error))
		}
	}
	return (
		<>
			<span class="digits">{pid() ?? HIDDEN_PID}</span>
			<Show when={props.sealed} fallback={<p class="id-card-note">{citizenWords().offlinePidNo}</p>}>
				<Button
					look="link"
					icon={pid() ? 'eye-off' : 'key'}
					onClick={() => (pid() ? setPid(undefined) : void reveal())}
				>
					{pid() ? commonWords().pidHide : citizenWords().offlinePidShow}
				</Button>
			</Show>
			<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
		</>
	)
}
