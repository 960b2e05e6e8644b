import { Show } from 'solid-js'
import type { FinishedEnrolment } from '../lib/api-types.ts'
import { Alert, Card, LinkButton, ScreenHead, Stack } from '../ui/index.ts'
import { enrolWords } from '../words/enrol/index.ts'
import { inLanguage } from '../words/index.ts'

/** The end: what was made, told truthfully, and the way to the card. */
export function Done(props: { finished: FinishedEnrolment }) {
	return (
		<Stack>
			<ScreenHead
				icon="check"
				tone="good"
				title={enrolWords().doneHead}
				lead={enrolWords().doneLead(inLanguage(props.finished.name))}
			/>
			<LinkButton href="/card" icon="card">
				{enrolWords().openCard}
			</LinkButton>
			<Card title={enrolWords().keyKind}>
				<Stack gap="small">
					<p>{enrolWords().tiers[props.finished.tier]}</p>
					<p>{enrolWords().doneNext}</p>
				</Stack>
			</Card>
			<Show when={props.finished.replacedDevice}>
				<Alert>{enrolWords().doneReplaced}</Alert>
			</Show>
		</Stack>
	)
}
