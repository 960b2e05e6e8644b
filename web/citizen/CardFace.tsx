import { type JSX, Show } from 'solid-js'
import type { Card } from '../lib/api-types.ts'
import { DataList, Datum, Emblem, Icon } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { commonWords } from '../words/common/index.ts'
import { inLanguage } from '../words/index.ts'

export interface CardFaceProps {
	card: Pick<Card, 'name' | 'portrait' | 'status'>
	/** What the status is called, where it is not simply the status. */
	statusName?: string
	/** The citizen number, shown or hidden. */
	number: JSX.Element
}

/** The face: what one reads first on an ID card. */
export function CardFace(props: CardFaceProps) {
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
						<span>
							<span class={props.statusName ? undefined : 'only-read'}>
								{props.statusName ?? citizenWords().status}:{' '}
							</span>
							{citizenWords().statuses[props.card.status]}
						</span>
					</p>
				</div>
			</div>
			<div class="id-card-number">
				<DataList>
					<Datum name={commonWords().pid}>{props.number}</Datum>
				</DataList>
			</div>
		</article>
	)
}
