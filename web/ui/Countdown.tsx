import { createEffect, createSignal, onCleanup, Show } from 'solid-js'
import { SECOND } from '../../src/lib/clock.ts'
import { serverNow } from '../lib/server-clock.ts'
import { commonWords } from '../words/common/index.ts'

/** The time, told again each second while somebody looks. */
export function createNow(): () => number {
	const [now, setNow] = createSignal(serverNow())
	const timer = setInterval(() => setNow(serverNow()), SECOND)
	onCleanup(() => clearInterval(timer))
	return now
}

/** `1 นาที 5 วินาที`; whole minutes without seconds. */
export function durationWords(milliseconds: number): string {
	const all = Math.max(0, Math.ceil(milliseconds / SECOND))
	const minutes = Math.floor(all / 60)
	const seconds = all % 60
	if (minutes === 0) return commonWords().seconds(seconds)
	return seconds === 0
		? commonWords().minutes(minutes)
		: `${commonWords().minutes(minutes)} ${commonWords().seconds(seconds)}`
}

export interface CountdownProps {
	/** An instant of the server's, ms. */
	until: number
	/** The whole span, for the bar; without it there is only the text. */
	of?: number
	words?: (time: string) => string
	onOver?: () => void
}

/** How long something still holds. Not read out each second: a screen reader meets it when it gets there. */
export function Countdown(props: CountdownProps) {
	const now = createNow()
	const left = () => Math.max(0, props.until - now())
	let bar: HTMLDivElement | undefined
	let told: number | undefined

	createEffect(() => {
		// Through the object model: the content security policy lets no style attribute pass.
		bar?.style.setProperty('--left', String(props.of ? Math.min(1, left() / props.of) : 0))
	})
	createEffect(() => {
		if (left() > 0 || told === props.until) return
		told = props.until
		props.onOver?.()
	})

	return (
		<div class="countdown">
			<p class="soft">
				{left() > 0 ? (props.words ?? commonWords().timeLeft)(durationWords(left())) : commonWords().timeOver}
			</p>
			<Show when={props.of}>
				<div class="track" aria-hidden="true">
					<div class="bar" ref={bar} />
				</div>
			</Show>
		</div>
	)
}
