import { Match, Show, Switch } from 'solid-js'
import type { OfficeCase } from '../lib/api-types.ts'
import { Alert, Button, ScreenHead, Stack } from '../ui/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { inLanguage } from '../words/index.ts'
import { officeWords } from '../words/office/index.ts'
import type { DeskState } from './desk-state.ts'

/** Done, cancelled or ended: what came of it, and the next person. */
export function CaseOver(props: { desk: DeskState; current: OfficeCase }) {
	const doneWords = (): string => {
		const name = props.desk.name()
		return name ? officeWords().doneText(inLanguage(name)) : officeWords().doneTextNoName
	}
	return (
		<div class="narrow">
			<Stack>
				<Switch>
					<Match when={props.current.state === 'done'}>
						<ScreenHead icon="check" tone="good" title={officeWords().doneHead} lead={doneWords()} />
					</Match>
					<Match when={props.current.state === 'thawed'}>
						<ScreenHead icon="check" tone="good" title={officeWords().thawedHead} lead={officeWords().thawedText} />
					</Match>
					<Match when={props.current.state === 'cancelled'}>
						<ScreenHead icon="cross" title={officeWords().cancelledHead} lead={officeWords().cancelledText} />
					</Match>
					<Match when={props.current.state === 'ended'}>
						<ScreenHead icon="warning" tone="warn" title={officeWords().endedHead} />
						<Show when={props.current.endReason}>
							{(reason) => (
								<Alert tone="warn" code={reason()} title={wordsForError(reason()).title}>
									<p>{wordsForError(reason()).text}</p>
									<p>{officeWords().endedNext}</p>
								</Alert>
							)}
						</Show>
					</Match>
				</Switch>
				<Button icon="forward" onClick={props.desk.nextPerson}>
					{officeWords().nextPerson}
				</Button>
			</Stack>
		</div>
	)
}
