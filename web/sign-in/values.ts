import { BUDDHIST_OFFSET, type CalendarDate } from '../../src/lib/thai/dates.ts'

/**
 * Reads a date in the form in which the agency gets it: `25380912` (Buddhist era, unknown parts 00) or `1995-09-12`,
 * `1995`. @returns null for anything else
 */
export function readBirthdate(value: string): CalendarDate | null {
	const buddhist = /^(\d{4})(\d{2})(\d{2})$/.exec(value)
	if (buddhist) {
		return {
			year: Number(buddhist[1]) - BUDDHIST_OFFSET,
			month: Number(buddhist[2]) || null,
			day: Number(buddhist[3]) || null,
		}
	}
	const iso = /^(\d{4})(?:-(\d{2})-(\d{2}))?$/.exec(value)
	return iso ? { year: Number(iso[1]), month: Number(iso[2]) || null, day: Number(iso[3]) || null } : null
}
