import { createSignal, Match, Show, Switch } from 'solid-js'
import { ofKind } from '../lib/view.ts'
import { Button, Card, Layout, LinkButton, ScreenHead, Stack } from '../ui/index.ts'
import { lifeWords } from '../words/life/index.ts'
import { ChangePin } from './ChangePin.tsx'
import { EndId } from './EndId.tsx'
import { LockId } from './LockId.tsx'
import { Unlocked } from './Unlocked.tsx'

type Act = 'pin' | 'lock' | 'end'
type View = { kind: 'menu' } | { kind: Act }

/** `/manage`: what a citizen can do to the digital ID itself: another PIN, suspend it, give it up. */
export function ManagePage() {
	const [done, setDone] = createSignal<Act>()
	return (
		<Layout title={lifeWords().title}>
			<Show
				when={done()}
				fallback={
					<Unlocked title={lifeWords().unlockHead} load={() => Promise.resolve(true)}>
						{(_content, again) => <Manage onLocked={again} onDone={setDone} />}
					</Unlocked>
				}
			>
				{(act) => <Done act={act()} />}
			</Show>
		</Layout>
	)
}

function Done(props: { act: Act }) {
	const words = () => {
		const all = lifeWords()
		return {
			pin: { title: all.pinDoneHead, text: all.pinDoneText },
			lock: { title: all.lockDoneHead, text: all.lockDoneText },
			end: { title: all.endDoneHead, text: all.endDoneText },
		}[props.act]
	}
	return (
		<Stack>
			<ScreenHead icon="check" tone="good" title={words().title} lead={words().text} />
			<LinkButton href={props.act === 'pin' ? '/card' : '/'} look="secondary">
				{props.act === 'pin' ? lifeWords().toCard : lifeWords().back}
			</LinkButton>
		</Stack>
	)
}

function Manage(props: { onLocked(): void; onDone(act: Act): void }) {
	const [view, setView] = createSignal<View>({ kind: 'menu' })
	const menu = () => setView({ kind: 'menu' })
	return (
		<Switch>
			<Match when={ofKind(view(), 'menu')}>
				<Menu onChoose={(kind) => setView({ kind })} />
			</Match>
			<Match when={ofKind(view(), 'pin')}>
				<ChangePin onBack={menu} onLocked={() => props.onLocked()} onDone={() => props.onDone('pin')} />
			</Match>
			<Match when={ofKind(view(), 'lock')}>
				<LockId onBack={menu} onDone={() => props.onDone('lock')} />
			</Match>
			<Match when={ofKind(view(), 'end')}>
				<EndId onBack={menu} onLocked={() => props.onLocked()} onDone={() => props.onDone('end')} />
			</Match>
		</Switch>
	)
}

function Menu(props: { onChoose(kind: Act): void }) {
	return (
		<Stack>
			<ScreenHead title={lifeWords().head} />
			<Card>
				<Stack>
					<p>{lifeWords().pinText}</p>
					<Button look="secondary" icon="key" onClick={() => props.onChoose('pin')}>
						{lifeWords().pinAct}
					</Button>
				</Stack>
			</Card>
			<Card>
				<Stack>
					<p>{lifeWords().lockText}</p>
					<Button look="secondary" icon="lock" onClick={() => props.onChoose('lock')}>
						{lifeWords().lockAct}
					</Button>
				</Stack>
			</Card>
			<Card>
				<Stack>
					<p>{lifeWords().endText}</p>
					<Button look="secondary" icon="cross" onClick={() => props.onChoose('end')}>
						{lifeWords().endAct}
					</Button>
				</Stack>
			</Card>
			<LinkButton href="/card" look="secondary" icon="back">
				{lifeWords().toCard}
			</LinkButton>
		</Stack>
	)
}
