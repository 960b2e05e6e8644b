import type { Clock } from '../../../src/lib/clock.ts'

/** A clock that only the test moves. */
export interface HandClock extends Clock {
	pass(ms: number): void
	set(at: number): void
}

/** 2026-11-25 10:00 in Thailand, on a full second. */
export const MORNING = Date.UTC(2026, 10, 25, 3, 0, 0)

export function handClock(start = MORNING): HandClock {
	let at = start
	return {
		now: () => at,
		pass: (ms) => {
			at += ms
		},
		set: (to) => {
			at = to
		},
	}
}
