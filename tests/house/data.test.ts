import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { getTableName } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { plain, secret } from '../../db/columns.ts'
import { dataMap, dataMapPath, schemaSources } from '../../tools/data-map.ts'
import { isCode, repository, sources, under } from './kit/sources.ts'
import { tablesDefined, tablesOf, unlabelledColumns } from './rules/columns.ts'
import { interactiveTransactions } from './rules/transactions.ts'

const code = sources((path) => isCode(path) && under('src', 'db')(path))

describe('every column says what it holds', () => {
	const schemas = code.filter((source) => tablesDefined(source) > 0)

	test.each(schemas.map((source) => [source.path, source] as const))('%s', async (path, source) => {
		const tables = tablesOf(await import(resolve(repository, path)))
		// A table that is not exported could hide a column.
		expect(tables).toHaveLength(tablesDefined(source))
		expect(unlabelledColumns(tables)).toEqual([])
	})

	test('there are tables to look at, and all of the product’s own are in db/schema', async () => {
		expect(schemas.length).toBeGreaterThanOrEqual(5)
		const { schema } = await import('../../db/client.ts')
		const names = tablesOf(schema).map(getTableName)
		expect(new Set(names).size).toBe(names.length)
		const own = schemas.filter(({ path }) => path.startsWith('db/'))
		expect(own.reduce((sum, source) => sum + tablesDefined(source), 0)).toBe(names.length)
		// The simulator of somebody else's system has a database of its own; nobody else defines tables.
		const elsewhere = schemas.map(({ path }) => path).filter((path) => !/^db\/schema\/|\/simulator\//.test(path))
		expect(elsewhere).toEqual([])
	})

	test('the rule can fail', () => {
		const table = sqliteTable('t', { id: plain(text().primaryKey()), hash: secret(text()), forgotten: integer() })
		expect(unlabelledColumns([table])).toEqual(['t.forgotten has no label'])
		expect(tablesDefined({ path: 'src/x.ts', text: `const hidden = sqliteTable('h', {})` })).toBe(1)
	})
})

describe('the data map', () => {
	test('is what the schema says (else: bun run data-map)', async () => {
		expect(await Bun.file(dataMapPath).text()).toBe(await dataMap(schemaSources()))
	})

	test('tells each column with its label and its comment', async () => {
		const page = await dataMap(schemaSources())
		expect(page).toContain('| `pid_index` | text | **personal** | Keyed hash of the PID: how an account is found. |')
		expect(page).not.toContain('none!')
	})
})

describe('no interactive transactions', () => {
	test('nobody opens one', () => {
		expect(interactiveTransactions(code)).toEqual([])
	})

	test('the rule can fail', () => {
		const opened = (text: string) => interactiveTransactions([{ path: 'src/x.ts', text }])
		expect(opened('await db.transaction(async (tx) => {})')).toHaveLength(1)
		expect(opened(`await db?.['transaction'](async (tx) => {})`)).toHaveLength(1)
		expect(opened('const transaction = 1 // db.transaction()')).toEqual([])
	})
})
