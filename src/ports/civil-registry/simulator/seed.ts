import { getTableColumns, inArray, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type CompleteDate, toStoredDate } from '../../../lib/thai/dates.ts'
import { type Geography, readGeography } from './geography.ts'
import type { SimulatorDb } from './look-ups.ts'
import { generatePopulation } from './population.ts'
import { namedRows, type Rows } from './rows.ts'
import {
	cards,
	country,
	createStatements,
	districts,
	households,
	indexStatements,
	offices,
	persons,
	provinces,
	subdistricts,
} from './tables.ts'

/** Changes whenever the same seed would give other people: an older file is then made anew. */
export const EDITION = '1'

export interface Country {
	seed: number
	/** Persons in all, the named ones among them. */
	population: number
	asOf: CompleteDate
}

/** @param made persons so far */
export type Progress = (made: number, of: number) => void

/** The row that a whole country has; `null` where there is none. */
export async function readCountry(
	db: SimulatorDb,
): Promise<{ edition: string; seed: number; population: number } | null> {
	const [table] = await db
		.select({ name: sql<string>`name` })
		.from(sql`sqlite_master`)
		.where(sql`type = 'table' AND name = 'country'`)
	if (!table) return null
	const [row] = await db.select().from(country).limit(1)
	return row ?? null
}

/** Puts the named people back as they were, with dates that count from a day. */
export async function restoreNamedPeople(db: SimulatorDb, asOf: CompleteDate): Promise<void> {
	const rows = namedRows(readGeography(), asOf)
	const pids = rows.persons.map((person) => person.pid)
	await db.batch([
		db.delete(cards).where(inArray(cards.pid, pids)),
		db.delete(persons).where(inArray(persons.pid, pids)),
		db.delete(households).where(
			inArray(
				households.code,
				rows.households.map((household) => household.code),
			),
		),
		insertAll(db, households, rows.households),
		insertAll(db, persons, rows.persons),
		insertAll(db, cards, rows.cards),
	])
}

/** Makes the whole country in an empty or half-made database. The row in `country` comes last. */
export async function seedCountry(db: SimulatorDb, wanted: Country, onProgress: Progress = () => {}): Promise<void> {
	for (const statement of createStatements()) await db.run(sql.raw(statement))
	const geography = readGeography()
	await writeGeography(db, geography)
	const named = namedRows(geography, wanted.asOf)
	let made = 0
	const write = async (rows: Rows): Promise<void> => {
		await db.batch([
			insertAll(db, households, rows.households),
			insertAll(db, persons, rows.persons),
			insertAll(db, cards, rows.cards),
		])
		made += rows.persons.length
		onProgress(made, wanted.population)
	}
	await write(named)
	for (const rows of generatePopulation(geography, wanted, wanted.population - named.persons.length)) {
		await write(rows)
		// libSQL frees a statement, and the text bound to it, on a turn of the event loop, which awaiting it never gives.
		await new Promise((resolve) => setTimeout(resolve))
	}
	for (const statement of indexStatements) await db.run(sql.raw(statement))
	await insertAll(db, country, [{ ...wanted, edition: EDITION, asOf: toStoredDate(wanted.asOf) }])
}

async function writeGeography(db: SimulatorDb, geography: Geography): Promise<void> {
	await db.batch([
		insertAll(
			db,
			provinces,
			geography.provinces.map(({ code, th, en }) => ({ code, nameTh: th, nameEn: en })),
		),
		insertAll(
			db,
			districts,
			geography.districts.map(({ code, provinceCode, th, en }) => ({ code, provinceCode, nameTh: th, nameEn: en })),
		),
		insertAll(
			db,
			subdistricts,
			geography.districts.flatMap((district) =>
				district.subdistricts.map(({ code, th }) => ({ code, districtCode: district.code, nameTh: th })),
			),
		),
		insertAll(
			db,
			offices,
			geography.offices.map(({ name, ...office }) => ({ ...office, nameTh: name.th, nameEn: name.en })),
		),
	])
}

/**
 * Any number of rows in one statement with one parameter: the rows travel as JSON. D1 binds no more than 100 values a
 * statement, so that multi-row VALUES would need hundreds of statements there; in a file both ways cost the same.
 */
export function insertAll<T extends SQLiteTable>(db: SimulatorDb, table: T, rows: readonly T['$inferInsert'][]) {
	const keys = Object.keys(getTableColumns(table))
	const packed = JSON.stringify(rows.map((row) => keys.map((key) => (row as Record<string, unknown>)[key] ?? null)))
	const values = sql.raw(keys.map((_, index) => `value->>${index}`).join(', '))
	return db.insert(table).select(sql`SELECT ${values} FROM json_each(${packed})`)
}
