import { createSignal, onCleanup, Show } from 'solid-js'
import { forgetFragment, takeFragment } from '../lib/fragment.ts'
import { Layout, LinkButton, ScreenHead, Stack } from '../ui/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { PhoneFlow } from './PhoneFlow.tsx'

const FRAME = 'dopa-frame'

/** `/q`: where a phone's camera lands. The frame comes in the fragment and is taken out of the address at once. */
export function PhonePage() {
	const [frame, setFrame] = createSignal(takeFragment(FRAME))
	// Scanning again may bring the phone back to this very page: then only the fragment changes.
	const scannedAgain = (): void => {
		if (location.hash) setFrame(takeFragment(FRAME))
	}
	window.addEventListener('hashchange', scannedAgain)
	onCleanup(() => window.removeEventListener('hashchange', scannedAgain))

	return (
		<Layout title={signInWords().consentHead}>
			<Show
				when={frame()}
				keyed
				fallback={
					<Stack>
						<ScreenHead icon="qr" title={signInWords().noFrameHead} lead={signInWords().noFrameText} />
						<LinkButton href="/scan" icon="qr">
							{signInWords().scan}
						</LinkButton>
					</Stack>
				}
			>
				{(scanned) => <PhoneFlow frame={scanned} from="camera" onOver={() => forgetFragment(FRAME)} />}
			</Show>
		</Layout>
	)
}
