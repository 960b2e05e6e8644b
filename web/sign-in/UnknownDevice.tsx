import type { Failure } from '../lib/failure.ts'
import { Alert, ScreenHead, Stack } from '../ui/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { Unlock } from './Unlock.tsx'

/** The cookie is lost, or this phone was never enrolled. Says both, and offers the way back for the first. */
export function UnknownDevice(props: { title?: string; onUnlocked(): void; onFailed(failure: Failure): void }) {
	return (
		<Stack>
			<ScreenHead
				icon="phone"
				tone="warn"
				title={props.title ?? signInWords().unlockUnknownHead}
				lead={signInWords().unlockUnknownText}
			/>
			<section class="card">
				<Stack>
					<h2>{signInWords().unlockHowTo}</h2>
					<p>{signInWords().unlockText}</p>
					<Unlock onUnlocked={() => props.onUnlocked()} onFailed={(failure) => props.onFailed(failure)} />
				</Stack>
			</section>
			<Alert>{signInWords().unlockEnrol}</Alert>
		</Stack>
	)
}
