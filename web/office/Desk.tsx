import { createSignal, Match, Show, Switch } from 'solid-js'
import { parsePid, toArabicDigits } from '../../src/lib/thai/pid.ts'
import {
	Actions,
	Alert,
	Button,
	Card,
	Dialog,
	FailureAlert,
	Field,
	Icon,
	ScreenHead,
	Stack,
	Steps,
} from '../ui/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { officeWords } from '../words/office/index.ts'
import { CaseOver } from './CaseOver.tsx'
import { createDesk, type DeskState, isOver } from './desk-state.ts'
import { IssueLink } from './IssueLink.tsx'
import { LostDesk } from './LostDesk.tsx'
import { Paper } from './Paper.tsx'
import { Progress } from './Progress.tsx'

/** The desk: look up, compare, let the applicant scan, follow. One person at a time. */
export function Desk(props: { onSignedOut(): void }) {
	const desk = createDesk(() => props.onSignedOut())
	const [lost, setLost] = createSignal(false)
	return (
		<Switch fallback={<LookUp desk={desk} onLost={() => setLost(true)} />}>
			<Match when={lost()}>
				<LostDesk onBack={() => setLost(false)} onSignedOut={() => props.onSignedOut()} />
			</Match>
			<Match when={desk.current()}>
				{(current) => (
					<Show when={!isOver(current())} fallback={<CaseOver desk={desk} current={current()} />}>
						<UnderWay desk={desk} />
					</Show>
				)}
			</Match>
		</Switch>
	)
}

function LookUp(props: { desk: DeskState; onLost(): void }) {
	const [pid, setPid] = createSignal('')
	const [card, setCard] = createSignal('')
	const [sent, setSent] = createSignal(false)
	let field: HTMLInputElement | undefined
	let cardField: HTMLInputElement | undefined

	const digits = () => toArabicDigits(pid()).replace(/[\s-]/g, '')
	const problem = (): string | undefined => {
		if (digits().length < 13 && !sent()) return undefined
		const read = parsePid(pid())
		if (!('problem' in read)) return undefined
		const words = wordsForError(read.problem)
		return `${words.text} ${words.next}`
	}

	const cardDigits = () => toArabicDigits(card()).replace(/[\s-]/g, '')
	// How many digits there are is not public: nothing but what cannot be one is refused here.
	const cardProblem = (): string | undefined =>
		sent() && !/^(\d{10,20})?$/.test(cardDigits()) ? officeWords().cardIncomplete : undefined

	const send = (event: SubmitEvent): void => {
		event.preventDefault()
		setSent(true)
		if (problem()) field?.focus()
		else if (cardProblem()) cardField?.focus()
		else void props.desk.lookUp(digits(), cardDigits())
	}

	return (
		<div class="desk">
			<form onSubmit={send} novalidate>
				<Stack>
					<ScreenHead title={officeWords().deskHead} lead={officeWords().deskLead} />
					<Card>
						<Stack>
							<div>
								<Field
									label={officeWords().pidLabel}
									hint={officeWords().pidHint}
									value={pid()}
									inputMode="numeric"
									problem={problem()}
									onInput={(value) => {
										setPid(value)
										setSent(false)
									}}
									ref={(input) => {
										field = input
									}}
								/>
								<PidFeedback digits={digits()} good={!('problem' in parsePid(pid()))} />
							</div>
							<Field
								label={officeWords().cardLabel}
								hint={officeWords().cardHint}
								value={card()}
								inputMode="numeric"
								problem={cardProblem()}
								onInput={(value) => {
									setCard(value)
									setSent(false)
								}}
								ref={(input) => {
									cardField = input
								}}
							/>
							<Button type="submit" icon="search" busy={props.desk.busy() === 'look-up'}>
								{props.desk.busy() === 'look-up' ? officeWords().lookingUp : officeWords().lookUp}
							</Button>
						</Stack>
					</Card>
					<Show when={props.desk.failure()}>{(failure) => <FailureAlert failure={failure()} />}</Show>
				</Stack>
			</form>
			<Stack>
				<Card title={officeWords().deskStepsHead}>
					<Steps steps={officeWords().deskSteps} />
				</Card>
				<Alert tone="warn">{officeWords().deskNever}</Alert>
				<Button look="secondary" icon="phone" onClick={() => props.onLost()}>
					{officeWords().lostLink}
				</Button>
			</Stack>
		</div>
	)
}

/** How many digits are left, and whether the check digit is right, while typing. */
function PidFeedback(props: { digits: string; good: boolean }) {
	return (
		<p class="pid-feedback soft" aria-live="polite">
			<Show
				when={props.good}
				fallback={
					props.digits.length > 0 && props.digits.length < 13 ? officeWords().pidLeft(13 - props.digits.length) : ''
				}
			>
				<span class="good">
					<Icon name="check" />
					{officeWords().pidGood}
				</span>
			</Show>
		</p>
	)
}

function UnderWay(props: { desk: DeskState }) {
	const [asking, setAsking] = createSignal(false)
	const current = () => props.desk.current()
	return (
		<div class="desk">
			<Stack>
				<Show when={current()?.subject}>{(subject) => <Paper subject={subject()} />}</Show>
			</Stack>
			<Stack>
				<Show when={current()}>{(shown) => <IssueLink desk={props.desk} current={shown()} />}</Show>
				<Show when={current()}>{(shown) => <Progress current={shown()} />}</Show>
				<Show when={props.desk.failure()}>{(failure) => <FailureAlert failure={failure()} />}</Show>
				<Button look="secondary" icon="cross" onClick={() => setAsking(true)}>
					{officeWords().cancel}
				</Button>
			</Stack>
			<Dialog open={asking()} title={officeWords().cancelHead} onClose={() => setAsking(false)}>
				<p>{officeWords().cancelText}</p>
				<Actions>
					<Button
						look="strong"
						busy={props.desk.busy() === 'cancel'}
						onClick={() => {
							setAsking(false)
							void props.desk.cancel()
						}}
					>
						{officeWords().cancelYes}
					</Button>
					<Button look="secondary" onClick={() => setAsking(false)}>
						{officeWords().cancelNo}
					</Button>
				</Actions>
			</Dialog>
		</div>
	)
}
