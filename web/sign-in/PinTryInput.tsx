import { Show } from 'solid-js'
import { Alert, Countdown, PinInput } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import type { PinTry } from './pin-try.ts'

/** The PIN field with its tries: how many are left, and how long to wait. */
export function PinTryInput(props: { try: PinTry; hint?: string; ref?: (input: HTMLInputElement) => void }) {
	return (
		<>
			<PinInput
				value={props.try.pin()}
				onInput={(digits) => props.try.type(digits)}
				problem={props.try.problem()}
				hint={props.hint}
				disabled={props.try.waitUntil() !== null}
				ref={props.ref}
			/>
			<Show when={props.try.waitUntil()}>
				{(until) => (
					<Alert tone="warn" say="alert">
						<Countdown
							until={until()}
							words={(time) => commonWords().pinWaitFor(time)}
							onOver={() => props.try.waitIsOver()}
						/>
					</Alert>
				)}
			</Show>
		</>
	)
}
