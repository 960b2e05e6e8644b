import { createSignal, For, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { MINUTE } from '../../src/lib/clock.ts'
import { api } from '../lib/api.ts'
import type { CheckedCard } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { forgetFragment, takeFragment } from '../lib/fragment.ts'
import { serverNow } from '../lib/server-clock.ts'
import { timeWords } from '../lib/time-words.ts'
import { ofKind } from '../lib/view.ts'
import {
	Alert,
	BusyScreen,
	Card,
	Countdown,
	FailureScreen,
	Icon,
	Layout,
	LinkButton,
	ScreenHead,
	Stack,
} from '../ui/index.ts'
import { checkWords } from '../words/check/index.ts'
import { commonWords } from '../words/common/index.ts'
import { inLanguage, language } from '../words/index.ts'

const TOKEN = 'dopa-check'

/** Somebody’s face does not stay on somebody else's screen. ms */
const SHOWN_FOR = 2 * MINUTE

type View =
	| { kind: 'no-token' }
	| { kind: 'checking' }
	| { kind: 'seen'; card: CheckedCard }
	| { kind: 'failed'; failure: Failure }

/** The token is taken out of the address, and nothing keeps it: a reload is a second look. */
function takeToken(): string | null {
	const token = takeFragment(TOKEN)
	forgetFragment(TOKEN)
	return token
}

export function CheckPage() {
	const [view, setView] = createSignal<View>({ kind: 'no-token' })

	const look = async (): Promise<void> => {
		const token = takeToken()
		if (token === null) return
		setView({ kind: 'checking' })
		try {
			setView({ kind: 'seen', card: await api.check.card.mutate({ token }) })
		} catch (error) {
			setView({ kind: 'failed', failure: asFailure(error) })
		}
	}
	onMount(look)
	// Another card, scanned in the same tab: only the fragment changes.
	const scannedAgain = (): void => {
		if (location.hash) void look()
	}
	window.addEventListener('hashchange', scannedAgain)
	onCleanup(() => window.removeEventListener('hashchange', scannedAgain))

	return (
		<Layout title={checkWords().title}>
			<Switch>
				<Match when={ofKind(view(), 'no-token')}>
					<Stack>
						<ScreenHead icon="qr" title={checkWords().noTokenHead} lead={checkWords().noTokenText} />
						<LinkButton href="/scan" icon="camera">
							{checkWords().scan}
						</LinkButton>
					</Stack>
				</Match>
				<Match when={ofKind(view(), 'checking')}>
					<BusyScreen>{checkWords().checking}</BusyScreen>
				</Match>
				<Match when={ofKind(view(), 'seen')} keyed>
					{(shown) => <Seen card={shown.card} onOver={() => setView({ kind: 'no-token' })} />}
				</Match>
				<Match when={ofKind(view(), 'failed')}>
					{(shown) => (
						<FailureScreen failure={shown().failure}>
							<LinkButton href="/scan" icon="camera" look="secondary">
								{checkWords().scan}
							</LinkButton>
						</FailureScreen>
					)}
				</Match>
			</Switch>
		</Layout>
	)
}

const TONES = { valid: 'good', expired: 'warn', suspended: 'bad' } as const

function Seen(props: { card: CheckedCard; onOver(): void }) {
	const until = serverNow() + SHOWN_FOR
	const { validity } = props.card
	return (
		<Stack>
			<ScreenHead
				icon={validity === 'valid' ? 'check' : 'warning'}
				tone={TONES[validity]}
				title={checkWords().validity[validity]}
				lead={checkWords().validityText[validity]}
			/>
			<section class="card checked" data-validity={validity}>
				<div class="checked-portrait">
					<Show when={props.card.portrait} fallback={<Icon name="person" />}>
						{(portrait) => <img src={portrait()} alt={commonWords().portraitOf(inLanguage(props.card.name))} />}
					</Show>
				</div>
				<p lang="th" class="big-name">
					{props.card.name.th}
				</p>
				<p lang="en">{props.card.name.en}</p>
				<p class="soft">
					<time datetime={new Date(props.card.checkedAt).toISOString()}>
						{checkWords().checkedAt(timeWords(props.card.checkedAt, language()))}
					</time>
				</p>
				<Countdown until={until} words={(time) => checkWords().hidesIn(time)} onOver={() => props.onOver()} />
			</section>
			<Show
				when={props.card.portrait}
				fallback={
					<Alert tone="bad" title={checkWords().noPortraitHead}>
						{checkWords().noPortraitText}
					</Alert>
				}
			>
				<Alert tone="warn" title={checkWords().compareHead}>
					{checkWords().compareText}
				</Alert>
			</Show>
			<Card title={checkWords().provesHead}>
				<ul class="points">
					<For each={checkWords().proves}>{(point) => <li>{point}</li>}</For>
					<li>{checkWords().addressBar(location.host)}</li>
				</ul>
			</Card>
		</Stack>
	)
}
