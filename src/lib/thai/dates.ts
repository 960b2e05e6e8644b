/**
 * Calendar dates as the registry knows them: a year always, a month or a day not always. Years are Gregorian inside
 * and Buddhist (+543) where Thais read them. Pure: runs in the browser too.
 */
export interface CalendarDate {
	/** Gregorian. */
	year: number
	/** 1 … 12; null where the registry does not know it. */
	month: number | null
	/** 1 … 31; null where the registry does not know it. */
	day: number | null
}

export const BUDDHIST_OFFSET = 543

const pad = (value: number | null, width = 2): string => String(value ?? 0).padStart(width, '0')

/** `25380900`: the form that agencies get by default, Buddhist era, unknown parts 00. */
export function toBuddhistDigits(date: CalendarDate): string {
	return `${pad(date.year + BUDDHIST_OFFSET, 4)}${pad(date.month)}${pad(date.day)}`
}

/** OpenID Connect Core §5.1: `YYYY-MM-DD`, or `YYYY` where month or day is not known. */
export function toIsoBirthdate(date: CalendarDate): string {
	if (date.month === null || date.day === null) return pad(date.year, 4)
	return `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)}`
}

/** `YYYY-MM-DD` with 00 for unknown parts: how rows keep a calendar date. */
export function toStoredDate(date: CalendarDate): string {
	return `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)}`
}

/** @throws Error where the text is no stored date. */
export function fromStoredDate(text: string): CalendarDate {
	const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
	if (!match) throw new Error('not a stored date')
	return { year: Number(match[1]), month: Number(match[2]) || null, day: Number(match[3]) || null }
}

const BANGKOK_OFFSET = 7 * 60 * 60 * 1_000

/** The calendar date in Thailand (UTC+7, no daylight saving) at an instant. */
export function thaiDateAt(instant: number): { year: number; month: number; day: number } {
	const local = new Date(instant + BANGKOK_OFFSET)
	return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() }
}

/** Whole days from a to b; both complete dates. */
export function daysBetween(a: CompleteDate, b: CompleteDate): number {
	return Math.round((Date.UTC(b.year, b.month - 1, b.day) - Date.UTC(a.year, a.month - 1, a.day)) / 86_400_000)
}

export interface CompleteDate {
	year: number
	month: number
	day: number
}

/** A date as people read it: Buddhist era in Thai, Gregorian in English; unknown parts are left out. */
export function formatDate(date: CalendarDate, language: 'th' | 'en'): string {
	const locale = language === 'th' ? 'th-TH-u-ca-buddhist-nu-latn' : 'en-GB'
	const year = language === 'th' ? String(date.year + BUDDHIST_OFFSET) : String(date.year)
	if (date.month === null) return year
	const monthName = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
		new Date(Date.UTC(date.year, date.month - 1, 1)),
	)
	return date.day === null ? `${monthName} ${year}` : `${date.day} ${monthName} ${year}`
}
