import { createSignal, Match, onMount, Switch } from 'solid-js'
import { api } from '../lib/api.ts'
import type { CreationOptions, FinishedEnrolment, OpenedEnrolment } from '../lib/api-types.ts'
import { isPhone } from '../lib/device.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { forgetFragment, takeFragment } from '../lib/fragment.ts'
import { ofKind } from '../lib/view.ts'
import { BusyScreen, Button, FailureScreen, Layout, LinkButton, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { enrolWords } from '../words/enrol/index.ts'
import { ChoosePin } from './ChoosePin.tsx'
import { Done } from './Done.tsx'
import { Intro } from './Intro.tsx'
import { MakeKey } from './MakeKey.tsx'

const TOKEN = 'dopa-enrolment'

type View =
	| { kind: 'opening' }
	| { kind: 'no-token' }
	| { kind: 'intro'; opened: OpenedEnrolment }
	| { kind: 'not-me' }
	| { kind: 'pin'; problem?: Failure }
	| { kind: 'key'; pin: string; options: CreationOptions }
	| { kind: 'done'; finished: FinishedEnrolment }
	| { kind: 'failed'; failure: Failure }

/** `/enrol`: the citizen's own part of an enrolment. */
export function EnrolPage() {
	const token = takeFragment(TOKEN)
	const [view, setView] = createSignal<View>(token ? { kind: 'opening' } : { kind: 'no-token' })
	const [opened, setOpened] = createSignal<OpenedEnrolment>()

	const failed = (error: unknown): void => {
		const failure = asFailure(error)
		if (failure.code.startsWith('enrolment_')) forgetFragment(TOKEN)
		setView({ kind: 'failed', failure })
	}

	const open = async (): Promise<void> => {
		if (!token) return
		setView({ kind: 'opening' })
		try {
			const answer = await api.enrol.open.mutate({ token })
			setOpened(answer)
			setView({ kind: 'intro', opened: answer })
		} catch (error) {
			failed(error)
		}
	}
	onMount(open)

	/** The server checks the PIN by its rules and gives the passkey's options; nothing of the PIN is kept there yet. */
	const choosePin = async (pin: string): Promise<void> => {
		if (!token) return
		try {
			const { options } = await api.enrol.options.mutate({ token, pin, onPhone: isPhone() })
			setView({ kind: 'key', pin, options })
		} catch (error) {
			const failure = asFailure(error)
			if (failure.code.startsWith('pin_') || failure.code === 'network') setView({ kind: 'pin', problem: failure })
			else failed(failure)
		}
	}

	return (
		<Layout title={enrolWords().title}>
			<Switch>
				<Match when={ofKind(view(), 'opening')}>
					<BusyScreen>{enrolWords().opening}</BusyScreen>
				</Match>
				<Match when={ofKind(view(), 'no-token')}>
					<ScreenHead icon="qr" title={enrolWords().noTokenHead} lead={enrolWords().noTokenText} />
				</Match>
				<Match when={ofKind(view(), 'intro')} keyed>
					{(shown) => (
						<Intro
							opened={shown.opened}
							onMe={() => setView({ kind: 'pin' })}
							onNotMe={() => setView({ kind: 'not-me' })}
						/>
					)}
				</Match>
				<Match when={ofKind(view(), 'not-me')}>
					<Stack>
						<ScreenHead icon="warning" tone="bad" title={enrolWords().notMeHead} lead={enrolWords().notMeText} />
						<Button
							look="secondary"
							icon="back"
							onClick={() => {
								const answer = opened()
								if (answer) setView({ kind: 'intro', opened: answer })
							}}
						>
							{enrolWords().goBack}
						</Button>
					</Stack>
				</Match>
				<Match when={ofKind(view(), 'pin')}>
					{(shown) => <ChoosePin refused={shown().problem} onChosen={choosePin} />}
				</Match>
				<Match when={ofKind(view(), 'key')} keyed>
					{(shown) => (
						<MakeKey
							token={token ?? ''}
							pin={shown.pin}
							options={shown.options}
							onDone={(finished) => {
								forgetFragment(TOKEN)
								setView({ kind: 'done', finished })
							}}
							onPinRefused={(problem) => setView({ kind: 'pin', problem })}
							onFailed={failed}
							onAgain={() => choosePin(shown.pin)}
						/>
					)}
				</Match>
				<Match when={ofKind(view(), 'done')} keyed>
					{(shown) => <Done finished={shown.finished} />}
				</Match>
				<Match when={ofKind(view(), 'failed')}>
					{(shown) => (
						<FailureScreen failure={shown().failure}>
							{shown().failure.code === 'enrolment_link_used' ? (
								<LinkButton href="/card" icon="card">
									{enrolWords().openCard}
								</LinkButton>
							) : shown().failure.code.startsWith('enrolment_') ? null : (
								<Button onClick={open}>{commonWords().tryAgain}</Button>
							)}
						</FailureScreen>
					)}
				</Match>
			</Switch>
		</Layout>
	)
}
