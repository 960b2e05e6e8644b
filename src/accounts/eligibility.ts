import type { ServiceErrorCode } from '../lib/errors.ts'
import type { CalendarDate, CompleteDate } from '../lib/thai/dates.ts'
import { isNonThaiCategory, toArabicDigits } from '../lib/thai/pid.ts'
import type { RegistryRecord } from '../ports/civil-registry/index.ts'
import { cardReason, isExpired, nameDiffersFromCard, personReason } from './lifecycle.ts'

/** Below it nobody enrols alone: `docs/decisions/0012-minors-below-fifteen.md`. */
export const MINIMUM_AGE = 15

/**
 * Who may enrol: a living Thai national of at least 15 years, with the latest card, status normal and not expired.
 * Stricter than what an existing digital ID lives with: no grace, and an address that changed needs a new card first.
 *
 * What it does not check: that the card on the counter is the latest one (`isLatestCard`), or whose face it shows.
 * @param record null where the register knows no such number
 * @returns why not, or null
 */
export function refusalFor(record: RegistryRecord | null, today: CompleteDate): ServiceErrorCode | null {
	if (!record) return 'person_not_found'
	const { person, card } = record
	// The first digit can say "not Thai", it can never say "Thai": that is the register's word.
	if (isNonThaiCategory(person.pid)) return 'pid_not_thai'
	const personal = personReason(record)
	if (personal) return personal
	if (ageOn(person.birthdate, today) < MINIMUM_AGE) return 'person_under_age'
	if (!card) return 'card_none'
	const status = cardReason(card)
	if (status) return status
	if (nameDiffersFromCard(record)) return 'card_name_changed'
	return isExpired(card, today) ? 'card_expired' : null
}

/** Whether the number under the photo is that of the latest card. @param shown as typed or read: digits count only */
export function isLatestCard(record: RegistryRecord, shown: string): boolean {
	return record.card?.number === toArabicDigits(shown).replace(/\D/g, '')
}

/**
 * Whole years lived. Where the register knows no month or no day, the birthday counts as late as it can be: nobody is
 * taken for older than they surely are. A birthday on 29 February comes on 1 March in a common year.
 */
export function ageOn(birthdate: CalendarDate, today: CompleteDate): number {
	const month = birthdate.month ?? 12
	const day = birthdate.day ?? 31
	const hadBirthday = today.month > month || (today.month === month && today.day >= lastOfMonth(today.year, month, day))
	return today.year - birthdate.year - (hadBirthday ? 0 : 1)
}

/** An unknown day is 31; in a shorter month the month's last day stands for it. 29 February stays, and is not reached. */
function lastOfMonth(year: number, month: number, day: number): number {
	if (month === 2 && day === 29) return 29
	return Math.min(day, new Date(Date.UTC(year, month, 0)).getUTCDate())
}
