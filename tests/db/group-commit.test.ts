import { describe, expect, test } from 'bun:test'
import type { Client } from '@libsql/client'
import { createEmbeddedClient } from '../../db/embedded/index.ts'
import { CLIENTS, failure, ids, insert, withTable } from './contract.ts'

const open = CLIENTS.embedded as (path: string) => Client
const many = (client: Client, from = 1) =>
	Promise.allSettled(Array.from({ length: 5 }, (_, i) => client.batch([insert(from + i)], 'write')))
const kinds = (outcomes: PromiseSettledResult<unknown>[]) => new Set(outcomes.map(({ status }) => status))

describe('what arrives together is committed together', () => {
	test('nobody is answered before the commit', () =>
		withTable(open, async (client, another) => {
			const reader = another()
			const seen: Promise<number[]>[] = []
			const writes = [1, 2, 3].map((id) => client.batch([insert(id)], 'write').then(() => seen.push(ids(reader))))
			// Reads do not wait for writes that wait.
			expect(await ids(client)).toEqual([])
			await Promise.all(writes)
			for (const found of seen) expect(await found).toEqual([1, 2, 3])
		}))

	test('one commit, not one for each', () =>
		withTable(open, async (client, another) => {
			const changes = another()
			const version = async () => Number((await changes.execute('PRAGMA data_version')).rows[0]?.data_version)
			const before = await version()
			const frames = async () => Number((await changes.execute('PRAGMA wal_checkpoint(PASSIVE)')).rows[0]?.log)
			await frames()
			await many(client)
			const together = await frames()
			for (let id = 10; id < 15; id++) await client.batch([insert(id)], 'write')
			const oneByOne = await frames()
			expect(await version()).toBeGreaterThan(before)
			// A commit writes at least the page that it changed.
			expect(together).toBeLessThan(5)
			expect(oneByOne).toBeGreaterThanOrEqual(5)
		}))

	test("another process's lock refuses all, and nothing is stored", () =>
		withTable(open, async (client, _another, path) => {
			const holder = Bun.spawn(
				[
					process.execPath,
					'-e',
					`const { Database } = await import('bun:sqlite'); const db = new Database(${JSON.stringify(path)}); db.exec('BEGIN IMMEDIATE'); console.log('held'); await Bun.stdin.text(); db.exec('ROLLBACK')`,
				],
				{ stdin: 'pipe', stdout: 'pipe' },
			)
			await holder.stdout.getReader().read()
			const outcomes = await many(client)
			expect(kinds(outcomes)).toEqual(new Set(['rejected']))
			for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'SQLITE_BUSY' } })
			expect(await ids(client)).toEqual([])
			holder.stdin.end()
			await holder.exited
			expect(kinds(await many(client))).toEqual(new Set(['fulfilled']))
			expect(await ids(client)).toEqual([1, 2, 3, 4, 5])
		}))

	test('a full disk refuses what does not fit; what was answered is there', () =>
		withTable(open, async (client, another) => {
			await client.execute('PRAGMA max_page_count = 8')
			const big = (id: number) => client.batch([insert(id, 'x'.repeat(9_000))], 'write')
			const outcomes = await Promise.allSettled([client.execute(insert(1)), ...[2, 3, 4, 5, 6].map(big)])
			expect(kinds(outcomes)).toContain('rejected')
			for (const outcome of outcomes)
				if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'SQLITE_FULL' })
			const answered = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [i + 1] : []))
			expect(await ids(another())).toEqual(answered)
		}))

	test('a conflict that ends the whole transaction refuses all of it', () =>
		withTable(open, async (client) => {
			await client.execute(insert(9))
			const outcomes = await Promise.allSettled([
				client.batch([insert(1)], 'write'),
				client.batch([{ sql: 'INSERT OR ROLLBACK INTO t (id) VALUES (?)', args: [9] }], 'write'),
				client.batch([insert(2)], 'write'),
			])
			expect(kinds(outcomes)).toEqual(new Set(['rejected']))
			expect(await ids(client)).toEqual([9])
		}))

	test('closing stores what waits, and tells it', () =>
		withTable(open, async (client, another) => {
			const waiting = many(client)
			client.close()
			expect(kinds(await waiting)).toEqual(new Set(['fulfilled']))
			expect(await ids(another())).toEqual([1, 2, 3, 4, 5])
		}))

	test('a change of the schema comes after the writes that were there first', () =>
		withTable(open, async (client) => {
			const [, , found] = await Promise.all([
				client.execute(insert(1)),
				client.execute('CREATE TABLE copy AS SELECT id FROM t'),
				client.execute('SELECT id FROM copy'),
			])
			expect(found.rows[0]?.id).toBe(1)
		}))

	test('a read of several statements sees one moment', () =>
		withTable(open, async (client) => {
			const write = client.execute(insert(1))
			const [first, second] = await client.batch(['SELECT count(*) AS n FROM t', 'SELECT count(*) AS n FROM t'], 'read')
			expect([first?.rows[0]?.n, second?.rows[0]?.n]).toEqual([0, 0])
			await write
		}))

	test('there are no interactive transactions', () =>
		withTable(open, async (client) => {
			const begin: () => Promise<unknown> = Reflect.get(client, 'transaction')
			expect(await failure(begin())).toMatchObject({ code: 'TRANSACTIONS_NOT_SUPPORTED' })
		}))
})

test('more texts than are kept prepared', () =>
	withTable(open, async (client) => {
		for (let i = 0; i < 1_100; i++) {
			const { rows } = await client.execute(`SELECT ${i % 600} AS n`)
			expect(rows[0]?.n).toBe(i % 600)
		}
	}))

test('a file that cannot be opened', () => {
	expect(() => createEmbeddedClient('/nowhere/at/all.db', { timeout: 1, pragmas: [] })).toThrow('Unable to open')
})
