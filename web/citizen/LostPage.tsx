import { createSignal, Show } from 'solid-js'
import { BUDDHIST_OFFSET, type CalendarDate } from '../../src/lib/thai/dates.ts'
import { parsePid, toArabicDigits } from '../../src/lib/thai/pid.ts'
import { api } from '../lib/api.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { Alert, Button, Card, FailureAlert, Field, Layout, ScreenHead, Stack } from '../ui/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { lifeWords } from '../words/life/index.ts'

/** `/lost`: any browser, and what the ID card shows. One answer, whatever was wrong. */
export function LostPage() {
	const [done, setDone] = createSignal(false)
	return (
		<Layout title={lifeWords().lostTitle}>
			<Show when={done()} fallback={<Report onDone={() => setDone(true)} />}>
				<Stack>
					<ScreenHead icon="check" tone="good" title={lifeWords().lostDoneHead} lead={lifeWords().lostDoneText} />
					<p>{lifeWords().lostDoneWhy}</p>
					<Alert>{lifeWords().lostDoneNext}</Alert>
				</Stack>
			</Show>
		</Layout>
	)
}

function Report(props: { onDone(): void }) {
	const [pid, setPid] = createSignal('')
	const [day, setDay] = createSignal('')
	const [month, setMonth] = createSignal('')
	const [year, setYear] = createSignal('')
	const [proof, setProof] = createSignal('')
	const [sent, setSent] = createSignal(false)
	const [busy, setBusy] = createSignal(false)
	const [failure, setFailure] = createSignal<Failure>()

	const pidProblem = (): string | undefined => {
		const read = parsePid(pid())
		if (!sent() || !('problem' in read)) return undefined
		const words = wordsForError(read.problem)
		return `${words.text} ${words.next}`
	}
	const birthdate = () => dateOf(day(), month(), year())

	const send = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault()
		setSent(true)
		const born = birthdate()
		if (busy() || 'problem' in parsePid(pid()) || !born || !proof().trim()) return
		setBusy(true)
		setFailure(undefined)
		try {
			await api.lost.report.mutate({ pid: pid(), birthdate: born, proof: proof() })
			props.onDone()
		} catch (error) {
			setFailure(asFailure(error))
		} finally {
			setBusy(false)
		}
	}

	return (
		<form onSubmit={send} novalidate>
			<Stack>
				<ScreenHead icon="phone" tone="warn" title={lifeWords().lostHead} lead={lifeWords().lostLead} />
				<Card>
					<Stack>
						<Field
							label={lifeWords().lostPid}
							value={pid()}
							inputMode="numeric"
							problem={pidProblem()}
							onInput={setPid}
						/>
						<fieldset class="birth">
							<legend>{lifeWords().lostBirth}</legend>
							<p class="hint">{lifeWords().lostUnknown}</p>
							<div>
								<Field label={lifeWords().lostDay} value={day()} inputMode="numeric" onInput={setDay} />
								<Field label={lifeWords().lostMonth} value={month()} inputMode="numeric" onInput={setMonth} />
								<Field
									label={lifeWords().lostYear}
									value={year()}
									inputMode="numeric"
									problem={sent() && !birthdate() ? lifeWords().lostDateWrong : undefined}
									onInput={setYear}
								/>
							</div>
						</fieldset>
						<Field
							label={lifeWords().lostProof}
							hint={lifeWords().lostProofHint}
							value={proof()}
							problem={sent() && !proof().trim() ? lifeWords().lostMissing : undefined}
							onInput={setProof}
						/>
					</Stack>
				</Card>
				<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
				<Button type="submit" icon="lock" busy={busy()}>
					{busy() ? lifeWords().lostSending : lifeWords().lostSend}
				</Button>
				<Alert>{lifeWords().lostElse}</Alert>
			</Stack>
		</form>
	)
}

/** @param year Buddhist era @returns null where it is no date of a person's birth */
function dateOf(day: string, month: string, year: string): CalendarDate | null {
	const part = (text: string): number | null => {
		const digits = toArabicDigits(text).trim()
		return digits === '' || /^0+$/.test(digits) ? null : Number(digits)
	}
	const [d, m, y] = [part(day), part(month), part(year)]
	if (y === null || !(y >= 2400 && y <= 2700)) return null
	if (m !== null && !(Number.isInteger(m) && m >= 1 && m <= 12)) return null
	if (d !== null && !(Number.isInteger(d) && d >= 1 && d <= 31)) return null
	return { year: y - BUDDHIST_OFFSET, month: m, day: d }
}
