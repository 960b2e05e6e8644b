import { MINUTE, SECOND } from '../../lib/clock.ts'
import type { PinRow, PinState } from './types.ts'

/**
 * How long after so many errors the next attempt must wait: four errors are free, then 30 s, 1, 2, 5, 15 and 60 minutes
 * before the fifth to the tenth attempt. The tenth error disables the PIN; only a new enrolment helps.
 * NIST SP 800-63B-4 §3.2.2 allows a hundred errors and says that lower limits may be set.
 */
export const WAITS: readonly number[] = [
	...[0, 0, 0, 0],
	...[30 * SECOND, 1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE],
]

export const MOST_ERRORS = WAITS.length

/**
 * What a row of `pins` allows at an instant. An attempt under way counts as an error until it is settled, and so does
 * one whose process died: ten of them are a disabled PIN even where nobody came to write `disabledAt`.
 */
export function pinState(row: Pick<PinRow, 'failures' | 'nextTryAt' | 'disabledAt'>, now: number): PinState {
	if (row.disabledAt !== null || row.failures >= MOST_ERRORS) return { kind: 'disabled' }
	const triesLeft = MOST_ERRORS - row.failures
	return row.nextTryAt > now ? { kind: 'wait', until: row.nextTryAt, triesLeft } : { kind: 'ready', triesLeft }
}
