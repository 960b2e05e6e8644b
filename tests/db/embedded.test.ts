import { describe, expect, test } from 'bun:test'
import type { Client, InValue } from '@libsql/client'
import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql'
import { blob, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CLIENTS, failure, ids, insert, withTable } from './contract.ts'

const table = sqliteTable('t', {
	id: integer().primaryKey(),
	word: text(),
	amount: real(),
	raw: blob({ mode: 'buffer' }),
	owner: text(),
})

describe.each(Object.entries(CLIENTS))('a database file by %s', (_name, open) => {
	const withClient = (work: (client: Client, another: () => Client) => Promise<void>) => () => withTable(open, work)

	test(
		'values come back as they went in',
		withClient(async (client) => {
			const raw = new Uint8Array([0, 1, 255]).buffer
			await client.execute({
				sql: 'INSERT INTO t VALUES (?, ?, ?, ?, ?)',
				args: [2 ** 53 - 1, 'สมชาย🙂', 0.1, raw, null],
			})
			const { rows, columns } = await client.execute('SELECT id, word, amount, raw, owner FROM t')
			expect(columns).toEqual(['id', 'word', 'amount', 'raw', 'owner'])
			const [row] = rows
			expect(Array.prototype.slice.call(row)).toEqual([2 ** 53 - 1, 'สมชาย🙂', 0.1, raw, null])
			expect(Object.keys(row ?? {})).toEqual(['id', 'word', 'amount', 'raw', 'owner'])
			expect({ ...row }).toEqual({ id: 2 ** 53 - 1, word: 'สมชาย🙂', amount: 0.1, raw, owner: null })
		}),
	)

	test.each([
		[true, 1],
		[false, 0],
		[new Date(5), 5],
		[12n, 12],
		['', ''],
		[-0.5, -0.5],
		[1e300, 1e300],
		[2, 2],
	] as [InValue, unknown][])('%p is stored as %p', (given, stored) =>
		withTable(open, async (client) => {
			const { rows } = await client.execute({ sql: 'SELECT ? AS value', args: [given] })
			expect(rows[0]?.value).toEqual(stored as never)
		}),
	)

	test.each([
		[Number.NaN, 'RangeError'],
		[Number.POSITIVE_INFINITY, 'RangeError'],
		[2n ** 64n, 'RangeError'],
		[undefined, 'TypeError'],
	] as [InValue, string][])('%p is refused, and its batch with it', (given, kind) =>
		withTable(open, async (client) => {
			const write = { sql: 'INSERT INTO t (id, word) VALUES (?, ?)', args: [2, given] }
			expect((await failure(client.execute(write)))?.name).toBe(kind)
			expect((await failure(client.batch([insert(1), write], 'write')))?.name).toBe(kind)
			expect(await ids(client)).toEqual([])
		}),
	)

	test(
		'an integer that no number holds is refused, not rounded',
		withClient(async (client) => {
			expect((await failure(client.execute('SELECT 9007199254740993')))?.name).toBe('RangeError')
		}),
	)

	test(
		'of two columns of one name the first has it, and both have their places',
		withClient(async (client) => {
			const { rows, columns } = await client.execute('SELECT 1 AS a, 2 AS a, 3 AS length')
			expect(columns).toEqual(['a', 'a', 'length'])
			expect(rows[0]?.a).toBe(1)
			expect(Array.prototype.slice.call(rows[0])).toEqual([1, 2, 3])
		}),
	)

	test(
		'Drizzle reads typed rows, raw rows and the rows of a batch',
		withClient(async (client) => {
			const db = drizzle(client, { schema: { table } })
			const row = { id: 1, word: 'ก', amount: 2.5, raw: Buffer.from([7]), owner: null }
			await db.insert(table).values(row)
			expect(await db.select().from(table)).toEqual([row])
			expect(await db.query.table.findFirst()).toEqual(row)
			expect(await db.all(sql`SELECT id, word FROM t`)).toEqual([{ id: 1, word: 'ก' }])
			expect(await db.get(sql`SELECT word FROM t`)).toEqual({ word: 'ก' })
			expect(await db.values(sql`SELECT id, word FROM t`).then(([found]) => found?.[1])).toBe('ก')
			const [updated, all] = await db.batch([
				db.update(table).set({ word: 'ข' }).where(eq(table.id, 1)).returning({ word: table.word }),
				db.select().from(table),
			])
			expect(updated).toEqual([{ word: 'ข' }])
			expect(all).toEqual([{ ...row, word: 'ข' }])
		}),
	)

	test(
		'what a statement changed is counted',
		withClient(async (client) => {
			const [first, second] = await client.batch([insert(7), insert(8)], 'write')
			expect([first?.rowsAffected, first?.lastInsertRowid]).toEqual([1, 7n])
			expect(second?.lastInsertRowid).toBe(8n)
			expect((await client.execute("UPDATE t SET word = 'y'")).rowsAffected).toBe(2)
			expect(JSON.parse(JSON.stringify(await client.execute('SELECT id, raw FROM t')))).toMatchObject({
				columns: ['id', 'raw'],
				rows: [
					[7, null],
					[8, null],
				],
				lastInsertRowid: null,
			})
		}),
	)

	test(
		'arguments by name',
		withClient(async (client) => {
			const named = (args: Record<string, InValue>) =>
				client.execute({ sql: 'SELECT :a AS a, @b AS b', args }).then(({ rows }) => ({ ...rows[0] }))
			expect(await named({ a: 1, '@b': 'x' })).toEqual({ a: 1, b: 'x' })
			expect(await named({ a: 2 })).toEqual({ a: 2, b: null })
		}),
	)

	test(
		'an argument that is left out is NULL, never what the last caller gave',
		withClient(async (client) => {
			const read = (args: InValue[]) =>
				client.execute({ sql: 'SELECT ? AS a, ? AS b', args }).then(({ rows }) => ({ ...rows[0] }))
			expect(await read(['mine', 'secret'])).toEqual({ a: 'mine', b: 'secret' })
			expect(await read(['yours'])).toEqual({ a: 'yours', b: null })
			expect(await read([])).toEqual({ a: null, b: null })
		}),
	)

	test(
		'errors have the same codes, and a batch says which statement',
		withClient(async (client) => {
			await client.execute(insert(1))
			const twice = { code: 'SQLITE_CONSTRAINT', extendedCode: 'SQLITE_CONSTRAINT_PRIMARYKEY', rawCode: 1555 }
			expect(await failure(client.execute(insert(1)))).toEqual({
				name: 'LibsqlError',
				...twice,
				statementIndex: undefined,
			})
			expect(await failure(client.batch([insert(2), insert(1)], 'write'))).toEqual({
				name: 'LibsqlBatchError',
				...twice,
				statementIndex: 1,
			})
			expect(await failure(client.execute('SELEC'))).toMatchObject({ name: 'LibsqlError', code: 'SQLITE_ERROR' })
			expect(await failure(client.execute('SELECT nothing FROM t'))).toMatchObject({ code: 'SQLITE_ERROR' })
			expect(await failure(client.batch(['SELECT nothing FROM t'], 'read'))).toMatchObject({
				code: 'SQLITE_ERROR',
				statementIndex: 0,
			})
			// The statement that failed is fit for the next caller.
			await client.execute(insert(2))
			expect(await ids(client)).toEqual([1, 2])
		}),
	)

	test(
		'a batch is stored whole or not at all',
		withClient(async (client) => {
			expect(await failure(client.batch([insert(1), insert(1)], 'write'))).not.toBeNull()
			expect(await ids(client)).toEqual([])
			await client.batch([insert(1), insert(2)], 'write')
			expect(await ids(client)).toEqual([1, 2])
			expect(await client.batch([], 'write')).toEqual([])
		}),
	)

	test(
		'a failing batch between good ones takes only itself',
		withClient(async (client) => {
			await client.execute(insert(5))
			const outcomes = await Promise.allSettled([
				client.batch([insert(1), insert(2)], 'write'),
				client.batch([insert(3), insert(5), insert(4)], 'write'),
				client.execute(insert(6)),
				client.execute(insert(5)),
			])
			expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
			expect(await ids(client)).toEqual([1, 2, 5, 6])
		}),
	)

	test(
		'64 writers at once are all stored, each told its own rows',
		withClient(async (client, another) => {
			const writers = Array.from({ length: 64 }, (_, i) =>
				client.batch(
					[insert(i), { sql: 'UPDATE t SET word = ? WHERE id = ? RETURNING word', args: [`w${i}`, i] }],
					'write',
				),
			)
			const words = (await Promise.all(writers)).map(([, updated]) => updated?.rows[0]?.word)
			expect(words).toEqual(Array.from({ length: 64 }, (_, i) => `w${i}`))
			expect(await ids(another())).toHaveLength(64)
		}),
	)

	test(
		'of 64 that want one row, one has it',
		withClient(async (client) => {
			await client.execute(insert(1))
			const take = (who: string) =>
				client.batch(
					[
						{ sql: 'UPDATE t SET owner = ? WHERE id = 1 AND owner IS NULL RETURNING owner', args: [who] },
						{ sql: 'INSERT INTO t (word) SELECT ? WHERE (SELECT owner FROM t WHERE id = 1) = ?', args: [who, who] },
					],
					'write',
				)
			const results = await Promise.all(Array.from({ length: 64 }, (_, i) => take(`${i}`)))
			expect(results.filter(([taken]) => taken?.rows.length === 1)).toHaveLength(1)
			expect(await ids(client)).toHaveLength(2)
		}),
	)

	test(
		'no transaction is left open',
		withClient(async (client, another) => {
			await client.execute('BEGIN IMMEDIATE')
			await client.executeMultiple('BEGIN; INSERT INTO t (id) VALUES (1)')
			await another().execute(insert(2))
			expect(await ids(client)).toEqual([2])
		}),
	)

	test(
		'a statement sees a column that was added, by itself or by another',
		withClient(async (client, another) => {
			await client.execute(insert(1))
			const all = 'SELECT * FROM t'
			const columns = async () => (await client.execute(all)).columns.length
			expect(await columns()).toBe(5)
			await client.execute('ALTER TABLE t ADD COLUMN more TEXT')
			expect(await columns()).toBe(6)
			await another().execute('ALTER TABLE t ADD COLUMN again TEXT')
			await client.execute("UPDATE t SET again = 'here'")
			const { rows } = await client.execute(all)
			expect(rows[0]?.again).toBe('here')
		}),
	)

	test(
		'schema changes as one, or none',
		withClient(async (client) => {
			await client.migrate(['CREATE TABLE u (id INTEGER)', 'INSERT INTO u VALUES (3)'])
			expect((await client.execute('SELECT id FROM u')).rows[0]?.id).toBe(3)
			expect(
				await failure(client.migrate(['CREATE TABLE v (id INTEGER)', 'CREATE TABLE v (id INTEGER)'])),
			).toMatchObject({
				statementIndex: 1,
			})
			expect(await failure(client.batch(['CREATE TABLE v (id INTEGER)', 'nonsense'], 'write'))).not.toBeNull()
			expect(await failure(client.execute('SELECT * FROM v'))).toMatchObject({ code: 'SQLITE_ERROR' })
		}),
	)

	test(
		'closed is closed; opened again it goes on',
		withClient(async (client) => {
			await client.execute(insert(1))
			client.close()
			expect(client.closed).toBe(true)
			for (const work of [client.execute('SELECT 1'), client.batch([insert(2)], 'write'), client.executeMultiple('')])
				expect(await failure(work)).toMatchObject({ code: 'CLIENT_CLOSED' })
			await client.reconnect()
			expect(await ids(client)).toEqual([1])
		}),
	)
})
