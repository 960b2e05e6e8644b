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
	/** Asks once, and hands what it learnt to the same handlers. */
	ask(): Promise<void>
	/** Between two questions where the stream fails, ms. */
	every?: number
	/** Whether events come all the time at the moment, so that silence means a dead stream. */
	lively?(): boolean
}

/** The server's pings are comments and not told to the page; this long a silence is looked into. */
const PATIENCE = 12 * SECOND
const STRIKES = 2

/** @returns stops following. */
export function follow<Events extends Record<string, unknown>>(following: Following<Events>): () => void {
	let stopped = false
	let heardOnce = false
	let strikes = 0
	let timer: ReturnType<typeof setTimeout> | undefined
	let source: EventSource | undefined

	// A question that fails is asked again: the page shows the last that it knew.
	const ask = (): Promise<void> => following.ask().catch(() => undefined)

	const poll = async (): Promise<void> => {
		if (stopped) return
		await ask()
		if (!stopped) timer = setTimeout(poll, following.every ?? SECOND)
	}

	const fallBack = (): void => {
		clearTimeout(timer)
		source?.close()
		source = undefined
		void poll()
	}

	const watchSilence = (): void => {
		clearTimeout(timer)
		timer = setTimeout(() => {
			if (!heardOnce || following.lively?.()) {
				fallBack()
				return
			}
			void ask()
			watchSilence()
		}, PATIENCE)
	}

	// A phone puts a page to sleep; when it is looked at again, it should not show yesterday's state.
	const lookedAt = (): void => {
		if (document.visibilityState === 'visible') void ask()
	}
	document.addEventListener('visibilitychange', lookedAt)

	if (typeof EventSource === 'undefined') {
		void poll()
	} else {
		const stream = new EventSource(following.url)
		source = stream
		watchSilence()
		for (const name of Object.keys(following.on) as (keyof Events & string)[]) {
			stream.addEventListener(name, (event) => {
				heardOnce = true
				strikes = 0
				watchSilence()
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
		document.removeEventListener('visibilitychange', lookedAt)
		source?.close()
	}
}
