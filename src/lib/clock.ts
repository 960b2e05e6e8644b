/** Time as a dependency: nobody else in the product asks the machine for it. */
export interface Clock {
	/** Milliseconds since 1970-01-01T00:00Z. */
	now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
