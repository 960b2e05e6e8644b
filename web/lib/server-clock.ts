import { SECOND, systemClock } from '../../src/lib/clock.ts'

/**
 * The server's time, as far as this device can know it. Phones with a wrong clock are common, and a countdown that
 * starts at minus three hours helps nobody; the `Date` header of every answer says what time it is there.
 */
let offset = 0

/** A `Date` header is cut to the second and took a while to arrive: smaller differences say nothing. */
const NOISE = 5 * SECOND

export function noteServerDate(header: string | null): void {
	const there = header ? Date.parse(header) : Number.NaN
	if (Number.isNaN(there)) return
	const difference = there - systemClock.now()
	offset = Math.abs(difference) > NOISE ? difference : 0
}

/** Milliseconds since 1970-01-01T00:00Z. */
export const serverNow = (): number => systemClock.now() + offset
