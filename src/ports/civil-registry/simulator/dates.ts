import { type CalendarDate, type CompleteDate, fromStoredDate } from '../../../lib/thai/dates.ts'

const DAY = 86_400_000

export function addDays(date: CompleteDate, days: number): CompleteDate {
	const moved = new Date(Date.UTC(date.year, date.month - 1, date.day) + days * DAY)
	return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() }
}

/** The same day in another year; 29 February becomes the 28th where there is none. */
export function inYear(date: CompleteDate, year: number): CompleteDate {
	const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
	return { year, month: date.month, day: date.month === 2 && date.day === 29 && !leap ? 28 : date.day }
}

/** Whole years; a month or a day that nobody knows counts as the first. */
export function ageOn(birth: CalendarDate, on: CompleteDate): number {
	const month = birth.month ?? 1
	const day = birth.day ?? 1
	const beforeBirthday = on.month < month || (on.month === month && on.day < day)
	return on.year - birth.year - (beforeBirthday ? 1 : 0)
}

/** Of a row that holds a whole date. @throws Error where it does not. */
export function completeStoredDate(text: string): CompleteDate {
	const { year, month, day } = fromStoredDate(text)
	if (month === null || day === null) throw new Error('a date that must be whole is not')
	return { year, month, day }
}
