import { For, Show } from 'solid-js'
import { formatDate } from '../../src/lib/thai/dates.ts'
import type { OfficeCase } from '../lib/api-types.ts'
import { Alert, DataList, Datum, Emblem, ScreenHead, Stack } from '../ui/index.ts'
import { commonWords } from '../words/common/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { inLanguage, language } from '../words/index.ts'
import { officeWords } from '../words/office/index.ts'

export type Subject = NonNullable<OfficeCase['subject']>

/** What the registry holds, in the order of the card that lies on the desk, so that the two can be read side by side. */
export function Paper(props: { subject: Subject }) {
	const person = () => props.subject
	return (
		<Stack>
			<ScreenHead title={inLanguage(person().name)} />
			<Show when={person().hasDigitalId}>
				<Alert tone="warn" title={officeWords().hasDigitalId}>
					{officeWords().hasDigitalIdText}
				</Alert>
			</Show>
			<For each={person().warnings}>
				{(code) => (
					<Alert tone="warn" title={wordsForError(code).title}>
						{wordsForError(code).text}
					</Alert>
				)}
			</For>
			<article class="paper">
				<header>
					<Emblem />
					<div>
						<h2>{officeWords().paperHead}</h2>
						<p>{officeWords().paperFrom}</p>
					</div>
				</header>
				<div class="paper-body">
					<figure class="portrait">
						<Show
							when={person().portrait}
							fallback={
								<figcaption>
									<strong>{officeWords().noPortrait}</strong>
									<span>{officeWords().noPortraitText}</span>
								</figcaption>
							}
						>
							{(portrait) => <img src={portrait()} alt={commonWords().portraitOf(inLanguage(person().name))} />}
						</Show>
					</figure>
					<DataList layout="row">
						<Datum name={commonWords().pid}>
							<span class="digits big-name">{person().pid}</span>
						</Datum>
						<Datum name={commonWords().name}>
							<span lang="th">{person().name.th}</span>
							<br />
							<span lang="en">{person().name.en}</span>
						</Datum>
						<Datum name={commonWords().birthdate}>{formatDate(person().birthdate, language())}</Datum>
						<Datum name={commonWords().gender}>
							{person().gender === 'male' ? commonWords().male : commonWords().female}
						</Datum>
						<Datum name={commonWords().address}>
							<span lang="th">{person().address ?? officeWords().noAddress}</span>
						</Datum>
						<Datum name={commonWords().cardNumber}>
							<span class="digits">{person().cardNumber}</span>
						</Datum>
						<Datum name={commonWords().issuedOn}>{formatDate(person().cardIssuedOn, language())}</Datum>
						<Datum name={commonWords().expiresOn}>
							<Show when={person().cardExpiresOn} fallback={commonWords().lifelong}>
								{(date) => <>{formatDate(date(), language())}</>}
							</Show>
						</Datum>
						<Show when={person().warnings.length === 0}>
							<Datum name={officeWords().cardStatus}>{officeWords().cardNormal}</Datum>
						</Show>
					</DataList>
				</div>
			</article>
		</Stack>
	)
}
