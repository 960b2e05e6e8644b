import type { Context, Hono } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { type AuthnDeps, browserOf, currentFrame, readForBrowser, waitingState, watch } from './authn/index.ts'
import { findOfficer, type ProofingNeeds, watchCase } from './proofing/index.ts'

/** How many streams one watcher may have open on one thing: a page, its reload, and a network that changes. */
const STREAMS_EACH = 4

/** Server-sent events: the waiting page and the officer's screen. Each has a plain query beside it as fallback. */
export function mountStreams(app: Hono, deps: AuthnDeps & ProofingNeeds): void {
	const { db, clock } = deps
	const seats = createSeats(STREAMS_EACH)
	const stream = (c: Context, key: string, run: (to: SSEStreamingApi, gone: AbortSignal) => Promise<void>) =>
		streamSSE(c, async (to) => {
			const gone = new AbortController()
			to.onAbort(() => gone.abort())
			// Aborted rather than closed: a reader that does not read would hold up a close.
			const leave = seats.take(key, () => to.abort())
			try {
				await run(to, gone.signal)
			} finally {
				leave()
			}
		})

	app.get('/sign-in/:id/events', async (c) => {
		const { hash } = browserOf(c.req.raw, deps.random)
		const id = c.req.param('id')
		await readForBrowser(db, id, hash)
		return stream(c, `sign-in/${id}/${hash}`, async (to, gone) => {
			for await (const message of watch(deps, id, hash, gone)) {
				if (message.event === 'ping') await to.write(': ping\n\n')
				else await to.writeSSE({ event: message.event, data: JSON.stringify(message.data) })
			}
		})
	})
	app.get('/sign-in/:id/poll', async (c) => {
		const now = clock.now()
		const { signIn } = await readForBrowser(db, c.req.param('id'), browserOf(c.req.raw, deps.random).hash)
		return c.json({ ...waitingState(signIn, now), frame: currentFrame(deps, signIn, now) })
	})
	app.get('/office/cases/:id/events', async (c) => {
		const officer = await findOfficer(deps, c.req.raw)
		if (!officer) return c.json({ error: 'not_signed_in' }, 401)
		const id = c.req.param('id')
		return stream(c, `case/${id}/${officer.officerId}`, async (to, gone) => {
			for await (const state of watchCase(deps, id, officer, gone))
				await to.writeSSE({ event: 'state', data: JSON.stringify(state) })
		})
	})
}

export interface Seats {
	/** Takes a place; whoever had theirs longest is told to leave where there is none. @returns what gives it back */
	take(key: string, sendAway: () => void): () => void
}

/** Places by key, in this process: a stream lives in one, so nothing is to be shared. */
export function createSeats(each: number): Seats {
	// A set keeps the order in which they came.
	const taken = new Map<string, Set<() => void>>()
	return {
		take(key, sendAway) {
			const here = taken.get(key) ?? new Set()
			taken.set(key, here)
			// An own function for each, so that two may bring the same.
			const seat = () => sendAway()
			here.add(seat)
			const leave = () => {
				here.delete(seat)
				if (here.size === 0 && taken.get(key) === here) taken.delete(key)
			}
			const [oldest] = here
			if (here.size > each && oldest) {
				here.delete(oldest)
				oldest()
			}
			return leave
		},
	}
}
