import { Show } from 'solid-js'
import { Alert, Button, Countdown, QrCode, ScreenHead, Stack, Steps } from '../ui/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { OtherWays } from './OtherWays.tsx'
import type { Waiting } from './waiting.ts'

const SCAN_TIME = 120_000

/** The QR, what to do with it, and the other ways. */
export function QrScreen(props: { waiting: Waiting; agency: string; expiresAt: number; over: boolean }) {
	return (
		<Stack>
			<ScreenHead
				title={signInWords().scanHead}
				lead={
					<>
						{signInWords().waitingFor(props.agency)} <span class="domain">{props.waiting.page()?.client.domain}</span>
					</>
				}
			/>
			<Show
				when={!props.over}
				fallback={
					<Stack>
						<Alert tone="warn" say="status" title={signInWords().qrOver}>
							{signInWords().qrOverText}
						</Alert>
						<Button icon="qr" onClick={props.waiting.showQr}>
							{signInWords().qrNew}
						</Button>
					</Stack>
				}
			>
				<div class="scan">
					<div class="scan-code">
						<Show when={props.waiting.frame()} fallback={<div class="qr qr-empty" aria-hidden="true" />}>
							{(frame) => <QrCode text={frame().url} label={signInWords().qrLabel} />}
						</Show>
						<Countdown
							until={props.expiresAt}
							of={SCAN_TIME}
							words={(time) => signInWords().qrLeft(time)}
							onOver={props.waiting.qrIsOver}
						/>
					</div>
					<Steps steps={signInWords().scanSteps} />
				</div>
			</Show>
			<Alert tone="warn">{signInWords().qrNever}</Alert>
			<OtherWays waiting={props.waiting} />
		</Stack>
	)
}
