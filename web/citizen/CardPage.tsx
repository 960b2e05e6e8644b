import { createSignal, For, Show } from 'solid-js'
import { formatDate } from '../../src/lib/thai/dates.ts'
import { api } from '../lib/api.ts'
import type { Card } from '../lib/api-types.ts'
import { timeWords } from '../lib/time-words.ts'
import { Alert, Button, DataList, Datum, LinkButton, ScreenHead, SecretPid, Card as Sheet, Stack } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { commonWords } from '../words/common/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { language } from '../words/index.ts'
import { AppLayout } from './AppLayout.tsx'
import { CardFace } from './CardFace.tsx'
import { forgetCopy, keepCopy } from './card-copy.ts'
import { OfflineCard } from './OfflineCard.tsx'
import { ShowCard } from './ShowCard.tsx'
import { Unlocked } from './Unlocked.tsx'

/** `/card`: the digital ID card. */
export function CardPage() {
	const load = async (): Promise<Card> => {
		const card = await api.me.card.query({})
		await keepCopy(card)
		return card
	}
	return (
		<AppLayout title={citizenWords().cardTitle}>
			<Unlocked title={citizenWords().lockedHead} load={load} unreachable={(again) => <OfflineCard onAgain={again} />}>
				{(card, again) => <CardScreen card={card} onLocked={again} />}
			</Unlocked>
		</AppLayout>
	)
}

function CardScreen(props: { card: Card; onLocked(): void }) {
	const [showing, setShowing] = createSignal(false)
	const lock = async (): Promise<void> => {
		await forgetCopy()
		await api.me.lock.mutate({}).catch(() => undefined)
		props.onLocked()
	}
	return (
		<Show when={!showing()} fallback={<ShowCard onBack={() => setShowing(false)} />}>
			<Stack>
				<ScreenHead title={citizenWords().cardTitle} />
				<For each={props.card.warnings}>
					{(warning) => <Alert tone="warn">{commonWords().warnings[warning.code](warning.days)}</Alert>}
				</For>
				<Show when={props.card.status === 'suspended'}>
					<Suspended reason={props.card.statusReason} />
				</Show>
				<CardFace card={props.card} number={<SecretPid pid={props.card.pid} />} />
				<Button icon="qr" onClick={() => setShowing(true)}>
					{citizenWords().show}
				</Button>
				<CardDetails card={props.card} />
				<p class="soft">{citizenWords().asOf(timeWords(props.card.asOf, language()))}</p>
				<Button look="secondary" icon="lock" onClick={lock}>
					{citizenWords().lock}
				</Button>
				<LinkButton href="/manage" look="secondary" icon="person">
					{citizenWords().manage}
				</LinkButton>
				<p class="soft">{citizenWords().lost}</p>
			</Stack>
		</Show>
	)
}

function Suspended(props: { reason: Card['statusReason'] }) {
	const words = () => wordsForError('account_suspended', { reason: props.reason ?? '' })
	return (
		<Alert tone="bad" title={citizenWords().statuses.suspended}>
			<p>{words().text}</p>
			<p>{words().next}</p>
		</Alert>
	)
}

function CardDetails(props: { card: Card }) {
	return (
		<>
			<Sheet title={citizenWords().detailsHead}>
				<DataList layout="row">
					<Datum name={commonWords().birthdate}>{formatDate(props.card.birthdate, language())}</Datum>
					<Datum name={commonWords().gender}>
						{props.card.gender === 'male' ? commonWords().male : commonWords().female}
					</Datum>
					<Datum name={commonWords().address}>
						<span lang={props.card.address ? 'th' : undefined}>{props.card.address ?? citizenWords().noAddress}</span>
					</Datum>
					<Datum name={commonWords().cardNumber}>
						<span class="digits">{props.card.cardNumber}</span>
					</Datum>
					<Datum name={commonWords().issuedOn}>{formatDate(props.card.cardIssuedOn, language())}</Datum>
					<Datum name={commonWords().expiresOn}>
						<Show when={props.card.cardExpiresOn} fallback={commonWords().lifelong}>
							{(date) => <>{formatDate(date(), language())}</>}
						</Show>
					</Datum>
				</DataList>
			</Sheet>
			<Sheet title={citizenWords().assuranceHead}>
				<DataList layout="row">
					<Datum name={citizenWords().ial}>IAL {props.card.ial}</Datum>
					<Datum name={citizenWords().key}>{citizenWords().tiers[props.card.tier]}</Datum>
				</DataList>
			</Sheet>
		</>
	)
}
