import { For, Show } from 'solid-js'
import type { OfficeCase } from '../lib/api-types.ts'
import { Card, Icon } from '../ui/index.ts'
import { officeWords } from '../words/office/index.ts'

const ORDER = ['looked_up', 'link_issued', 'opened', 'done'] as const satisfies readonly OfficeCase['state'][]

/** How far the applicant is, live. */
export function Progress(props: { current: OfficeCase }) {
	const reached = () => (ORDER as readonly OfficeCase['state'][]).indexOf(props.current.state)
	const stateOf = (place: number): 'done' | 'now' | 'later' =>
		place < reached() || props.current.state === 'done' ? 'done' : place === reached() ? 'now' : 'later'
	return (
		<Card title={officeWords().progressHead}>
			<ol class="timeline">
				<For each={ORDER}>
					{(state, place) => (
						<li data-state={stateOf(place())} aria-current={stateOf(place()) === 'now' ? 'step' : undefined}>
							<span class="dot" aria-hidden="true">
								<Show when={stateOf(place()) === 'done'}>
									<Icon name="check" />
								</Show>
							</span>
							<span>
								{officeWords().progress[state]}
								<span class="only-read"> ({officeWords().progressState[stateOf(place())]})</span>
							</span>
						</li>
					)}
				</For>
			</ol>
			<p class="only-read" role="status">
				{reached() >= 0 ? officeWords().progress[ORDER[reached()] ?? 'looked_up'] : ''}
			</p>
		</Card>
	)
}
