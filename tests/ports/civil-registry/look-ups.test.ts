import { afterAll, describe, expect, test } from 'bun:test'
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { prepareClient } from '../../../db/client.ts'
import { type CivilRegistry, people } from '../../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'

const client = createClient({ url: ':memory:' })
const trips: string[][] = []
const simulator = await openSimulator({ db: drizzle(prepareClient(client, (statements) => trips.push(statements))) })
afterAll(() => client.close())

const { pid } = people.somchai
const laser = { pid, givenName: 'a', familyName: 'b', birthdate: { year: 1990, month: 1, day: 1 }, laserCode: 'c' }
const lookUps: Record<string, (registry: CivilRegistry) => Promise<unknown>> = {
	findPerson: (r) => r.findPerson(pid, 'sign-in'),
	portrait: (r) => r.portrait(pid, 'sign-in'),
	checkCardByLaser: (r) => r.checkCardByLaser(laser),
	checkCardByChip: (r) => r.checkCardByChip({ pid, chipNumber: '1', cardNumber: '1' }),
	districts: (r) => r.districts('13'),
	'offices of a district': (r) => r.offices('1306'),
	office: (r) => r.office('1306'),
}

async function plan(statement: string): Promise<string[]> {
	const places = statement.match(/\?/g)?.length ?? 0
	const { rows } = await client.execute({ sql: `EXPLAIN QUERY PLAN ${statement}`, args: Array(places).fill(1) })
	return rows.map((row) => String(row.detail))
}

describe('a look-up', () => {
	for (const [name, ask] of Object.entries(lookUps))
		test(`${name} is one trip, and reads no table whole`, async () => {
			trips.length = 0
			await ask(simulator)
			expect(trips).toHaveLength(1)
			const [statements = []] = trips
			expect(statements).toHaveLength(1)
			for (const step of await plan(statements[0] ?? '')) expect(step).not.toStartWith('SCAN')
		})

	test('while a question without a key would be seen to', async () => {
		expect(await plan("SELECT * FROM persons WHERE given_th = 'สมชาย'")).toEqual([
			expect.stringMatching(/^SCAN persons/),
		])
	})
})
