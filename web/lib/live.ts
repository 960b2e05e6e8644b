import { SECOND } from '../../src/lib/clock.ts'

/**
 * Follows something on the server as it changes: by server-sent events, and where those do not get through (an old
 * proxy, a blocked stream) by asking again and again.
 */
export interface Following<Events extends Record<string, unknown>> {
	/** Where the stream is. */
	url: string
	/** What to do with each kind of event. */
	on: { [Name in keyof Events]: (data: Events[Name]) => void }
	/** Asks once, and hands what it learnt to the same handlers. Used only when the stream fails. */
	ask(): Promise<void>
	/** Between two questions, ms. */
	every?: number
}

/** A stream that says nothing for this long is taken for dead; the server pings every five seconds. */
const PATIENCE = 12 * SECOND
const STRIKES = 2

/** @returns stops following. */
export function follow<Events extends Record<string, unknown>>(following: Following<Events>): () => void {
	let stopped = false
	let timer: ReturnType<typeof setTimeout> | undefined
	let strikes = 0
	let source: EventSource | undefined

	const poll = async (): Promise<void> => {
		if (stopped) return
		// A question that fails is asked again: the page shows the last that it knew.
		await following.ask().catch(() => undefined)
		if (!stopped) timer = setTimeout(poll, following.every ?? SECOND)
	}

	const fallBack = (): void => {
		clearTimeout(timer)
		source?.close()
		source = undefined
		void poll()
	}

	const heard = (): void => {
		strikes = 0
		clearTimeout(timer)
		// Comments (pings) are not told to the page, so only the first answer is waited for.
	}

	if (typeof EventSource === 'undefined') {
		void poll()
	} else {
		const stream = new EventSource(following.url)
		source = stream
		timer = setTimeout(fallBack, PATIENCE)
		for (const name of Object.keys(following.on) as (keyof Events & string)[]) {
			stream.addEventListener(name, (event) => {
				heard()
				following.on[name](JSON.parse((event as MessageEvent<string>).data) as Events[typeof name])
			})
		}
		stream.onerror = () => {
			strikes += 1
			// CLOSED: the server refused the stream for good. Otherwise the browser tries again by itself, a few times.
			if (stream.readyState === EventSource.CLOSED || strikes > STRIKES) fallBack()
		}
	}

	return () => {
		stopped = true
		clearTimeout(timer)
		source?.close()
	}
}
