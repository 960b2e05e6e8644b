import { type CompleteDate, fromStoredDate, toStoredDate } from '../../../lib/thai/dates.ts'
import { syntheticCardNumber, syntheticChipNumber, syntheticLaserCode } from '../numbers.ts'
import { inYear } from './dates.ts'
import type { Dice } from './dice.ts'
import { CARD_YEARS } from './rows.ts'
import type { CardRow, PersonRow } from './tables.ts'

const FIRST_CARD_AT = 7
const LIFELONG_FROM = 70

/** The latest card that a person of the crowd holds on a day; none for children under seven and a few others. */
export function cardOf(dice: Dice, person: PersonRow, officeCode: string, asOf: CompleteDate): CardRow | null {
	const birth = fromStoredDate(person.birthdate)
	const age = asOf.year - birth.year - 1
	const [never, lifelong, plainOld] = [dice.happens(0.004), dice.happens(0.7), dice.happens(0.3)]
	const yearsLeft = dice.upTo(CARD_YEARS + 1)
	const longExpired = dice.happens(0.02)
	const status = throwStatus(dice)
	if (age < FIRST_CARD_AT || never || person.nationality !== 'THA') return null
	const birthday = { year: birth.year, month: birth.month ?? 12, day: birth.day ?? (birth.month === null ? 31 : 28) }
	// Cards end on a birthday. Below zero: ended in the last year or, for a few, years ago.
	const expiresOn = inYear(birthday, asOf.year + (longExpired ? -1 - (yearsLeft % 3) : Math.min(yearsLeft, CARD_YEARS - 1)))
	const isLifelong = age >= LIFELONG_FROM && lifelong
	const generation = 1 + Math.floor((age - FIRST_CARD_AT) / CARD_YEARS)
	const smart = !(isLifelong && plainOld)
	const issuedYear = isLifelong ? birthday.year + LIFELONG_FROM : Math.max(expiresOn.year - CARD_YEARS, birth.year + FIRST_CARD_AT)
	return {
		number: syntheticCardNumber(person.running, generation),
		pid: person.pid,
		latest: true,
		status,
		laserCode: smart ? syntheticLaserCode(person.running, generation) : null,
		chipNumber: smart ? syntheticChipNumber(person.running, generation) : null,
		issuedOn: toStoredDate(inYear(birthday, issuedYear)),
		expiresOn: isLifelong ? null : toStoredDate(expiresOn),
		officeCode,
	}
}

function throwStatus(dice: Dice): CardRow['status'] {
	const fate = dice.upTo(1_000)
	if (fate < 6) return 'lost'
	if (fate < 12) return 'damaged'
	if (fate < 18) return 'cancelled'
	if (fate < 24) return 'abnormal'
	if (fate < 36) return 'name_changed'
	if (fate < 50) return 'address_changed'
	return 'normal'
}
