import { Show } from 'solid-js'
import { Button } from '../ui/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import type { Waiting } from './waiting.ts'

/** Below each screen that waits for something: what else is possible. */
export function OtherWays(props: { waiting: Waiting }) {
	const kind = () => props.waiting.view().kind
	return (
		<div class="other-ways">
			<Show when={kind() === 'qr'}>
				<Button look="link" icon="key" onClick={props.waiting.offerUnlock}>
					{signInWords().useKeyHere}
				</Button>
			</Show>
			<Show when={kind() !== 'qr' && props.waiting.page()?.qrAllowed}>
				<Button look="link" icon="qr" onClick={props.waiting.showQr}>
					{signInWords().useQr}
				</Button>
			</Show>
			<Button look="link" icon="back" onClick={props.waiting.cancel}>
				{signInWords().cancel}
			</Button>
		</div>
	)
}
