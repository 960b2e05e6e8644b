import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { noticeExpiry } from '../../src/authn/index.ts'
import { DAY } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { type PersonKey, people } from '../../src/ports/civil-registry/index.ts'
import { openStage, type Stage } from '../authn/kit/stage.ts'

setDefaultTimeout(30_000)

let stage: Stage
const WHO = ['somchai', 'somying', 'pimchanok', 'duangjai'] satisfies PersonKey[]
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	for (const person of WHO) {
		await stage.registry.edit(people[person].pid, { act: 'setCardExpiry', inDays: 5 })
		await stage.citizen(person)
	}
})

const run = (how = { piece: 2, pieces: 1 }) => noticeExpiry({ ...stage, random: systemRandom }, how)
const told = async () => (await stage.db.query.notices.findMany()).map(({ kind }) => kind)

test('goes through all in small pieces, each run where the last one ended, until the day is done', async () => {
	expect(await run()).toBe(2)
	expect(await told()).toHaveLength(2)
	expect(await run()).toBe(2)
	expect(await told()).toHaveLength(4)
	expect(await run()).toBe(0)
	expect(await run()).toBe(0)
	stage.clock.pass(DAY)
	expect(await run({ piece: 3, pieces: 9 })).toBe(4)
	expect(await told()).toEqual(Array(4).fill('card_expires_soon'))
})

test('two runs at once tell nobody twice', async () => {
	await Promise.all([run({ piece: 2, pieces: 9 }), run({ piece: 3, pieces: 9 }), run({ piece: 9, pieces: 9 })])
	expect(await told()).toHaveLength(4)
})

test('a suspended one is not told that it will be', async () => {
	await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'card_lost' })
	await run({ piece: 9, pieces: 9 })
	expect(await told()).toEqual([])
})
