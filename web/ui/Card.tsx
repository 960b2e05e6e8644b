import { For, type JSX, Show } from 'solid-js'

/** A sheet on the ground. */
export function Card(props: { title?: string; children: JSX.Element }) {
	return (
		<section class="card">
			<Show when={props.title}>
				<h2>{props.title}</h2>
			</Show>
			{props.children}
		</section>
	)
}

/** What to do, in order, in words. */
export function Steps(props: { steps: readonly string[] }) {
	return (
		<ol class="steps">
			<For each={props.steps}>
				{(step) => (
					<li>
						<span>{step}</span>
					</li>
				)}
			</For>
		</ol>
	)
}

/** Names and values. `row` puts them side by side where there is room. */
export function DataList(props: { layout?: 'row'; children: JSX.Element }) {
	return (
		<dl class="list" data-layout={props.layout}>
			{props.children}
		</dl>
	)
}

export function Datum(props: { name: string; children: JSX.Element }) {
	return (
		<div>
			<dt>{props.name}</dt>
			<dd>{props.children}</dd>
		</div>
	)
}
