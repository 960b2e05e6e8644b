import { and, asc, eq, sql } from 'drizzle-orm'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import { fromStoredDate } from '../../../lib/thai/dates.ts'
import { asPid } from '../../../lib/thai/pid.ts'
import type { Address, Card, District, Person, Province, RegistrationOffice, RegistryRecord } from '../port.ts'
import { completeStoredDate } from './dates.ts'
import { cards, districts, households, offices, persons, provinces, subdistricts } from './tables.ts'

/** Drizzle over libSQL or over D1: single statements and `batch`, as everywhere in the house. */
export type SimulatorDb = Omit<LibSQLDatabase, 'transaction'>

/** A person's rows: what the register holds. */
export interface Found {
	person: typeof persons.$inferSelect
	household: typeof households.$inferSelect | null
	subdistrict: string | null
	district: { code: string; name: string } | null
	province: { code: string; name: string } | null
	card: typeof cards.$inferSelect | null
}

/** A person with house and latest card: one statement, each table entered by its key. */
export async function findRecord(db: SimulatorDb, pid: string): Promise<RegistryRecord | null> {
	const found = await findRow(db, pid)
	if (!found) return null
	return { person: toPerson(found), card: found.card && toCard(found.card, found) }
}

export async function findRow(db: SimulatorDb, pid: string): Promise<Found | null> {
	const query = findRowQueries.get(db) ?? prepareFindRow(db)
	findRowQueries.set(db, query)
	const [found] = await query.execute({ pid })
	return found ?? null
}

/** The statement of every sign-in: building its text anew would cost as much as running it. */
const findRowQueries = new WeakMap<SimulatorDb, ReturnType<typeof prepareFindRow>>()

function prepareFindRow(db: SimulatorDb) {
	return db
		.select({
			person: persons,
			household: households,
			subdistrict: subdistricts.nameTh,
			district: { code: districts.code, name: districts.nameTh },
			province: { code: provinces.code, name: provinces.nameTh },
			card: cards,
		})
		.from(persons)
		.leftJoin(households, eq(households.code, persons.houseCode))
		.leftJoin(subdistricts, eq(subdistricts.code, households.subdistrictCode))
		.leftJoin(districts, eq(districts.code, subdistricts.districtCode))
		.leftJoin(provinces, eq(provinces.code, districts.provinceCode))
		.leftJoin(cards, and(eq(cards.pid, persons.pid), eq(cards.latest, true)))
		.where(eq(persons.pid, sql.placeholder('pid')))
		.limit(1)
		.prepare()
}

/** Whose face stands on the latest card. */
export async function findSitter(db: SimulatorDb, pid: string) {
	const [sitter] = await db
		.select({
			gender: persons.gender,
			birthdate: persons.birthdate,
			titleTh: persons.titleTh,
			issuedOn: cards.issuedOn,
		})
		.from(persons)
		.innerJoin(cards, and(eq(cards.pid, persons.pid), eq(cards.latest, true)))
		.where(eq(persons.pid, pid))
		.limit(1)
	return sitter ?? null
}

/** All cards of a person, the latest first, with what a check of one needs. */
export async function findCards(db: SimulatorDb, pid: string) {
	return db
		.select({
			card: cards,
			status: persons.status,
			givenTh: persons.givenTh,
			familyTh: persons.familyTh,
			birthdate: persons.birthdate,
		})
		.from(persons)
		.innerJoin(cards, eq(cards.pid, persons.pid))
		.where(eq(persons.pid, pid))
		.orderBy(sql`${cards.latest} IS NULL`)
}

export function toPerson({ person, household, ...place }: Found): Person {
	const address = toAddress({ person, household, ...place })
	const householder = household?.householderPid === person.pid
	return {
		pid: asPid(person.pid),
		nationality: person.nationality,
		status: person.status,
		title: { th: person.titleTh, en: person.titleEn },
		givenName: { th: person.givenTh, en: person.givenEn },
		middleName: { th: person.middleTh, en: person.middleEn },
		familyName: { th: person.familyTh, en: person.familyEn },
		gender: person.gender,
		birthdate: fromStoredDate(person.birthdate),
		address,
		houseCode: address && person.houseCode,
		houseRole: address && (householder ? 'householder' : 'resident'),
	}
}

function toAddress({ household, subdistrict, district, province }: Omit<Found, 'card'>): Address | null {
	if (!household || subdistrict === null || !district || !province) return null
	return {
		houseNumber: household.houseNumber,
		village: household.village,
		lane: household.lane,
		alley: household.alley,
		road: household.road,
		subdistrict,
		district: district.name,
		province: province.name,
		provinceCode: province.code,
		districtCode: district.code,
		subdistrictCode: household.subdistrictCode,
	}
}

export function toCard(card: typeof cards.$inferSelect, found: Found): Card {
	const person = toPerson(found)
	const { title, givenName, middleName, familyName } = person
	return {
		number: card.number,
		laserCode: card.laserCode,
		chipNumber: card.chipNumber,
		status: card.status,
		issuedOn: completeStoredDate(card.issuedOn),
		expiresOn: card.expiresOn === null ? null : completeStoredDate(card.expiresOn),
		issuingOffice: card.officeCode,
		printedName: card.printedName ?? { title, givenName, middleName, familyName },
		printedAddress: card.printedAddress ?? person.address,
	}
}

export async function listProvinces(db: SimulatorDb): Promise<Province[]> {
	const rows = await db.select().from(provinces).orderBy(asc(provinces.code))
	return rows.map((row) => ({ code: row.code, name: { th: row.nameTh, en: row.nameEn } }))
}

export async function listDistricts(db: SimulatorDb, provinceCode: string): Promise<District[]> {
	const rows = await db
		.select()
		.from(districts)
		.where(eq(districts.provinceCode, provinceCode))
		.orderBy(asc(districts.code))
	return rows.map((row) => ({
		code: row.code,
		provinceCode: row.provinceCode,
		name: { th: row.nameTh, en: row.nameEn },
	}))
}

export async function listOffices(db: SimulatorDb, districtCode: string | null): Promise<RegistrationOffice[]> {
	const rows = await db
		.select()
		.from(offices)
		.where(districtCode === null ? undefined : eq(offices.districtCode, districtCode))
		.orderBy(asc(offices.code))
	return rows.map(toOffice)
}

export async function findOffice(db: SimulatorDb, code: string): Promise<RegistrationOffice | null> {
	const [row] = await db.select().from(offices).where(eq(offices.code, code)).limit(1)
	return row ? toOffice(row) : null
}

const toOffice = (row: typeof offices.$inferSelect): RegistrationOffice => ({
	code: row.code,
	name: { th: row.nameTh, en: row.nameEn },
	kind: row.kind,
	districtCode: row.districtCode,
	provinceCode: row.provinceCode,
})
