import { createSignal, createUniqueId, For, Match, Show, Switch } from 'solid-js'
import { formatDate } from '../../src/lib/thai/dates.ts'
import { parsePid } from '../../src/lib/thai/pid.ts'
import { api } from '../lib/api.ts'
import type { LostDeviceCase } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import {
	Alert,
	Button,
	Card,
	Check,
	DataList,
	Datum,
	FailureAlert,
	Field,
	Problem,
	ScreenHead,
	Stack,
} from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { inLanguage, language } from '../words/index.ts'
import { officeWords } from '../words/office/index.ts'

const REASONS = ['lost', 'stolen', 'in-other-hands'] as const
type Reason = (typeof REASONS)[number]

/** A caller whose phone is gone: look up, ask, suspend. */
export function LostDesk(props: { onBack(): void; onSignedOut(): void }) {
	const [found, setFound] = createSignal<LostDeviceCase>()
	const [done, setDone] = createSignal(false)
	const [busy, setBusy] = createSignal(false)
	const [failure, setFailure] = createSignal<Failure>()

	const run = async (act: () => Promise<void>): Promise<void> => {
		if (busy()) return
		setBusy(true)
		setFailure(undefined)
		try {
			await act()
		} catch (error) {
			const failed = asFailure(error)
			if (failed.code === 'not_signed_in') props.onSignedOut()
			else setFailure(failed)
		} finally {
			setBusy(false)
		}
	}
	const lookUp = (pid: string) => run(async () => void setFound(await api.office.lookUpLost.mutate({ pid })))
	const suspend = (reason: Reason) =>
		run(async () => {
			const now = found()
			if (!now) return
			await api.office.suspendLost.mutate({ caseId: now.caseId, reason, callerAsked: true })
			setDone(true)
		})

	return (
		<div class="narrow">
			<Stack>
				<Switch fallback={<LookUpLost busy={busy()} onLookUp={lookUp} />}>
					<Match when={done()}>
						<ScreenHead icon="check" tone="good" title={officeWords().lostDoneHead} lead={officeWords().lostDoneText} />
					</Match>
					<Match when={found()}>{(shown) => <Ask found={shown()} busy={busy()} onSuspend={suspend} />}</Match>
				</Switch>
				<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
				<Button look="secondary" icon="back" onClick={() => props.onBack()}>
					{officeWords().lostBack}
				</Button>
			</Stack>
		</div>
	)
}

function LookUpLost(props: { busy: boolean; onLookUp(pid: string): void }) {
	const [pid, setPid] = createSignal('')
	const [sent, setSent] = createSignal(false)
	const problem = (): string | undefined => {
		const read = parsePid(pid())
		if (!sent() || !('problem' in read)) return undefined
		const words = wordsForError(read.problem)
		return `${words.text} ${words.next}`
	}
	const send = (event: SubmitEvent): void => {
		event.preventDefault()
		setSent(true)
		if (!('problem' in parsePid(pid()))) props.onLookUp(pid())
	}
	return (
		<form onSubmit={send} novalidate>
			<Stack>
				<ScreenHead icon="phone" tone="warn" title={officeWords().lostHead} lead={officeWords().lostLead} />
				<Card>
					<Stack>
						<Field
							label={officeWords().pidLabel}
							value={pid()}
							inputMode="numeric"
							problem={problem()}
							onInput={(value) => {
								setPid(value)
								setSent(false)
							}}
						/>
						<Button type="submit" icon="search" busy={props.busy}>
							{officeWords().lookUp}
						</Button>
					</Stack>
				</Card>
			</Stack>
		</form>
	)
}

function Ask(props: { found: LostDeviceCase; busy: boolean; onSuspend(reason: Reason): void }) {
	const [reason, setReason] = createSignal<Reason>('lost')
	const [asked, setAsked] = createSignal(false)
	const [missing, setMissing] = createSignal(false)
	const id = createUniqueId()
	const suspend = (): void => {
		setMissing(!asked())
		if (asked()) props.onSuspend(reason())
	}
	return (
		<Stack>
			<ScreenHead icon="phone" tone="warn" title={officeWords().lostHead} />
			<Alert tone="warn">{officeWords().lostAsk}</Alert>
			<Card>
				<DataList layout="row">
					<Datum name={commonWords().name}>{inLanguage(props.found.name)}</Datum>
					<Datum name={commonWords().birthdate}>{formatDate(props.found.birthdate, language())}</Datum>
					<Datum name={officeWords().lostPlace}>
						<span lang="th">{props.found.place ?? '–'}</span>
					</Datum>
					<Datum name={officeWords().lostStatus}>{officeWords().lostStatuses[props.found.status]}</Datum>
				</DataList>
			</Card>
			<fieldset class="field">
				<legend>{officeWords().lostReason}</legend>
				<For each={REASONS}>
					{(one) => (
						<label class="check">
							<input type="radio" name={id} checked={reason() === one} onChange={() => setReason(one)} />
							<span>{officeWords().lostReasons[one]}</span>
						</label>
					)}
				</For>
			</fieldset>
			<div class="field">
				<Check
					checked={asked()}
					onChange={(checked) => {
						setAsked(checked)
						if (checked) setMissing(false)
					}}
				>
					{officeWords().lostAsked}
				</Check>
				<div role="alert">
					<Problem id={`${id}-missing`} text={missing() ? officeWords().lostAskedMissing : undefined} />
				</div>
			</div>
			<Button icon="lock" busy={props.busy} onClick={suspend}>
				{officeWords().lostSuspend}
			</Button>
		</Stack>
	)
}
