import type { ServiceErrorCode } from './errors.ts'
import type { CalendarDate } from './thai/dates.ts'

export interface PinOwner {
	birthdate?: CalendarDate
	/** 13 digits. */
	pid?: string
	/** Digits; a leading +66 or 0 as people write it. */
	phone?: string
}

/** What a person typed as ASCII digits: Thai digits count, spaces and dashes are dropped. Says nothing about length. */
export function normalisePin(typed: string): string {
	throw new Error(`not yet written: ${typed.length}`)
}

/** @param pin already normalised. @returns why it cannot be a PIN, or null. */
export function pinProblem(pin: string, about: PinOwner = {}): ServiceErrorCode | null {
	throw new Error(`not yet written: ${pin.length} ${Object.keys(about).length}`)
}
