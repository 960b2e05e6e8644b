import type { CompleteDate } from '../../../lib/thai/dates.ts'
import { FIRST_UNNAMED, syntheticHouseCode, syntheticPid } from '../numbers.ts'
import { cardOf } from './cards.ts'
import { type Dice, diceOf } from './dice.ts'
import type { Geography } from './geography.ts'
import { alleys, familyNames, femaleNames, maleNames, middleNames, roads } from './names.ts'
import type { Rows } from './rows.ts'
import type { PersonRow } from './tables.ts'

/**
 * The crowd around the named people. Household by household, each thrown with dice of its own, so that a household is
 * the same whatever was made before it, a small country is the beginning of a large one, and a million people never
 * stand in memory together.
 */
const BATCH = 2_000

/** Births are counted from this year and not from today: people keep their birthdays whenever the country is made. */
const BIRTH_YEAR_ZERO = 2026

interface Member {
	gender: 'male' | 'female'
	age: number
	married: boolean
}

export function* generatePopulation(
	geography: Geography,
	country: { seed: number; asOf: CompleteDate },
	count: number,
): Generator<Rows> {
	let rows: Rows = { households: [], persons: [], cards: [] }
	let made = 0
	for (let index = 0; made < count; index++) {
		made += addHousehold(rows, geography, country, index, made, count - made)
		if (rows.persons.length >= BATCH || made === count) {
			yield rows
			rows = { households: [], persons: [], cards: [] }
		}
	}
}

/** @returns how many people moved in: at least the householder, never more than there is room for. */
function addHousehold(
	rows: Rows,
	geography: Geography,
	country: { seed: number; asOf: CompleteDate },
	index: number,
	before: number,
	room: number,
): number {
	const dice = diceOf(country.seed, index)
	const district = dice.pick(geography.districts)
	const inTown = district.provinceCode === '10' || dice.happens(0.3)
	const family = dice.pick(familyNames)
	const members = throwFamily(dice).slice(0, room)
	const code = syntheticHouseCode(district.code, FIRST_UNNAMED + index)
	const people = members.map((member, place) => {
		const running = FIRST_UNNAMED + before + place
		return toPerson(dice, member, running, country.seed, family, code)
	})
	rows.households.push({
		code,
		householderPid: people[0]?.pid ?? '',
		houseNumber: dice.happens(0.4) ? `${1 + dice.upTo(400)}/${1 + dice.upTo(60)}` : String(1 + dice.upTo(500)),
		village: inTown ? '' : String(1 + dice.upTo(14)),
		lane: inTown && dice.happens(0.1) ? 'ข้างวัด' : '',
		alley: inTown && dice.happens(0.6) ? dice.pick(alleys) : '',
		road: inTown || dice.happens(0.1) ? dice.pick(roads) : '',
		subdistrictCode: dice.pick(district.subdistricts).code,
	})
	for (const person of people) {
		rows.persons.push(person)
		const card = cardOf(dice, person, district.code, country.asOf)
		if (card) rows.cards.push(card)
	}
	return people.length
}

/** A householder, perhaps a spouse, children, a parent. */
function throwFamily(dice: Dice): Member[] {
	const age = 25 + dice.upTo(60)
	const gender = dice.happens(0.5) ? 'male' : 'female'
	const married = dice.happens(0.6)
	const members: Member[] = [{ gender, age, married }]
	if (married) members.push({ gender: gender === 'male' ? 'female' : 'male', age: Math.max(20, age - 6 + dice.upTo(12)), married })
	const children = dice.upTo(age > 60 ? 2 : 4)
	for (let child = 0; child < children; child++) {
		const childAge = age - 20 - dice.upTo(20)
		if (childAge >= 0) members.push({ gender: dice.happens(0.5) ? 'male' : 'female', age: childAge, married: false })
	}
	if (age < 65 && dice.happens(0.15))
		members.push({ gender: dice.happens(0.4) ? 'male' : 'female', age: Math.min(96, age + 22 + dice.upTo(10)), married: true })
	return members
}

function toPerson(
	dice: Dice,
	{ gender, age, married }: Member,
	running: number,
	seed: number,
	family: readonly [string, string],
	houseCode: string,
): PersonRow {
	const given = dice.pick(gender === 'male' ? maleNames : femaleNames)
	const middle = dice.happens(0.02) ? dice.pick(middleNames) : (['', ''] as const)
	const title = titleOf(gender, age, married)
	const year = BIRTH_YEAR_ZERO - 1 - age
	return {
		pid: syntheticPid(categoryOf(dice, year), scatter(running, seed)),
		running,
		nationality: 'THA',
		status: throwStatus(dice, age),
		titleTh: title[0],
		titleEn: title[1],
		givenTh: given[0],
		givenEn: given[1],
		middleTh: middle[0],
		middleEn: middle[1],
		familyTh: family[0],
		familyEn: family[1],
		gender,
		birthdate: `${year}-${throwBirthday(dice, age)}`,
		houseCode,
	}
}

/** Titles agree with gender and age: เด็กชาย and เด็กหญิง up to the day before the fifteenth birthday. */
function titleOf(gender: Member['gender'], age: number, married: boolean): readonly [string, string] {
	if (gender === 'male') return age < 15 ? ['เด็กชาย', 'Master'] : ['นาย', 'Mr.']
	if (age < 15) return ['เด็กหญิง', 'Miss']
	return married ? ['นาง', 'Mrs.'] : ['นางสาว', 'Miss']
}

/** 1 or 2 by whether a birth from 1984 on was notified in time; 3, 4 or 5 for those before. */
function categoryOf(dice: Dice, birthYear: number): string {
	if (birthYear >= 1984) return dice.happens(0.95) ? '1' : '2'
	return dice.happens(0.9) ? '3' : dice.happens(0.5) ? '4' : '5'
}

function throwStatus(dice: Dice, age: number): PersonRow['status'] {
	const fate = dice.next()
	if (fate < (age > 70 ? 0.03 : 0.004)) return 'dead'
	if (fate > 0.998) return 'missing'
	if (fate > 0.996) return 'removed'
	return 'normal'
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `MM-DD`; the old sometimes have no day, or neither. */
function throwBirthday(dice: Dice, age: number): string {
	const month = 1 + dice.upTo(12)
	const day = 1 + dice.upTo(28)
	if (age > 55 && dice.happens(0.06)) return dice.happens(0.5) ? '00-00' : `${two(month)}-00`
	return `${two(month)}-${two(day)}`
}

const NUMBERS = 1_000_000_000 - FIRST_UNNAMED

/**
 * Spreads running numbers over the nine free digits of a PID, none twice: multiplication by a number without common
 * factor with the modulus. (999,999,000 = 2³ · 3³ · 5³ · 7 · 11 · 13 · 37; the factor is a prime above those.)
 */
function scatter(running: number, seed: number): number {
	const shifted = BigInt(running) * 618_033_989n + BigInt(seed) * 104_729n
	return Number(shifted % BigInt(NUMBERS)) + FIRST_UNNAMED
}
