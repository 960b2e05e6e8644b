import { For, Show } from 'solid-js'
import { formatDate } from '../../src/lib/thai/dates.ts'
import { api } from '../lib/api.ts'
import type { Card } from '../lib/api-types.ts'
import { timeWords } from '../lib/time-words.ts'
import {
	Alert,
	Button,
	DataList,
	Datum,
	Emblem,
	Icon,
	ScreenHead,
	SecretPid,
	Card as Sheet,
	Stack,
} from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { commonWords } from '../words/common/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { inLanguage, language } from '../words/index.ts'
import { AppLayout } from './AppLayout.tsx'
import { Unlocked } from './Unlocked.tsx'

/** `/card`: the digital ID card. */
export function CardPage() {
	return (
		<AppLayout title={citizenWords().cardTitle}>
			<Unlocked title={citizenWords().lockedHead} load={() => api.me.card.query({})}>
				{(card, again) => <CardScreen card={card} onLocked={again} />}
			</Unlocked>
		</AppLayout>
	)
}

function CardScreen(props: { card: Card; onLocked(): void }) {
	const lock = async (): Promise<void> => {
		await api.me.lock.mutate({}).catch(() => undefined)
		props.onLocked()
	}
	return (
		<Stack>
			<ScreenHead title={citizenWords().cardTitle} />
			<For each={props.card.warnings}>
				{(warning) => <Alert tone="warn">{commonWords().warnings[warning.code](warning.days)}</Alert>}
			</For>
			<Show when={props.card.status === 'suspended'}>
				<Suspended reason={props.card.statusReason} />
			</Show>
			<CardFace card={props.card} />
			<CardDetails card={props.card} />
			<p class="soft">{citizenWords().asOf(timeWords(props.card.asOf, language()))}</p>
			<Button look="secondary" icon="lock" onClick={lock}>
				{citizenWords().lock}
			</Button>
			<p class="soft">{citizenWords().lost}</p>
		</Stack>
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

/** The face: what one reads first on an ID card. */
function CardFace(props: { card: Card }) {
	const good = () => props.card.status !== 'suspended'
	return (
		<article class="id-card" data-status={props.card.status}>
			<header>
				<Emblem />
				<div>
					<h2>{citizenWords().cardName}</h2>
					<p>{commonWords().product}</p>
				</div>
			</header>
			<div class="id-card-body">
				<div class="id-card-portrait">
					<Show when={props.card.portrait} fallback={<Icon name="person" />}>
						{(portrait) => <img src={portrait()} alt={commonWords().portraitOf(inLanguage(props.card.name))} />}
					</Show>
				</div>
				<div class="id-card-name">
					<p lang="th">
						<strong>{props.card.name.th}</strong>
					</p>
					<p lang="en">{props.card.name.en}</p>
					<p class="id-card-status">
						<Icon name={good() ? 'check' : 'cross'} />
						<span class="only-read">{citizenWords().status}: </span>
						{citizenWords().statuses[props.card.status]}
					</p>
				</div>
			</div>
			<div class="id-card-number">
				<DataList>
					<Datum name={commonWords().pid}>
						<SecretPid pid={props.card.pid} />
					</Datum>
				</DataList>
			</div>
		</article>
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
