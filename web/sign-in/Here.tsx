import { Show } from 'solid-js'
import type { Inspection } from '../lib/api-types.ts'
import { Card, ScreenHead, Stack } from '../ui/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { Consent } from './Consent.tsx'
import { OtherWays } from './OtherWays.tsx'
import { UnknownDevice } from './UnknownDevice.tsx'
import { Unlock } from './Unlock.tsx'
import type { Waiting } from './waiting.ts'

/** The consent in the waiting browser itself. */
export function ConsentHere(props: { waiting: Waiting; inspection: Inspection }) {
	return (
		<Stack>
			<Consent
				inspection={props.inspection}
				onApproved={props.waiting.collect}
				onDeclined={props.waiting.collect}
				onFailed={props.waiting.fail}
				onStale={props.waiting.answerHere}
			/>
			<OtherWays waiting={props.waiting} />
		</Stack>
	)
}

/** PIN and key first, so that the server knows whose consent to ask for. */
export function UnlockHere(props: { waiting: Waiting; chosen: boolean }) {
	return (
		<Stack>
			<Show
				when={props.chosen}
				fallback={<UnknownDevice onUnlocked={props.waiting.answerHere} onFailed={props.waiting.fail} />}
			>
				<ScreenHead icon="key" title={signInWords().unlockHead} lead={signInWords().unlockText} />
				<Card>
					<Unlock onUnlocked={props.waiting.answerHere} onFailed={props.waiting.fail} />
				</Card>
			</Show>
			<OtherWays waiting={props.waiting} />
		</Stack>
	)
}
