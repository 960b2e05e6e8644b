import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import type { ServiceErrorCode } from '../../src/lib/errors.ts'
import { type PersonKey, people } from '../../src/ports/civil-registry/index.ts'
import { PROOFING_DEFAULTS } from '../../src/proofing/index.ts'
import {
	type Counter,
	enrolPerson,
	everything,
	joinedOfficer,
	openCounter,
	pidOf,
	refusal,
	Visitor,
} from './kit/counter.ts'

let counter: Counter
beforeEach(async () => {
	counter = await openCounter()
})
afterEach(() => counter.close())

const lookUp = (pid: string, cardNumber?: string) =>
	counter.officer.call((caller) => caller.office.lookUp({ pid, ...(cardNumber ? { cardNumber } : {}) }))

/** The rows that a look-up may write, without those that were there before. */
async function written() {
	const { events, ...rest } = await everything(counter.db)
	return { events: (events as { name: string; data: string }[]).filter(({ name }) => name !== 'officerJoined'), rest }
}

const REFUSED: Record<string, [PersonKey, ServiceErrorCode]> = {
	'a name that changed since the card was made': ['supaporn', 'card_name_changed'],
	'a card that ended since the address changed': ['kanokwan', 'card_address_changed'],
	'a lost card': ['natthida', 'card_lost'],
	'a damaged card': ['prasert', 'card_abnormal'],
	'a cancelled card': ['malee', 'card_cancelled'],
	'a card whose chip is abnormal': ['anan', 'card_abnormal'],
	'a card that expired three days ago: no grace for enrolling': ['thanakorn', 'card_expired'],
	'a card that expired 61 days ago': ['natthawut', 'card_expired'],
	'somebody who never had a card': ['saifon', 'card_none'],
	'the dead': ['thongbai', 'person_not_alive'],
	'the missing': ['narong', 'person_status_not_normal'],
	'who was removed from the register': ['surachai', 'person_status_not_normal'],
	'a 3 whom the register does not call Thai': ['meilin', 'person_not_thai'],
	'a 6': ['nilar', 'pid_not_thai'],
	'a 7': ['dao', 'pid_not_thai'],
	'a 0': ['lek', 'pid_not_thai'],
	'a child of ten': ['pon', 'person_under_age'],
}

describe('a look-up is refused, with its own reason', () => {
	for (const [whom, [person, code]] of Object.entries(REFUSED))
		test(`${whom}: ${code}`, async () => {
			const before = await written()
			expect(await refusal(lookUp(pidOf(person)))).toBe(code)
			const { events, rest } = await written()
			expect(events.map(({ name, data }) => [name, JSON.parse(data)])).toEqual([
				['lookUpRefused', { officeCode: '1306', code }],
			])
			expect(rest).toEqual(before.rest)
			expect(JSON.stringify(await everything(counter.db))).not.toContain(pidOf(person))
		})

	test.each([
		['123', 'pid_malformed'],
		['1-9800-00000-01-8', 'pid_check_digit'],
		// Right in itself, and nobody's.
		['1980000999997', 'person_not_found'],
	])('the number %p: %s', async (pid, code) => {
		expect(await refusal(lookUp(pid))).toBe(code as ServiceErrorCode)
		expect((await written()).rest.enrolments).toEqual([])
	})

	test('a number that says "not Thai" by itself is refused before the source is asked', async () => {
		counter.registry.faults.set({ down: true })
		expect(await refusal(lookUp(pidOf('nilar')))).toBe('pid_not_thai')
	})

	test('a card on the counter that is not the latest', async () => {
		// She has had two: the card before ends in 01.
		const { subject } = await lookUp(pidOf('duangjai'))
		const latest = subject?.cardNumber ?? ''
		const before = latest.replace(/02$/, '01')
		expect(before).not.toBe(latest)
		expect(await refusal(lookUp(pidOf('duangjai'), before))).toBe('card_not_latest')
		const spaced = `${latest.slice(0, 4).replace(/\d/g, (digit) => '๐๑๒๓๔๕๖๗๘๙'[Number(digit)] ?? '')}-${latest.slice(4)}`
		expect((await lookUp(pidOf('duangjai'), spaced)).state).toBe('looked_up')
	})
})

describe('who may enrol', () => {
	const WELCOME: PersonKey[] = ['somchai', 'boonmee', 'chanthra', 'kham', 'wichai', 'tun', 'fah', 'somphon', 'chalerm']
	for (const person of WELCOME)
		test(people[person].story, async () => {
			const { outcome } = await enrolPerson(counter.officer, counter.visitor(), person)
			expect(outcome.name.th).toContain(people[person].givenName.th)
		})

	test('a suspended digital ID is shown to the officer, who may go on', async () => {
		await enrolPerson(counter.officer, counter.visitor(), 'somchai')
		await counter.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'device_lost' })
		const { subject } = await lookUp(pidOf('somchai'))
		expect(subject).toMatchObject({ hasDigitalId: true, warnings: ['account_suspended'] })
		await enrolPerson(counter.officer, counter.visitor(), 'somchai')
		expect(await counter.db.select().from(schema.accounts)).toMatchObject([{ status: 'active', statusReason: null }])
	})
})

describe('the source does not answer', () => {
	test.each([
		['down', { down: true }],
		['talks of somebody else', { wrong: 'other-person' as const }],
		['talks nonsense', { wrong: 'malformed' as const }],
	])('it is %s: nothing is concluded', async (_, faults) => {
		counter.registry.faults.set(faults)
		expect(await refusal(lookUp(pidOf('somchai')))).toBe('registry_unavailable')
		expect((await written()).rest.enrolments).toEqual([])
		counter.registry.faults.clear()
		expect((await lookUp(pidOf('somchai'))).state).toBe('looked_up')
	})
})

describe('an officer', () => {
	test('does not look up their own record, whose number they gave when they joined', async () => {
		const officer = await joinedOfficer(counter.needs, { pid: `๑${pidOf('somchai').slice(1)}` })
		expect(await refusal(officer.call((caller) => caller.office.lookUp({ pid: pidOf('somchai') })))).toBe('own_record')
		expect((await officer.call((caller) => caller.office.lookUp({ pid: pidOf('somying') }))).state).toBe('looked_up')
		expect((await lookUp(pidOf('somchai'))).state).toBe('looked_up')
	})

	test('of before numbers were asked for looks up whomever', async () => {
		await counter.db.update(schema.officers).set({ pidIndex: null })
		expect((await lookUp(pidOf('somchai'))).state).toBe('looked_up')
	})

	test('has so many look-ups in an hour, and the next hour as many again', async () => {
		const needs = counter.with({ settings: { ...PROOFING_DEFAULTS, lookUpsPerHour: 3 } })
		const officer = new Visitor(needs, counter.officer.phone)
		for (const [name, value] of counter.officer.cookies) officer.cookies.set(name, value)
		const look = () => officer.call((caller) => caller.office.lookUp({ pid: pidOf('somchai') }))
		for (let i = 0; i < 3; i++) await look()
		for (let i = 0; i < 3; i++) expect(await refusal(look())).toBe('too_many_attempts')
		// One event tells of the flood.
		const floods = (await written()).events.filter(({ data }) => data.includes('too_many_attempts'))
		expect(floods).toHaveLength(1)
		for (let i = 0; i < 6; i++) {
			counter.clock.pass(10 * 60_000)
			await officer.call((caller) => caller.office.me())
		}
		expect((await look()).state).toBe('looked_up')
	})

	test('who is not signed in looks nobody up', async () => {
		const stranger = counter.visitor()
		expect(await refusal(stranger.call((caller) => caller.office.lookUp({ pid: pidOf('somchai') })))).toBe(
			'not_signed_in',
		)
	})
})

describe('a look-up that is repeated with its key', () => {
	test('finds its own case and asks nobody again', async () => {
		const again = (pid: string) =>
			counter.officer.call((caller) => caller.office.lookUp({ pid }), { key: 'the-same-key' })
		const first = await again(pidOf('somchai'))
		counter.registry.faults.set({ down: true })
		expect(await again(pidOf('somchai'))).toEqual(first)
		expect((await written()).events.map(({ name }) => name)).toEqual(['personLookedUp'])
		expect(await refusal(again(pidOf('somying')))).toBe('idempotency_key_reused')
	})
})
