import { createSignal, Show } from 'solid-js'
import { Alert, Button, Countdown, isDemo, QrCode, ScreenHead, Stack, Steps } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
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
				<Show when={isDemo() && props.waiting.frame()}>{(frame) => <CopyFrame url={frame().url} />}</Show>
			</Show>
			<Alert tone="warn">{signInWords().qrNever}</Alert>
			<OtherWays waiting={props.waiting} />
		</Stack>
	)
}

/**
 * No real phone reaches a demonstration on this machine: a second window is the phone, and has no camera. Elsewhere a
 * frame that can be copied would only be of use to whoever relays it.
 */
function CopyFrame(props: { url: string }) {
	const [copied, setCopied] = createSignal(false)
	const copy = async (): Promise<void> => {
		await navigator.clipboard.writeText(props.url).then(
			() => setCopied(true),
			() => undefined,
		)
	}
	return (
		<Alert title={signInWords().demoHead}>
			<Stack>
				<p>{signInWords().demoText}</p>
				<Button look="secondary" icon={copied() ? 'check' : 'copy'} onClick={copy}>
					{copied() ? commonWords().copied : signInWords().demoCopy}
				</Button>
			</Stack>
		</Alert>
	)
}
