import { createSignal, createUniqueId, Match, Show, Switch } from 'solid-js'
import type { OfficeCase } from '../lib/api-types.ts'
import { Alert, Button, Card, Check, Countdown, Problem, QrCode, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { officeWords } from '../words/office/index.ts'
import type { DeskState, IssuedLink } from './desk-state.ts'

const LINK_TIME = 600_000

/** The face first, then the QR for the applicant's phone. */
export function IssueLink(props: { desk: DeskState; current: OfficeCase }) {
	return (
		<Switch>
			<Match when={props.current.state === 'looked_up'}>
				<ConfirmFace desk={props.desk} deviceLost={props.current.subject?.deviceLost ?? false} />
			</Match>
			<Match when={props.current.state === 'link_issued'}>
				<Show
					when={props.desk.link()}
					fallback={
						<Card title={officeWords().linkHead}>
							<Stack>
								<p>{officeWords().linkHidden}</p>
								<Button look="secondary" icon="qr" busy={props.desk.busy() === 'issue'} onClick={props.desk.issue}>
									{officeWords().issueAgain}
								</Button>
							</Stack>
						</Card>
					}
				>
					{(link) => <LinkCard desk={props.desk} link={link()} />}
				</Show>
			</Match>
		</Switch>
	)
}

function ConfirmFace(props: { desk: DeskState; deviceLost: boolean }) {
	const [confirmed, setConfirmed] = createSignal(false)
	const [missing, setMissing] = createSignal(false)
	const id = createUniqueId()
	const once = (act: () => Promise<void>) => (): void => {
		setMissing(!confirmed())
		if (confirmed()) void act()
	}
	return (
		<Card title={officeWords().faceHead}>
			<Stack>
				<div class="field">
					<Check
						checked={confirmed()}
						onChange={(checked) => {
							setConfirmed(checked)
							if (checked) setMissing(false)
						}}
					>
						{officeWords().faceConfirm}
					</Check>
					<div role="alert">
						<Problem id={id} text={missing() ? officeWords().faceMissing : undefined} />
					</div>
				</div>
				<Button icon="qr" busy={props.desk.busy() === 'issue'} onClick={once(props.desk.issue)}>
					{officeWords().issue}
				</Button>
				<Show when={props.deviceLost}>
					<p>{officeWords().thawText}</p>
					<Button look="secondary" icon="phone" busy={props.desk.busy() === 'thaw'} onClick={once(props.desk.thaw)}>
						{officeWords().thaw}
					</Button>
				</Show>
			</Stack>
		</Card>
	)
}

function LinkCard(props: { desk: DeskState; link: IssuedLink }) {
	const [over, setOver] = createSignal(false)
	const [copied, setCopied] = createSignal(false)
	const copy = async (): Promise<void> => {
		await navigator.clipboard.writeText(props.link.link).catch(() => undefined)
		setCopied(true)
	}
	return (
		<Card title={officeWords().linkHead}>
			<Show
				when={!over()}
				fallback={
					<Stack>
						<Alert tone="warn" say="status">
							{officeWords().linkOver}
						</Alert>
						<Button
							icon="qr"
							busy={props.desk.busy() === 'issue'}
							onClick={async () => {
								await props.desk.issue()
								setOver(false)
							}}
						>
							{officeWords().issueAgain}
						</Button>
					</Stack>
				}
			>
				<Stack>
					<QrCode text={props.link.link} label={officeWords().linkLabel} />
					<Countdown
						until={props.link.expiresAt}
						of={LINK_TIME}
						words={(time) => officeWords().linkLeft(time)}
						onOver={() => setOver(true)}
					/>
					<p class="soft">{officeWords().linkOnce}</p>
					<Button look="secondary" icon={copied() ? 'check' : 'copy'} onClick={copy}>
						{copied() ? commonWords().copied : officeWords().linkCopy}
					</Button>
				</Stack>
			</Show>
		</Card>
	)
}
