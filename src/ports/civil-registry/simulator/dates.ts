import { type CompleteDate, fromStoredDate, toStoredDate } from '../../../lib/thai/dates.ts'

const DAY = 86_400_000

/** Whole days since 1970-01-01. */
export const toDayNumber = (date: CompleteDate): number => Date.UTC(date.year, date.month - 1, date.day) / DAY

export function fromDayNumber(number: number): CompleteDate {
	const date = new Date(number * DAY)
	return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

export const addDays = (date: CompleteDate, days: number): CompleteDate => fromDayNumber(toDayNumber(date) + days)

/** The same day in another year; 29 February becomes the 28th where there is none. */
export function inYear(date: CompleteDate, year: number): CompleteDate {
	const leap = new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29
	return { year, month: date.month, day: date.month === 2 && date.day === 29 && !leap ? 28 : date.day }
}

/** Of a row that holds a whole date. @throws Error where it does not. */
export function completeStoredDate(text: string): CompleteDate {
	const { year, month, day } = fromStoredDate(text)
	if (month === null || day === null) throw new Error('a date that must be whole is not')
	return { year, month, day }
}

export { toStoredDate }
