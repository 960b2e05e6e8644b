import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { LIMITS } from '../../src/env.ts'
import { DAY } from '../../src/lib/clock.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { type Enrolled, openStage, refusal, type Stage } from './kit/stage.ts'
import { unlock } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** A lost phone, reported from any browser with the card's data. */
let stage: Stage
let phone: Enrolled
let card: { number: string; laserCode: string | null }
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	const record = await stage.registry.findPerson(people.somchai.pid, 'service')
	if (!record?.card) throw new Error('he has a card')
	card = record.card
})

const BORN = { year: 1990, month: 5, day: 12 }
const RECEIVED = { outcome: 'received' }
const report = (change: object = {}, browser = stage.browser()) =>
	browser.mutate<{ outcome: string }>('lost.report', {
		pid: people.somchai.pid,
		birthdate: BORN,
		proof: card.number,
		...change,
	})
const status = async () => (await stage.db.query.accounts.findFirst())?.statusReason ?? null
const named = async (name: string) => (await stage.events()).filter((event) => event.name === name)

describe('a lost phone is reported', () => {
	test('with the number under the photo: the digital ID is frozen', async () => {
		await unlock(phone)
		expect(await report()).toEqual(RECEIVED)
		expect(await status()).toBe('device_lost')
		expect((await stage.db.query.sessions.findMany()).every(({ endedAt }) => endedAt !== null)).toBe(true)
		expect(await named('accountFrozen')).toMatchObject([{ data: { by: 'card-data' } }])
	})

	test('with the code behind it, however it is typed', async () => {
		const code = card.laserCode ?? ''
		const typed = `${code.slice(0, 3)}-${code.slice(3, 10)}-${code.slice(10)}`.toLowerCase()
		expect(await report({ pid: '1-9800-00000-01-9', proof: typed })).toEqual(RECEIVED)
		expect(await status()).toBe('device_lost')
	})

	test('with a card that has ended since', async () => {
		await stage.registry.edit(people.somchai.pid, { act: 'loseCard' })
		await report({ proof: card.laserCode })
		expect(await status()).toBe('device_lost')
	})

	test.each([
		['another birth date', { birthdate: { ...BORN, day: 13 } }],
		['no day', { birthdate: { ...BORN, day: null } }],
		['another card number', { proof: '98000105121234' }],
		['another laser code', { proof: 'ZZ9999999999' }],
		['somebody who has no digital ID', { pid: people.somying.pid }],
		['nobody', { pid: '1980000000990' }],
	])('%s: the same answer, and nothing has happened', async (_name, change) => {
		expect(await report(change).catch((error) => error.code)).toEqual(RECEIVED)
		expect(await status()).toBeNull()
		expect(await named('accountFrozen')).toEqual([])
		expect(await named('lossReported')).toHaveLength(1)
	})

	test('and costs the same trips and the same questions', async () => {
		const asked: string[] = []
		const registry = new Proxy(stage.registry, {
			get(target, name) {
				const value = Reflect.get(target, name)
				return typeof value === 'function'
					? (...args: unknown[]) => {
							asked.push(String(name))
							return value.apply(target, args)
						}
					: value
			},
		})
		const app = stage.appWith({ registry })
		const cost = async (change: object) => {
			asked.length = 0
			stage.trips.length = 0
			await report(change, stage.sameBrowser(stage.browser(), app))
			return { asked: [...asked], statements: stage.trips.map((trip) => trip.length) }
		}
		const wrong = await cost({ proof: '98000105121234' })
		expect(await cost({ pid: people.somying.pid })).toEqual(wrong)
		expect(await cost({})).toEqual(wrong)
		expect(wrong.asked).toEqual(['findPerson', 'checkCardByLaser'])
	})

	test('three times a day about one person, right or wrong; others are not kept waiting', async () => {
		for (let count = 0; count < LIMITS.signIn.lossesOfPerson.limit; count++) await report({ proof: 'x' })
		expect(await refusal(report())).toBe('too_many_attempts')
		expect(await report({ pid: people.somying.pid })).toEqual(RECEIVED)
		expect(JSON.stringify(await stage.db.query.throttles.findMany())).not.toContain(people.somchai.pid)
		stage.clock.pass(DAY)
		await report()
		expect(await status()).toBe('device_lost')
	})

	test('a network is counted too', async () => {
		await report({ proof: 'x' })
		await stage.db.update(schema.throttles).set({ count: LIMITS.signIn.lossesFromNetwork.limit })
		expect(await refusal(report({ pid: people.somying.pid }))).toBe('too_many_attempts')
	})

	test('while the register does not answer, everybody hears so', async () => {
		stage.registry.faults.set({ down: true })
		expect(await refusal(report())).toBe('registry_unavailable')
		expect(await refusal(report({ pid: people.somying.pid }))).toBe('registry_unavailable')
		expect(await status()).toBeNull()
	})

	test('a number that is none is said to be none', async () => {
		expect(await refusal(report({ pid: '1980000000018' }))).toBe('pid_check_digit')
	})
})
