import { eq } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { SECOND } from '../../lib/clock.ts'
import type { AuthnDeps } from '../needs.ts'
import { writeFrame } from './frames.ts'
import { effectiveState, readForBrowser, type SignInRow } from './reads.ts'

/** What the waiting page is told. */
export interface WaitingState {
	state: SignInRow['state']
	endReason: string | null
	/** The number to pick on the phone; null until the scan. */
	number: number | null
	/** ms */
	expiresAt: number
}

export interface FrameToShow {
	url: string
	validMs: number
}

export function waitingState(row: SignInRow, now: number): WaitingState {
	const { state, endReason } = effectiveState(row, now)
	return { state, endReason, number: state === 'scanned' ? row.number : null, expiresAt: row.expiresAt }
}

/** The QR's picture of this second, or null where none is shown. */
export function currentFrame(deps: AuthnDeps, row: SignInRow, now: number): FrameToShow | null {
	if (row.state !== 'pending' || row.qrFrom === null || row.expiresAt <= now) return null
	const frame = writeFrame(deps.vault, { signInId: row.id, second: Math.floor(now / SECOND) })
	return { url: `${deps.issuer}/q#${frame}`, validMs: deps.limits.frameFromScanner }
}

export type WatchEvent =
	| { event: 'state'; data: WaitingState }
	| { event: 'frame'; data: FrameToShow }
	| { event: 'ping' }

/** A stream is kept this long; the page then connects again. Short enough for every proxy, and for Workers. */
const STREAM_LIFE = 120 * SECOND
const PING_EVERY = 5 * SECOND

/**
 * What happens to a sign-in, for the browser that waits: the state at once and at each change, a frame each second.
 * It looks into the database once a second; under Bun a change wakes it at once.
 * @throws ServiceError where it is not this browser's.
 */
export async function* watch(
	deps: AuthnDeps,
	id: string,
	browserHash: string,
	signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
	let { signIn } = await readForBrowser(deps.db, id, browserHash)
	const begun = deps.clock.now()
	let told = ''
	let pinged = begun
	while (!signal.aborted) {
		const now = deps.clock.now()
		const state = waitingState(signIn, now)
		if (JSON.stringify(state) !== told) {
			told = JSON.stringify(state)
			yield { event: 'state', data: state }
		}
		if (state.state !== 'pending' && state.state !== 'scanned') return
		const frame = currentFrame(deps, signIn, now)
		if (frame) yield { event: 'frame', data: frame }
		if (now - pinged >= PING_EVERY) {
			pinged = now
			yield { event: 'ping' }
		}
		if (now - begun > STREAM_LIFE) return
		// To the next full second, so that each frame is shown for the whole of its own.
		await deps.wake.next(id, SECOND - (now % SECOND))
		const row = await deps.db.select().from(schema.signIns).where(eq(schema.signIns.id, id)).get()
		if (!row) return
		signIn = row
	}
}
