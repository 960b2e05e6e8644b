import { afterAll, describe, expect, test } from 'bun:test'
import { BASES, send } from './kit/bases.ts'
import { judge } from './kit/judge.ts'
import { openOurs } from './kit/ours.ts'
import { outcomeAt } from './kit/outcome.ts'
import { benign } from './rules/benign.ts'
import { isBreak, nameOf, type Row, rowsOf } from './rules/rule.ts'
import { TABLES } from './rules/tables.ts'

/**
 * Every sentence of the specifications that binds us, broken once at each endpoint and for each profile where it
 * applies. A row is a good request with one thing wrong: it is refused by the right error, where that error belongs,
 * with nothing given and nothing written; and the good request is taken right afterwards, so nothing else was wrong.
 */
const server = await openOurs()
afterAll(() => server.provider.close())

const rows = Object.values(TABLES).flatMap((rules) => rules.flatMap(rowsOf))

async function isRefused(row: Row): Promise<void> {
	const cast = server.casts[row.profile]
	const base = await BASES[row.endpoint](server, cast)
	const how = isBreak(row.how) ? row.how : await row.how(server, cast)
	const before = await server.written()
	server.provider.logged.length = 0
	const draft = await base.make()
	how(draft)
	const response = await send(server, draft)
	await judge(server, cast, draft, response, row.verdict)
	const after = await server.written()
	if (row.ends)
		expect(after['accessTokens that have ended']).toBeGreaterThan(before['accessTokens that have ended'] ?? 0)
	else expect(after).toEqual(before)
	if (!row.spoils) expect(await base.accepted(await send(server, await base.make()))).toBe(true)
}

describe.each(Object.entries(TABLES))('%s', (_, rules) => {
	test.each(rules.flatMap(rowsOf).map((row): [string, Row] => [nameOf(row), row]))('%s', async (_, row) => {
		await isRefused(row)
	})
})

describe('what is unusual and right is taken', () => {
	const right = benign.flatMap((each) => rowsOf({ ...each, error: 'none' }))
	test.each(right.map((row): [string, Row] => [nameOf(row), row]))('%s', async (_, row) => {
		expect(await outcomeAt(server, row)).toBe('accepted')
	})
})

test('the tables hold what they promise', () => {
	console.log(`${rows.length} broken requests`)
	expect(rows.length).toBeGreaterThanOrEqual(250)
	expect(new Set(rows.map(nameOf)).size).toBe(rows.length)
})
