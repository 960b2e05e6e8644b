import { type CompleteDate, toStoredDate } from '../../../lib/thai/dates.ts'
import { households, namedPeople } from '../named-people.ts'
import type { NamedCard, NamedHousehold, NamedPerson } from '../named-person.ts'
import { syntheticCardNumber, syntheticChipNumber, syntheticLaserCode } from '../numbers.ts'
import type { Address } from '../port.ts'
import { addDays, inYear } from './dates.ts'
import type { Geography } from './geography.ts'
import type { CardRow, HouseholdRow, PersonRow } from './tables.ts'

/** A batch of the country, ready to be written. */
export interface Rows {
	households: HouseholdRow[]
	persons: PersonRow[]
	cards: CardRow[]
}

export const CARD_YEARS = 8

/** The named people as rows, their dates counted from a day. */
export function namedRows(geography: Geography, asOf: CompleteDate): Rows {
	const rows: Rows = { households: [], persons: [], cards: [] }
	const pidOf = new Map<string, string>(namedPeople.map((named) => [named.key, named.pid]))
	for (const { householder, ...house } of Object.values(households)) {
		rows.households.push({ ...house, householderPid: pidOf.get(householder) ?? '' })
	}
	for (const named of namedPeople) {
		rows.persons.push(personRow(named, asOf))
		if (named.card) rows.cards.push(...cardRows(named, named.card, geography, asOf))
	}
	return rows
}

function personRow(named: NamedPerson, asOf: CompleteDate): PersonRow {
	const house = named.household === null ? null : households[named.household]
	return {
		pid: named.pid,
		running: named.running,
		nationality: named.nationality,
		status: named.status,
		titleTh: named.title.th,
		titleEn: named.title.en,
		givenTh: named.givenName.th,
		givenEn: named.givenName.en,
		middleTh: named.middleName.th,
		middleEn: named.middleName.en,
		familyTh: named.familyName.th,
		familyEn: named.familyName.en,
		gender: named.gender,
		birthdate: toStoredDate(birthOf(named, asOf)),
		houseCode: house?.code ?? null,
	}
}

/** An age means: had that birthday a hundred days ago, so that it holds for most of a year. */
function birthOf(named: NamedPerson, asOf: CompleteDate) {
	if (!('age' in named.birth)) return named.birth
	const birthday = addDays(asOf, -100)
	return inYear(birthday, birthday.year - named.birth.age)
}

function cardRows(named: NamedPerson, card: NamedCard, geography: Geography, asOf: CompleteDate): CardRow[] {
	const expiresOn = card.expiresIn === 'lifelong' ? null : addDays(asOf, card.expiresIn)
	const issuedOn = expiresOn ? inYear(expiresOn, expiresOn.year - CARD_YEARS) : inYear(asOf, asOf.year - 5)
	const printed = card.printed
	const printedHouse = printed?.household === undefined ? undefined : households[printed.household]
	return Array.from({ length: card.generation }, (_, index): CardRow => {
		const generation = index + 1
		const latest = generation === card.generation
		const yearsBefore = (card.generation - generation) * CARD_YEARS
		return {
			number: syntheticCardNumber(named.running, generation),
			pid: named.pid,
			latest: latest ? true : null,
			status: latest ? card.status : 'cancelled',
			laserCode: card.smart ? syntheticLaserCode(named.running, generation) : null,
			chipNumber: card.smart ? syntheticChipNumber(named.running, generation) : null,
			issuedOn: toStoredDate(inYear(issuedOn, issuedOn.year - yearsBefore)),
			expiresOn: expiresOn && toStoredDate(inYear(expiresOn, expiresOn.year - yearsBefore)),
			officeCode: (named.household && households[named.household]?.code.slice(0, 4)) || '1306',
			printedName:
				printed?.familyName || printed?.givenName
					? {
							title: named.title,
							givenName: printed.givenName ?? named.givenName,
							middleName: named.middleName,
							familyName: printed.familyName ?? named.familyName,
						}
					: null,
			printedAddress: printedHouse ? addressOf(printedHouse, geography) : null,
		}
	})
}

/** A house's address as the register spells it out. @throws Error where its sub-district is not in the data. */
export function addressOf(house: Omit<NamedHousehold, 'householder'>, geography: Geography): Address {
	const district = geography.districts.find((one) => one.code === house.subdistrictCode.slice(0, 4))
	const subdistrict = district?.subdistricts.find((one) => one.code === house.subdistrictCode)
	const province = geography.provinces.find((one) => one.code === district?.provinceCode)
	if (!district || !subdistrict || !province) throw new Error(`no sub-district ${house.subdistrictCode}`)
	return {
		houseNumber: house.houseNumber,
		village: house.village,
		lane: house.lane,
		alley: house.alley,
		road: house.road,
		subdistrict: subdistrict.th,
		district: district.th,
		province: province.th,
		provinceCode: province.code,
		districtCode: district.code,
		subdistrictCode: subdistrict.code,
	}
}
