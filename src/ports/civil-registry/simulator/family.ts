import { type CompleteDate, fromStoredDate } from '../../../lib/thai/dates.ts'
import { titles } from '../named-person.ts'
import { FIRST_UNNAMED, syntheticPid } from '../numbers.ts'
import type { BilingualText } from '../port.ts'
import { ageOn } from './dates.ts'
import type { Dice } from './dice.ts'
import { femaleNames, maleNames, middleNames } from './names.ts'
import type { PersonRow } from './tables.ts'

/** Births are counted from here and not from today: people keep their birthdays whenever the country is made. */
const YEAR_ZERO = 2026

/** One of a household, before there is a name. */
export interface Member {
	gender: 'male' | 'female'
	/** Years at the end of the year before `YEAR_ZERO`. */
	age: number
	married: boolean
	householder: boolean
	origin: Origin
}

/** `granted` came from abroad and is Thai now; `foreign` is not, nor are the children who were born here. */
type Origin = 'thai' | 'granted' | 'foreign' | 'foreign-born-here'

const oneOf = (dice: Dice, maleShare = 0.5): Member['gender'] => (dice.happens(maleShare) ? 'male' : 'female')

/** A householder, perhaps a spouse, children, a parent. */
export function throwFamily(dice: Dice): [Member, ...Member[]] {
	const fate = dice.next()
	const origin: Origin = fate < 0.01 ? 'foreign' : fate < 0.02 ? 'granted' : 'thai'
	const head: Member = {
		gender: oneOf(dice),
		age: 25 + dice.upTo(60),
		married: dice.happens(0.6),
		householder: true,
		origin,
	}
	const family: [Member, ...Member[]] = [head]
	const join = (member: Omit<Member, 'householder' | 'origin'>, from: Origin = origin) =>
		family.push({ ...member, householder: false, origin: from })
	if (head.married)
		join({
			gender: head.gender === 'male' ? 'female' : 'male',
			age: Math.max(20, head.age - 6 + dice.upTo(12)),
			married: true,
		})
	const children = dice.upTo(head.age > 60 ? 2 : 4)
	for (let child = 0; child < children; child++) {
		const age = head.age - 20 - dice.upTo(20)
		const gender = oneOf(dice)
		if (age >= 0) join({ gender, age, married: false }, childOf(origin))
	}
	if (head.age < 65 && dice.happens(0.15))
		join({ gender: oneOf(dice, 0.4), age: Math.min(96, head.age + 22 + dice.upTo(10)), married: true })
	return family
}

function childOf(origin: Origin): Origin {
	if (origin === 'foreign') return 'foreign-born-here'
	return origin === 'granted' ? 'thai' : origin
}

/** A person for a place in a family; in no house yet. */
export function throwPerson(
	dice: Dice,
	member: Member,
	known: { running: number; familyName: readonly [string, string]; seed: number; asOf: CompleteDate },
): PersonRow {
	const given = dice.pick(member.gender === 'male' ? maleNames : femaleNames)
	const middle = dice.happens(0.02) ? dice.pick(middleNames) : (['', ''] as const)
	const year = YEAR_ZERO - 1 - member.age
	const birthdate = `${year}-${throwBirthday(dice, member.age)}`
	const title = throwTitle(dice, member, ageOn(fromStoredDate(birthdate), known.asOf))
	const nationality = member.origin === 'foreign' || member.origin === 'foreign-born-here' ? foreign(dice) : 'THA'
	return {
		pid: syntheticPid(categoryOf(dice, member.origin, year), scatter(known.running, known.seed)),
		running: known.running,
		nationality,
		status: member.householder ? 'normal' : throwStatus(dice, member.age),
		titleTh: title.th,
		titleEn: title.en,
		givenTh: given[0],
		givenEn: given[1],
		middleTh: middle[0],
		middleEn: middle[1],
		familyTh: known.familyName[0],
		familyEn: known.familyName[1],
		gender: member.gender,
		birthdate,
		houseCode: null,
	}
}

const foreign = (dice: Dice): string => dice.pick(['MMR', 'LAO', 'KHM', 'CHN', 'IND'])

/** Titles agree with gender and age: เด็กชาย and เด็กหญิง up to the day before the fifteenth birthday. */
function throwTitle(dice: Dice, { gender, married }: Member, age: number): BilingualText {
	const rare = dice.next()
	if (age < 15) return gender === 'male' ? titles.boy : titles.girl
	if (age >= 25 && age < 60 && rare < 0.002) return titles.policeCaptain
	if (gender === 'female') return married ? titles.mrs : titles.miss
	return age >= 20 && rare > 0.994 ? titles.monk : titles.mr
}

/** 1 or 2 by whether a birth from 2527 (1984) on was notified in time; 3, 4 or 5 for those before it. */
function categoryOf(dice: Dice, origin: Origin, birthYear: number): string {
	if (origin === 'foreign') return '6'
	if (origin === 'foreign-born-here') return '7'
	if (origin === 'granted') return '8'
	if (birthYear >= 1984) return dice.happens(0.95) ? '1' : '2'
	return dice.happens(0.9) ? '3' : dice.happens(0.5) ? '4' : '5'
}

function throwStatus(dice: Dice, age: number): PersonRow['status'] {
	const fate = dice.next()
	if (fate < (age > 70 ? 0.05 : 0.004)) return 'dead'
	if (fate > 0.997) return 'missing'
	if (fate > 0.994) return 'removed'
	return 'normal'
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `MM-DD`; of the old, some have no day in the register, and some neither. */
function throwBirthday(dice: Dice, age: number): string {
	const month = 1 + dice.upTo(12)
	const day = 1 + dice.upTo(28)
	if (age > 55 && dice.happens(0.06)) return dice.happens(0.5) ? '00-00' : `${two(month)}-00`
	return `${two(month)}-${two(day)}`
}

const NUMBERS = 1_000_000_000 - FIRST_UNNAMED

/**
 * Spreads running numbers over the nine free digits of a PID, none twice: multiplication by a prime that does not
 * divide the modulus (999,999,000 = 2³ · 3³ · 5³ · 7 · 11 · 13 · 37).
 */
function scatter(running: number, seed: number): number {
	const moved = BigInt(running) * 618_033_989n + BigInt(seed) * 104_729n
	return Number(moved % BigInt(NUMBERS)) + FIRST_UNNAMED
}
