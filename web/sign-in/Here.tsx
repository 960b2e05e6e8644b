import type { Inspection } from '../lib/api-types.ts'
import { Stack } from '../ui/index.ts'
import { Consent } from './Consent.tsx'
import { OtherWays } from './OtherWays.tsx'
import { UnknownDevice } from './UnknownDevice.tsx'
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
export function UnlockHere(props: { waiting: Waiting }) {
	return (
		<Stack>
			<UnknownDevice onUnlocked={props.waiting.answerHere} onFailed={props.waiting.fail} />
			<OtherWays waiting={props.waiting} />
		</Stack>
	)
}
