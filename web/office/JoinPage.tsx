import { createSignal, Match, onMount, Show, Switch } from 'solid-js'
import { type PidProblem, parsePid, toArabicDigits } from '../../src/lib/thai/pid.ts'
import { api } from '../lib/api.ts'
import type { CreationOptions, Invitation } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { forgetFragment, takeFragment } from '../lib/fragment.ts'
import { makePasskey } from '../lib/make-passkey.ts'
import { ofKind } from '../lib/view.ts'
import {
	Alert,
	BusyScreen,
	Button,
	Card,
	DataList,
	Datum,
	FailureAlert,
	FailureScreen,
	Field,
	Layout,
	ScreenHead,
	Stack,
} from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { inLanguage } from '../words/index.ts'
import { officeWords } from '../words/office/index.ts'

const TOKEN = 'dopa-invitation'

type View =
	| { kind: 'loading' }
	| { kind: 'no-token' }
	| { kind: 'invited'; invitation: Invitation; options: CreationOptions }
	| { kind: 'failed'; failure: Failure }

/** `/office/join`: an officer accepts the operator's invitation and makes the passkey of their own. */
export function JoinPage() {
	const token = takeFragment(TOKEN)
	const [view, setView] = createSignal<View>(token ? { kind: 'loading' } : { kind: 'no-token' })

	const load = async (): Promise<void> => {
		if (!token) return
		setView({ kind: 'loading' })
		try {
			const invitation = await api.office.invitation.mutate({ token })
			const { options } = await api.office.joinOptions.mutate({ token })
			setView({ kind: 'invited', invitation, options })
		} catch (error) {
			setView({ kind: 'failed', failure: asFailure(error) })
		}
	}
	onMount(load)

	return (
		<Layout title={officeWords().joinHead}>
			<Switch>
				<Match when={ofKind(view(), 'loading')}>
					<BusyScreen />
				</Match>
				<Match when={ofKind(view(), 'no-token')}>
					<ScreenHead icon="office" title={officeWords().joinHead} lead={officeWords().joinNoToken} />
				</Match>
				<Match when={ofKind(view(), 'invited')} keyed>
					{(shown) => (
						<Accept token={token ?? ''} invitation={shown.invitation} options={shown.options} onStale={load} />
					)}
				</Match>
				<Match when={ofKind(view(), 'failed')}>
					{(shown) => (
						<FailureScreen failure={shown().failure}>
							<Show when={shown().failure.code !== 'invitation_unknown'}>
								<Button onClick={load}>{commonWords().tryAgain}</Button>
							</Show>
						</FailureScreen>
					)}
				</Match>
			</Switch>
		</Layout>
	)
}

function Accept(props: { token: string; invitation: Invitation; options: CreationOptions; onStale(): void }) {
	const [name, setName] = createSignal('')
	const [pid, setPid] = createSignal('')
	const [missing, setMissing] = createSignal(false)
	const [pidProblem, setPidProblem] = createSignal<PidProblem>()
	const [failure, setFailure] = createSignal<Failure>()
	const [busy, setBusy] = createSignal(false)
	let field: HTMLInputElement | undefined
	let pidField: HTMLInputElement | undefined

	const pidWords = (): string | undefined => {
		const problem = pidProblem()
		const words = problem && wordsForError(problem)
		return words && `${words.text} ${words.next}`
	}

	/** Says what is missing or wrong, and goes to the first of it. */
	const complete = (): boolean => {
		const read = parsePid(pid())
		setPidProblem('problem' in read ? read.problem : undefined)
		setMissing(!name().trim())
		if (missing()) field?.focus()
		else if (pidProblem()) pidField?.focus()
		return !missing() && !pidProblem()
	}

	const join = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault()
		if (busy() || !complete()) return
		setFailure(undefined)
		setBusy(true)
		try {
			const made = await makePasskey(props.options)
			await api.office.join.mutate({ token: props.token, name: name().trim(), pid: toArabicDigits(pid()), ...made })
			forgetFragment(TOKEN)
			location.assign('/office')
		} catch (error) {
			const what = asFailure(error)
			if (what.code === 'passkey_challenge') props.onStale()
			else setFailure(what)
			setBusy(false)
		}
	}

	return (
		<form onSubmit={join} novalidate>
			<Stack>
				<ScreenHead
					icon="office"
					title={officeWords().joinHead}
					lead={officeWords().joinLead(inLanguage(props.invitation.office))}
				/>
				<Card>
					<DataList>
						<Datum name={officeWords().office}>{inLanguage(props.invitation.office)}</Datum>
						<Datum name={officeWords().role}>{officeWords().roles[props.invitation.role]}</Datum>
					</DataList>
				</Card>
				<Field
					label={officeWords().joinName}
					hint={officeWords().joinNameHint}
					problem={missing() ? officeWords().joinNameMissing : undefined}
					value={name()}
					autocomplete="name"
					onInput={(value) => {
						setName(value)
						setMissing(false)
					}}
					ref={(input) => {
						field = input
					}}
				/>
				<Field
					label={officeWords().joinPid}
					hint={officeWords().joinPidHint}
					problem={pidWords()}
					value={pid()}
					inputMode="numeric"
					onInput={(value) => {
						setPid(value)
						setPidProblem(undefined)
					}}
					ref={(input) => {
						pidField = input
					}}
				/>
				<Alert>{officeWords().joinKey}</Alert>
				<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
				<Button type="submit" icon="key" busy={busy()}>
					{busy() ? commonWords().keyWaiting : officeWords().joinAct}
				</Button>
			</Stack>
		</form>
	)
}
