import { getTableName } from 'drizzle-orm'
import { getTableConfig, integer, type SQLiteTable, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { personal, plain } from '../../../../db/columns.ts'
import type { Address, Card } from '../port.ts'

/**
 * The synthetic country's own tables, in a database of its own. Nothing is sealed here: these people do not exist.
 * Keys are indices that are made after the load, because a million rows load faster into tables without any.
 */

/** One row, written last: a database without it holds no whole country. */
export const country = sqliteTable('country', {
	edition: plain(text('edition').notNull()),
	seed: plain(integer('seed').notNull()),
	population: plain(integer('population').notNull()),
	/** The day from which cards' dates were counted. */
	asOf: plain(text('as_of').notNull()),
})

export const provinces = sqliteTable('provinces', {
	code: plain(text('code').notNull()),
	nameTh: plain(text('name_th').notNull()),
	nameEn: plain(text('name_en').notNull()),
})

export const districts = sqliteTable('districts', {
	code: plain(text('code').notNull()),
	provinceCode: plain(text('province_code').notNull()),
	nameTh: plain(text('name_th').notNull()),
	nameEn: plain(text('name_en').notNull()),
})

export const subdistricts = sqliteTable('subdistricts', {
	code: plain(text('code').notNull()),
	districtCode: plain(text('district_code').notNull()),
	nameTh: plain(text('name_th').notNull()),
})

export const offices = sqliteTable('offices', {
	code: plain(text('code').notNull()),
	nameTh: plain(text('name_th').notNull()),
	nameEn: plain(text('name_en').notNull()),
	kind: plain(text('kind', { enum: ['district', 'municipality'] }).notNull()),
	districtCode: plain(text('district_code').notNull()),
	provinceCode: plain(text('province_code').notNull()),
	/** 0: a stand-in; the official list of municipal offices is not public. */
	verified: plain(integer('verified', { mode: 'boolean' }).notNull()),
})

/** A house with people in it. One row a house and one householder a row: none has two, none has none. */
export const households = sqliteTable('households', {
	code: personal(text('code').notNull()),
	householderPid: personal(text('householder_pid').notNull()),
	houseNumber: personal(text('house_number').notNull()),
	village: personal(text('village').notNull()),
	lane: personal(text('lane').notNull()),
	alley: personal(text('alley').notNull()),
	road: personal(text('road').notNull()),
	subdistrictCode: personal(text('subdistrict_code').notNull()),
})

export const persons = sqliteTable('persons', {
	pid: personal(text('pid').notNull()),
	/** What card numbers are made from. */
	running: plain(integer('running').notNull()),
	nationality: personal(text('nationality')),
	status: personal(text('status', { enum: ['normal', 'dead', 'missing', 'removed'] }).notNull()),
	titleTh: personal(text('title_th').notNull()),
	titleEn: personal(text('title_en').notNull()),
	givenTh: personal(text('given_th').notNull()),
	givenEn: personal(text('given_en').notNull()),
	middleTh: personal(text('middle_th').notNull()),
	middleEn: personal(text('middle_en').notNull()),
	familyTh: personal(text('family_th').notNull()),
	familyEn: personal(text('family_en').notNull()),
	gender: personal(text('gender', { enum: ['male', 'female'] }).notNull()),
	/** `YYYY-MM-DD`, unknown parts 00. */
	birthdate: personal(text('birthdate').notNull()),
	houseCode: personal(text('house_code')),
})

export const cards = sqliteTable('cards', {
	number: personal(text('number').notNull()),
	pid: personal(text('pid').notNull()),
	/** 1 for the latest, NULL for those before it, so that one unique index over (pid, latest) keeps it single. */
	latest: plain(integer('latest', { mode: 'boolean' })),
	status: personal(
		text('status', {
			enum: ['normal', 'name_changed', 'address_changed', 'lost', 'damaged', 'cancelled', 'abnormal'],
		}).notNull(),
	),
	laserCode: personal(text('laser_code')),
	chipNumber: personal(text('chip_number')),
	issuedOn: personal(text('issued_on').notNull()),
	expiresOn: personal(text('expires_on')),
	officeCode: plain(text('office_code').notNull()),
	/** NULL: the card prints what the register holds. An edit of the register first writes the old words here. */
	printedName: personal(text('printed_name', { mode: 'json' }).$type<Card['printedName']>()),
	printedAddress: personal(text('printed_address', { mode: 'json' }).$type<Address>()),
})

export const tables = { country, provinces, districts, subdistricts, offices, households, persons, cards } as const

export type PersonRow = typeof persons.$inferInsert
export type HouseholdRow = typeof households.$inferInsert
export type CardRow = typeof cards.$inferInsert

/** Statements that make an empty country, whatever was there before. */
export function createStatements(): string[] {
	return Object.values(tables).flatMap((table) => [
		`DROP TABLE IF EXISTS ${getTableName(table)}`,
		`CREATE TABLE ${getTableName(table)} (${columnsOf(table)
			.map((column) => `${column.name} ${column.getSQLType()}${column.notNull ? ' NOT NULL' : ''}`)
			.join(', ')})`,
	])
}

export const columnsOf = (table: SQLiteTable) => getTableConfig(table).columns

/** Statements that make keys and indices, after the load. */
export const indexStatements: readonly string[] = [
	'CREATE UNIQUE INDEX provinces_code ON provinces (code)',
	'CREATE UNIQUE INDEX districts_code ON districts (code)',
	'CREATE INDEX districts_province ON districts (province_code)',
	'CREATE UNIQUE INDEX subdistricts_code ON subdistricts (code)',
	'CREATE UNIQUE INDEX offices_code ON offices (code)',
	'CREATE INDEX offices_district ON offices (district_code)',
	'CREATE UNIQUE INDEX households_code ON households (code)',
	'CREATE INDEX households_householder ON households (householder_pid)',
	'CREATE UNIQUE INDEX persons_pid ON persons (pid)',
	'CREATE INDEX persons_house ON persons (house_code)',
	'CREATE UNIQUE INDEX cards_number ON cards (number)',
	'CREATE UNIQUE INDEX cards_latest ON cards (pid, latest)',
]
