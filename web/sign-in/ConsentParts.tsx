import { For, Show } from 'solid-js'
import { formatDate } from '../../src/lib/thai/dates.ts'
import type { Inspection } from '../lib/api-types.ts'
import { timeWords } from '../lib/time-words.ts'
import { Alert, Card, DataList, Datum, SecretPid } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { inLanguage, language } from '../words/index.ts'
import { signInWords } from '../words/sign-in/index.ts'
import { readBirthdate } from './values.ts'

/** Who asks, and what for. */
export function Asker(props: { inspection: Inspection }) {
	return (
		<Card>
			<DataList>
				<Datum name={signInWords().asks}>{inLanguage(props.inspection.client.name)}</Datum>
				<Datum name={signInWords().website}>{props.inspection.client.domain}</Datum>
				<Datum name={signInWords().purpose}>{inLanguage(props.inspection.purpose)}</Datum>
			</DataList>
		</Card>
	)
}

/** Each datum that would be handed over, with its value. */
export function AskedItems(props: { items: Inspection['items'] }) {
	const items = () => props.items.filter((item) => item.scope !== 'openid')
	return (
		<Card title={signInWords().dataHead}>
			<Show when={items().length > 0} fallback={<p>{signInWords().dataNone}</p>}>
				<DataList>
					<For each={items()}>
						{(item) => (
							<Datum name={scopeName(item.scope)}>
								<Show when={item.value !== null} fallback={<span class="none">{signInWords().valueNone}</span>}>
									<Value scope={item.scope} value={item.value ?? ''} />
								</Show>
							</Datum>
						)}
					</For>
				</DataList>
			</Show>
		</Card>
	)
}

/** What leave is asked for beside data: each with its own card, so that none is overlooked among the data. */
export function AskedDetails(props: { details: Inspection['details'] }) {
	return (
		<For each={props.details}>
			{(detail) => (
				<Card title={inLanguage(detail.title)}>
					<DataList>
						<For each={detail.lines}>
							{(line) => <Datum name={inLanguage(line.name)}>{inLanguage(line.value)}</Datum>}
						</For>
					</DataList>
				</Card>
			)}
		</For>
	)
}

function scopeName(scope: string): string {
	const names: Record<string, string> = signInWords().scopes
	return names[scope] ?? scope
}

function Value(props: { scope: string; value: string }) {
	const date = () => (/^(birthdate|date_of_)/.test(props.scope) ? readBirthdate(props.value) : null)
	return (
		<Show when={props.scope !== 'pid'} fallback={<SecretPid pid={props.value} />}>
			<Show when={props.scope === 'gender'} fallback={<span class="keep-lines">{props.value}</span>}>
				{props.value === 'male' ? commonWords().male : props.value === 'female' ? commonWords().female : props.value}
			</Show>
			<Show when={date()}>{(read) => <span class="soft explained">{formatDate(read(), language())}</span>}</Show>
		</Show>
	)
}

/** Which screen started it. The one thing that tells an honest sign-in from somebody else's code. */
export function AskedFrom(props: { from: Inspection['askedFrom'] }) {
	const words = signInWords
	return (
		<Show when={props.from}>
			{(from) => (
				<Card title={words().fromHead}>
					<DataList>
						<Datum name={words().fromPlace}>{from().place ?? words().fromUnknown}</Datum>
						<Datum name={words().fromNetwork}>{from().network}</Datum>
						<Datum name={words().fromDevice}>
							{words().deviceWords(
								from().kind === 'phone' ? words().kindPhone : words().kindDesktop,
								from().browser,
								from().os,
							)}
						</Datum>
						<Datum name={words().fromTime}>{timeWords(from().at, language())}</Datum>
					</DataList>
					<Alert tone="warn" title={words().fromWarning}>
						{words().fromWarningText}
					</Alert>
				</Card>
			)}
		</Show>
	)
}
