import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import type { Pid } from '../../../src/lib/thai/pid.ts'
import { people, type RegistryChange } from '../../../src/ports/civil-registry/index.ts'
import { syntheticPid } from '../../../src/ports/civil-registry/numbers.ts'
import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'

const clock = { now: () => Date.UTC(2026, 7, 17, 5) }
const simulator = await openSimulator({ file: ':memory:', population: 100, clock })
afterAll(() => simulator.close())
beforeEach(() => simulator.restoreNamedPeople())

const roleOf = async (pid: Pid) => (await simulator.findPerson(pid, 'service'))?.person.houseRole

describe('a household keeps one householder', () => {
	test('the eldest who stays takes over when the householder moves', async () => {
		// The house has somchai (36), fah (16) and pon (10).
		await simulator.edit(people.somchai.pid, { act: 'move', houseCode: '10040000002' })
		expect(await roleOf(people.somchai.pid)).toBe('resident')
		expect(await roleOf(people.fah.pid)).toBe('householder')
		expect(await roleOf(people.pon.pid)).toBe('resident')
		expect(await simulator.householderOf(people.somchai.pid)).toEqual([])
	})

	test('nobody changes when another moves out, or in', async () => {
		await simulator.edit(people.pon.pid, { act: 'move', houseCode: '10040000002' })
		expect(await simulator.householderOf(people.somchai.pid)).toEqual(['13060000001'])
		expect(await simulator.householderOf(people.somying.pid)).toEqual(['10040000002'])
	})

	test('the householder stays, though an older person lives there, when a third moves out', async () => {
		await simulator.edit(people.fah.pid, { act: 'move', houseCode: '10040000002' })
		await simulator.edit(people.fah.pid, { act: 'move', houseCode: null })
		expect(await roleOf(people.somying.pid)).toBe('householder')
		expect(await roleOf(people.pranee.pid)).toBe('resident')
	})

	test('a present person comes before a missing one, though younger', async () => {
		await simulator.edit(people.chanthra.pid, { act: 'move', houseCode: '13060000001' })
		await simulator.edit(people.chanthra.pid, { act: 'setStatus', status: 'missing' })
		await simulator.edit(people.somchai.pid, { act: 'die' })
		expect(await roleOf(people.fah.pid)).toBe('householder')
	})

	test('the household ends with its last person', async () => {
		await simulator.edit(people.tun.pid, { act: 'move', houseCode: '13060000001' })
		expect(await roleOf(people.nilar.pid)).toBe('householder')
		await simulator.edit(people.nilar.pid, { act: 'move', houseCode: null })
		await simulator.edit(people.dao.pid, { act: 'move', houseCode: null })
		await expect(simulator.edit(people.nawin.pid, { act: 'move', houseCode: '71020000013' })).rejects.toThrow(
			'no such house',
		)
	})

	test('who has two houses keeps the second when moving, and neither when dying', async () => {
		const { pid } = people.wattana
		expect(await simulator.householderOf(pid)).toEqual(['10030000010', '10030000011'])
		await simulator.edit(pid, { act: 'move', houseCode: '13060000001' })
		expect(await simulator.householderOf(pid)).toEqual(['10030000011'])
		await simulator.edit(pid, { act: 'die' })
		expect(await simulator.householderOf(pid)).toEqual([])
		expect(await roleOf(people.anan.pid)).toBe('householder')
	})
})

describe('what cannot happen', () => {
	const cases: [string, Pid, RegistryChange][] = [
		['to nobody', syntheticPid('1', 998), { act: 'die' }],
		['a move into no house', people.nawin.pid, { act: 'move', houseCode: '00000000000' }],
		['a move to where one lives', people.nawin.pid, { act: 'move', houseCode: '13010000018' }],
		['the loss of a card that was never made', people.saifon.pid, { act: 'loseCard' }],
		['a change of name that changes none', people.nawin.pid, { act: 'changeName' }],
	]
	test.each(cases)('%s', async (_, pid, change) => {
		const before = await simulator.findPerson(pid, 'service')
		const error = await simulator.edit(pid, change).catch((reason: unknown) => reason)
		expect(error).toBeInstanceOf(Error)
		expect(Bun.inspect(error)).not.toContain(pid)
		expect(await simulator.findPerson(pid, 'service')).toEqual(before)
	})
})

test('a database that refuses says so without a number', async () => {
	const client = createClient({ url: ':memory:' })
	const broken = await openSimulator({ db: drizzle(client), population: 100, clock })
	await client.execute('DROP TABLE households')
	const { pid } = people.nawin
	const errors = await Promise.all([
		broken.edit(pid, { act: 'die' }).catch((reason: unknown) => reason),
		broken.restoreNamedPeople().catch((reason: unknown) => reason),
		broken.findPerson(pid, 'sign-in').catch((reason: unknown) => reason),
	])
	for (const error of errors) {
		expect(error).toBeInstanceOf(Error)
		expect(Bun.inspect(error)).not.toContain(pid)
	}
	client.close()
})

describe('cards', () => {
	test('are good through the whole of their last day', async () => {
		const { pid } = people.somchai
		const codeWith = async (inDays: number) => {
			await simulator.edit(pid, { act: 'setCardExpiry', inDays })
			const card = (await simulator.findPerson(pid, 'enrolment'))?.card
			const chip = { pid, chipNumber: card?.chipNumber ?? '', cardNumber: card?.number ?? '' }
			return (await simulator.checkCardByChip(chip)).code
		}
		expect([await codeWith(1), await codeWith(0), await codeWith(-1)]).toEqual([0, 0, 2])
	})

	test('a first card for who never had one', async () => {
		await simulator.edit(people.saifon.pid, { act: 'renewCard' })
		expect((await simulator.findPerson(people.saifon.pid, 'enrolment'))?.card).toMatchObject({
			number: '98000000001701',
			status: 'normal',
		})
		expect(await simulator.portrait(people.saifon.pid, 'enrolment')).not.toBeNull()
	})

	test('the old card stays known after a new one, and is over', async () => {
		const { pid } = people.somchai
		const old = (await simulator.findPerson(pid, 'enrolment'))?.card
		await simulator.edit(pid, { act: 'renewCard' })
		const chip = { pid, chipNumber: old?.chipNumber ?? '', cardNumber: old?.number ?? '' }
		expect((await simulator.checkCardByChip(chip)).code).toBe(2)
	})

	test('a lost card stays lost when the name changes, a moved one ends for the name', async () => {
		const name: RegistryChange = { act: 'changeName', givenName: { th: 'ใหม่', en: 'Mai' } }
		await simulator.edit(people.natthida.pid, name)
		expect((await simulator.findPerson(people.natthida.pid, 'sign-in'))?.card?.status).toBe('lost')
		await simulator.edit(people.kanokwan.pid, name)
		expect((await simulator.findPerson(people.kanokwan.pid, 'sign-in'))?.card).toMatchObject({
			status: 'name_changed',
			printedAddress: { province: 'นนทบุรี' },
			printedName: { givenName: { th: 'กนกวรรณ' } },
		})
	})

	test('a second change keeps the first words: the card still prints them', async () => {
		const { pid } = people.nawin
		await simulator.edit(pid, { act: 'changeName', familyName: { th: 'หนึ่ง', en: 'Nueng' } })
		await simulator.edit(pid, { act: 'changeName', familyName: { th: 'สอง', en: 'Song' } })
		const record = await simulator.findPerson(pid, 'sign-in')
		expect(record?.card?.printedName.familyName.th).toBe('รุ่งเรือง')
		expect(record?.person.familyName.th).toBe('สอง')
	})
})
