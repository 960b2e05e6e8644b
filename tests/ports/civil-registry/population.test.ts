import { afterAll, describe, expect, test } from 'bun:test'
import { createClient } from '@libsql/client'
import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql'
import { labelOf } from '../../../db/columns.ts'
import { parsePid } from '../../../src/lib/thai/pid.ts'
import { namedPeople } from '../../../src/ports/civil-registry/index.ts'
import {
	openSimulator,
	readGeography,
	type SimulatorDb,
	tables,
} from '../../../src/ports/civil-registry/simulator/index.ts'

const clock = { now: () => Date.UTC(2026, 7, 17, 5) }
const TODAY = '2026-08-17'

async function country(population: number, options: { seed?: number; now?: number } = {}) {
	const client = createClient({ url: ':memory:' })
	const db: SimulatorDb = drizzle(client)
	await openSimulator({
		db,
		population,
		seed: options.seed,
		clock: options.now === undefined ? clock : { now: () => options.now ?? 0 },
	})
	const all = <T>(query: string) => db.all<T>(sql.raw(query))
	return { db, all, close: () => client.close() }
}

const { all, close, db } = await country(2_000)
afterAll(close)
const count = async (query: string): Promise<number> =>
	(await all<{ n: number }>(`SELECT count(*) AS n FROM ${query}`))[0]?.n ?? -1

describe('two thousand people', () => {
	test('are exactly as many as were asked for', async () => {
		expect(await count('persons')).toBe(2_000)
		const small = await country(namedPeople.length)
		expect(await small.all('SELECT 1 FROM persons')).toHaveLength(namedPeople.length)
		small.close()
	})

	test('have right, single numbers in a province that does not exist', async () => {
		const rows = await all<{ pid: string }>('SELECT pid FROM persons')
		for (const { pid } of rows) {
			expect(parsePid(pid)).toEqual({ pid: pid as never })
			expect(pid.slice(1, 3)).toBe('98')
		}
		expect(new Set(rows.map(({ pid }) => pid)).size).toBe(2_000)
		const provinces = new Set(readGeography().provinces.map(({ code }) => code))
		expect(provinces.has('98')).toBe(false)
	})

	test('hold single cards: a latest one each at most, laser codes that no printer makes', async () => {
		expect(await count('(SELECT pid FROM cards WHERE latest = 1 GROUP BY pid HAVING count(*) > 1)')).toBe(0)
		expect(
			await count(
				'(SELECT laser_code FROM cards WHERE laser_code IS NOT NULL GROUP BY laser_code HAVING count(*) > 1)',
			),
		).toBe(0)
		expect(await count("cards WHERE laser_code NOT GLOB 'ZZ[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'")).toBe(
			0,
		)
		expect(await count('cards WHERE latest IS NULL')).toBeGreaterThan(10)
		expect(
			await count(
				'cards c WHERE latest IS NULL AND number >= (SELECT number FROM cards l WHERE l.pid = c.pid AND l.latest = 1)',
			),
		).toBe(0)
	})

	test('show every status of card and person, and every age of expiry', async () => {
		const of = async (column: string, table: string) =>
			(await all<{ v: string }>(`SELECT DISTINCT ${column} AS v FROM ${table} ORDER BY 1`)).map(({ v }) => v)
		expect(await of('status', 'cards WHERE latest = 1')).toEqual([
			'abnormal',
			'address_changed',
			'cancelled',
			'damaged',
			'lost',
			'name_changed',
			'normal',
		])
		expect(await of('status', 'persons')).toEqual(['dead', 'missing', 'normal', 'removed'])
		const years = await of('substr(expires_on, 1, 4)', 'cards WHERE latest = 1 AND expires_on IS NOT NULL')
		for (let year = 2023; year <= 2033; year++) expect(years).toContain(String(year))
		expect(await count('cards WHERE expires_on IS NULL AND laser_code IS NULL')).toBeGreaterThan(0)
		expect(await count('cards WHERE expires_on IS NULL AND laser_code IS NOT NULL')).toBeGreaterThan(0)
		expect(await count("persons WHERE birthdate LIKE '%-00-00'")).toBeGreaterThan(0)
		expect(await count("persons WHERE birthdate LIKE '%-00' AND birthdate NOT LIKE '%-00-00'")).toBeGreaterThan(0)
	})

	test('no card is from tomorrow, or ends before it begins, or belongs to a small child or a foreigner', async () => {
		expect(await count(`cards WHERE issued_on > '${TODAY}' OR issued_on > coalesce(expires_on, issued_on)`)).toBe(0)
		expect(
			await count('cards JOIN persons USING (pid) WHERE substr(issued_on, 1, 4) - substr(birthdate, 1, 4) < 7'),
		).toBe(0)
		expect(await count("cards JOIN persons USING (pid) WHERE nationality IS NOT 'THA'")).toBe(0)
	})

	test('a name that changed, and a move, differ on the card', async () => {
		expect(await count("cards WHERE status = 'name_changed' AND latest = 1 AND printed_name IS NULL")).toBe(0)
		expect(await count("cards WHERE status = 'address_changed' AND latest = 1 AND printed_address IS NULL")).toBe(0)
	})

	test('bear titles that agree with gender and age', async () => {
		const fits: Record<string, string> = {
			นาย: "gender = 'male' AND age >= 15",
			นาง: "gender = 'female' AND age >= 15",
			นางสาว: "gender = 'female' AND age >= 15",
			เด็กชาย: "gender = 'male' AND age < 15",
			เด็กหญิง: "gender = 'female' AND age < 15",
			พระ: "gender = 'male' AND age >= 20",
			ร้อยตำรวจเอก: 'age >= 25',
			หม่อมหลวง: 'age >= 0',
		}
		const age = `(2026 - substr(birthdate, 1, 4) - (substr(birthdate, 6) > '08-17'))`
		for (const [title, rule] of Object.entries(fits)) {
			expect(await count(`persons WHERE title_th = '${title}'`)).toBeGreaterThan(0)
			expect(await count(`(SELECT *, ${age} AS age FROM persons) WHERE title_th = '${title}' AND NOT (${rule})`)).toBe(
				0,
			)
		}
		expect(await count(`persons WHERE title_th NOT IN (${Object.keys(fits).map((title) => `'${title}'`)})`)).toBe(0)
	})

	test('about two in a hundred have a middle name, in both scripts', async () => {
		const some = await count("persons WHERE middle_th <> ''")
		expect(some).toBeGreaterThan(20)
		expect(some).toBeLessThan(70)
		expect(await count("persons WHERE (middle_th = '') <> (middle_en = '')")).toBe(0)
	})

	test('are mostly Thai, by the first digit as by the register', async () => {
		expect(await count("persons WHERE nationality = 'THA' AND substr(pid, 1, 1) IN ('0', '6', '7')")).toBe(0)
		expect(
			await count("persons WHERE nationality <> 'THA' AND running >= 1000 AND substr(pid, 1, 1) NOT IN ('6', '7')"),
		).toBe(0)
		for (const category of ['1', '2', '3', '4', '5', '6', '7', '8'])
			expect(await count(`persons WHERE running >= 1000 AND pid LIKE '${category}%'`)).toBeGreaterThan(0)
	})
})

describe('households', () => {
	test('have exactly one householder each, who is a person, and lives there but for one second house', async () => {
		expect(await count('(SELECT code FROM households GROUP BY code HAVING count(*) <> 1)')).toBe(0)
		expect(await count('households WHERE householder_pid NOT IN (SELECT pid FROM persons)')).toBe(0)
		const elsewhere = await all<{ code: string }>(
			'SELECT code FROM households JOIN persons ON pid = householder_pid WHERE house_code IS NOT code',
		)
		expect(elsewhere).toEqual([{ code: '10030000011' }])
	})

	test('cannot have two, or none: the database refuses', async () => {
		const refused = (statement: string) => expect(Promise.resolve(db.run(sql.raw(statement)))).rejects.toThrow()
		await refused(
			`INSERT INTO households SELECT code, '1980000000027', '1', '', '', '', '', subdistrict_code FROM households LIMIT 1`,
		)
		await refused(`UPDATE households SET householder_pid = NULL WHERE code = '13060000001'`)
	})

	test('are where their people are: none is empty, nobody lives in one that is not there', async () => {
		expect(
			await count('households WHERE code NOT IN (SELECT house_code FROM persons WHERE house_code IS NOT NULL)'),
		).toBe(0)
		expect(
			await count('persons WHERE house_code IS NOT NULL AND house_code NOT IN (SELECT code FROM households)'),
		).toBe(0)
		expect(await count("persons WHERE status IN ('dead', 'removed') AND house_code IS NOT NULL")).toBe(0)
	})

	test('have codes of eleven digits that begin with their office, in a place that exists', async () => {
		expect(
			await count('households WHERE length(code) <> 11 OR substr(code, 1, 4) NOT IN (SELECT code FROM offices)'),
		).toBe(0)
		expect(await count('households WHERE subdistrict_code NOT IN (SELECT code FROM subdistricts)')).toBe(0)
		expect(await count('households WHERE substr(code, 1, 4) <> substr(subdistrict_code, 1, 4)')).toBe(0)
	})
})

describe('the same seed', () => {
	const everything = async (of: Awaited<ReturnType<typeof country>>) => ({
		persons: await of.all('SELECT * FROM persons ORDER BY pid'),
		households: await of.all('SELECT * FROM households ORDER BY code'),
		cards: await of.all('SELECT * FROM cards ORDER BY number'),
	})

	test('gives the same country, down to the last row', async () => {
		const [one, two] = [await country(500), await country(500)]
		expect(await everything(one)).toEqual(await everything(two))
		one.close()
		two.close()
	})

	test('gives the same people in a larger country', async () => {
		const small = await country(300)
		const missing = (await small.all<{ pid: string }>('SELECT pid FROM persons')).map(({ pid }) => pid)
		const found = await count(`persons WHERE pid IN (${missing.map((pid) => `'${pid}'`)})`)
		expect(found).toBe(300)
		small.close()
	})

	test('gives the same births and homes on another day; only cards and titles go with the day', async () => {
		const [now, later] = [await country(400), await country(400, { now: Date.UTC(2029, 1, 3) })]
		const lives = `SELECT pid, given_th, family_th, gender, house_code, CASE WHEN running < 1000 THEN '' ELSE birthdate END AS birth FROM persons ORDER BY pid`
		expect(await later.all(lives)).toEqual(await now.all(lives))
		expect(await later.all("SELECT 1 FROM cards WHERE issued_on > '2029-02-03'")).toEqual([])
		const expiry = `SELECT expires_on AS e FROM cards WHERE pid = '1980000000086'`
		expect(await now.all<{ e: string }>(expiry)).toEqual([{ e: '2026-08-14' }])
		expect(await later.all<{ e: string }>(expiry)).toEqual([{ e: '2029-01-31' }])
		now.close()
		later.close()
	})

	test('and another seed other people, but for the named ones', async () => {
		const [one, two] = [await country(300), await country(300, { seed: 2 })]
		const pids = async (of: typeof one) =>
			new Set((await of.all<{ pid: string }>('SELECT pid FROM persons')).map(({ pid }) => pid))
		const both = (await pids(one)).intersection(await pids(two))
		expect([...both].sort()).toEqual(namedPeople.map(({ pid }): string => pid).sort())
		one.close()
		two.close()
	})
})

test('every column of the country says what it holds', () => {
	for (const table of Object.values(tables))
		for (const [key, column] of Object.entries(getTableColumns(table)))
			expect([getTableName(table), key, labelOf(column)]).toEqual([getTableName(table), key, expect.any(String)])
})
