import { type CompleteDate, fromStoredDate, toStoredDate } from '../../../lib/thai/dates.ts'
import { syntheticCardNumber, syntheticChipNumber, syntheticLaserCode } from '../numbers.ts'
import { ageOn, inYear } from './dates.ts'
import type { Dice } from './dice.ts'
import { familyNames } from './names.ts'
import { CARD_YEARS } from './rows.ts'
import type { CardRow, PersonRow } from './tables.ts'

const FIRST_CARD_AT = 7
const SECOND_CARD_AT = FIRST_CARD_AT + CARD_YEARS
const LIFELONG_FROM = 70

/**
 * The cards of one of the crowd on a day, the latest first: none for children under seven, for those who are not Thai,
 * and for a few others. Most have only their latest in the database; the earlier ones of some are there to be refused.
 */
export function cardsOf(dice: Dice, person: PersonRow, officeCode: string, asOf: CompleteDate): CardRow[] {
	const birth = fromStoredDate(person.birthdate)
	const age = ageOn(birth, asOf)
	const none = dice.happens(0.004)
	const lifelong = dice.happens(0.7) && age >= LIFELONG_FROM
	const smart = !(dice.happens(0.3) && lifelong)
	const status = throwStatus(dice)
	const [issuedOn, expiresOn] = throwLife(dice, person, age, asOf)
	const withEarlier = dice.happens(0.03)
	const marriedName = dice.pick(familyNames)
	if (none || age < FIRST_CARD_AT || person.nationality !== 'THA') return []
	const generation = 1 + Math.floor((age - FIRST_CARD_AT) / CARD_YEARS)
	const latest: CardRow = {
		...numbersOf(person.running, generation, smart),
		pid: person.pid,
		latest: true,
		status: person.status === 'dead' || person.status === 'removed' ? 'cancelled' : status,
		issuedOn: toStoredDate(lifelong ? lifelongFrom(person, asOf) : issuedOn),
		expiresOn: lifelong ? null : toStoredDate(expiresOn),
		officeCode,
		printedName: status === 'name_changed' ? nameWith(person, marriedName) : null,
	}
	if (!withEarlier || lifelong || generation === 1) return [latest]
	const earlier: CardRow = {
		...latest,
		...numbersOf(person.running, generation - 1, smart),
		latest: null,
		status: 'cancelled',
		issuedOn: toStoredDate(inYear(issuedOn, Math.max(issuedOn.year - CARD_YEARS, birth.year + FIRST_CARD_AT))),
		expiresOn: toStoredDate(issuedOn),
		printedName: null,
	}
	return [latest, earlier]
}

const numbersOf = (running: number, generation: number, smart: boolean) => ({
	number: syntheticCardNumber(running, generation),
	laserCode: smart ? syntheticLaserCode(running, generation) : null,
	chipNumber: smart ? syntheticChipNumber(running, generation) : null,
})

/** A day of the year for the cards of those whose birthday is not known: its last. */
function birthdayOf(person: PersonRow): CompleteDate {
	const { year, month, day } = fromStoredDate(person.birthdate)
	return { year, month: month ?? 12, day: day ?? 28 }
}

/** Cards end on a birthday, eight years after they began: some this year, one in fifty years ago. */
function throwLife(dice: Dice, person: PersonRow, age: number, asOf: CompleteDate): [CompleteDate, CompleteDate] {
	const birthday = birthdayOf(person)
	const yearsLeft = dice.happens(0.02) ? -1 - dice.upTo(3) : dice.upTo(CARD_YEARS)
	const end = age < SECOND_CARD_AT ? birthday.year + SECOND_CARD_AT : asOf.year + yearsLeft
	const start = Math.max(end - CARD_YEARS, birthday.year + FIRST_CARD_AT)
	return [inYear(birthday, start), inYear(birthday, end)]
}

function lifelongFrom(person: PersonRow, asOf: CompleteDate): CompleteDate {
	const birthday = birthdayOf(person)
	// Somebody of seventy by year, whose unknown birthday counts as December's, would else hold a card of tomorrow.
	return inYear(birthday, Math.min(birthday.year + LIFELONG_FROM, asOf.year - 1))
}

const nameWith = (person: PersonRow, family: readonly [string, string]) => ({
	title: { th: person.titleTh, en: person.titleEn },
	givenName: { th: person.givenTh, en: person.givenEn },
	middleName: { th: person.middleTh, en: person.middleEn },
	familyName: { th: family[0], en: family[1] },
})

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
