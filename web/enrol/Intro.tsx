import { Show } from 'solid-js'
import type { OpenedEnrolment } from '../lib/api-types.ts'
import { Actions, Alert, Button, Card, Countdown, DataList, Datum, ScreenHead, Stack, Steps } from '../ui/index.ts'
import { enrolWords } from '../words/enrol/index.ts'
import { inLanguage } from '../words/index.ts'

/** Whose enrolment this is, and what comes. Somebody who opened another person's link sees it here and stops. */
export function Intro(props: { opened: OpenedEnrolment; onMe(): void; onNotMe(): void }) {
	return (
		<Stack>
			<p class="soft">{enrolWords().step(1)}</p>
			<ScreenHead title={enrolWords().introHead} lead={enrolWords().introLead(inLanguage(props.opened.office))} />
			<Card>
				<DataList>
					<Datum name={enrolWords().nameLabel}>
						<span class="big-name">{props.opened.maskedName}</span>
					</Datum>
				</DataList>
				<p class="soft">{enrolWords().nameMasked}</p>
			</Card>
			<Show when={props.opened.replacesDevice}>
				<Alert tone="warn" title={enrolWords().replaces}>
					{enrolWords().replacesText}
				</Alert>
			</Show>
			<Steps steps={enrolWords().introSteps} />
			<Actions>
				<Button icon="check" onClick={props.onMe}>
					{enrolWords().isMe}
				</Button>
				<Button look="secondary" onClick={props.onNotMe}>
					{enrolWords().notMe}
				</Button>
			</Actions>
			<Countdown until={props.opened.expiresAt} words={(time) => enrolWords().linkLeft(time)} />
		</Stack>
	)
}
