import type { CompleteDate } from '../../../lib/thai/dates.ts'
import { FIRST_UNNAMED, syntheticHouseCode } from '../numbers.ts'
import { cardsOf } from './cards.ts'
import { type Dice, diceOf } from './dice.ts'
import { throwFamily, throwPerson } from './family.ts'
import type { DistrictPlace, Geography } from './geography.ts'
import { alleys, familyNames, roads } from './names.ts'
import { addressOf, type Rows } from './rows.ts'
import type { HouseholdRow } from './tables.ts'

/**
 * The crowd around the named people. Household by household, each thrown with dice of its own, so that a household is
 * the same whatever was made before it, a small country is the beginning of a large one, and a million people never
 * stand in memory together.
 */
const BATCH = 2_000
const BANGKOK = '10'

export interface Crowd {
	seed: number
	/** The day from which ages and cards are counted; births do not depend on it. */
	asOf: CompleteDate
}

/** `count` people in batches of about two thousand. */
export function* generatePopulation(geography: Geography, crowd: Crowd, count: number): Generator<Rows> {
	let rows: Rows = { households: [], persons: [], cards: [] }
	let made = 0
	for (let index = 0; made < count; index++) {
		made += addHousehold(rows, geography, crowd, { index, before: made, room: count - made })
		if (rows.persons.length >= BATCH || made === count) {
			yield rows
			rows = { households: [], persons: [], cards: [] }
		}
	}
}

/** @returns how many people it has: at least the householder, never more than there is room for. */
function addHousehold(
	rows: Rows,
	geography: Geography,
	crowd: Crowd,
	{ index, before, room }: { index: number; before: number; room: number },
): number {
	const dice = diceOf(crowd.seed, index)
	const district = dice.pick(geography.districts)
	const familyName = dice.pick(familyNames)
	const members = throwFamily(dice).slice(0, room)
	const house = throwHouse(dice, district, syntheticHouseCode(district.code, FIRST_UNNAMED + index))
	members.forEach((member, place) => {
		const running = FIRST_UNNAMED + before + place
		const person = throwPerson(dice, member, { running, familyName, seed: crowd.seed, asOf: crowd.asOf })
		if (place === 0) rows.households.push({ ...house, householderPid: person.pid })
		const inRegister = person.status === 'normal' || person.status === 'missing'
		rows.persons.push({ ...person, houseCode: inRegister ? house.code : null })
		const cards = cardsOf(dice, person, district.code, crowd.asOf)
		for (const card of cards) {
			// What the register no longer says, the card still prints.
			if (!inRegister) card.printedAddress = addressOf(house, geography)
			if (card.status === 'address_changed')
				card.printedAddress = addressOf({ ...house, houseNumber: String(501 + dice.upTo(400)) }, geography)
			rows.cards.push(card)
		}
	})
	return members.length
}

function throwHouse(dice: Dice, district: DistrictPlace, code: string): Omit<HouseholdRow, 'householderPid'> {
	const inTown = district.provinceCode === BANGKOK || dice.happens(0.3)
	return {
		code,
		houseNumber: dice.happens(0.4) ? `${1 + dice.upTo(400)}/${1 + dice.upTo(60)}` : String(1 + dice.upTo(500)),
		village: inTown ? '' : String(1 + dice.upTo(14)),
		lane: inTown && dice.happens(0.1) ? 'ข้างวัด' : '',
		alley: inTown && dice.happens(0.6) ? dice.pick(alleys) : '',
		road: inTown || dice.happens(0.1) ? dice.pick(roads) : '',
		subdistrictCode: dice.pick(district.subdistricts).code,
	}
}
