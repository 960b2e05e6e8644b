import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { formatPid, type Pid } from '../../../src/lib/thai/pid.ts'
import {
	addressOnCard,
	type CivilRegistry,
	type LaserQuery,
	namedPeople,
	people,
	type RegistryRecord,
	type RegistrySimulator,
	RegistryUnavailable,
} from '../../../src/ports/civil-registry/index.ts'
import { syntheticPid } from '../../../src/ports/civil-registry/numbers.ts'

/** What a registry adapter owes its callers. Every adapter is opened over the same country and passes all of this. */
export interface Opened {
	registry: CivilRegistry
	/** The country behind it, to change and to break. */
	simulator: RegistrySimulator
	close(): Promise<void> | void
}

/** 17 August 2569 in Bangkok. */
export const NOW = Date.UTC(2026, 7, 17, 5)
export const clock = { now: () => NOW }
/** Short, so that the slow answers of the suite do not make it slow. */
export const TIMEOUT_MS = 250

const nobody = syntheticPid('1', 999)

export function civilRegistryContract(name: string, open: () => Promise<Opened>): void {
	describe(name, () => {
		let opened: Opened
		let registry: CivilRegistry
		beforeAll(async () => {
			opened = await open()
			registry = opened.registry
		})
		afterEach(() => opened.simulator.faults.clear())
		afterAll(() => opened.close())
		const simulator = () => opened.simulator
		const find = async (pid: Pid): Promise<RegistryRecord> => {
			const record = await registry.findPerson(pid, 'sign-in')
			if (!record) throw new Error('not found')
			return record
		}

		peopleContract(() => registry, find)
		cardsContract(() => registry, find)
		placesContract(() => registry)
		changesContract(() => registry, find, simulator)
		badDaysContract(() => registry, simulator)
	})
}

type Get<T> = () => T
type Find = (pid: Pid) => Promise<RegistryRecord>

function peopleContract(registry: Get<CivilRegistry>, find: Find): void {
	describe('finding a person', () => {
		test('tells the person and the latest card', async () => {
			const { person, card } = await find(people.somchai.pid)
			expect(person).toMatchObject({
				pid: people.somchai.pid,
				nationality: 'THA',
				status: 'normal',
				title: { th: 'นาย', en: 'Mr.' },
				givenName: { th: 'สมชาย', en: 'Somchai' },
				middleName: { th: '', en: '' },
				familyName: { th: 'ใจดี', en: 'Jaidee' },
				gender: 'male',
				birthdate: { year: 1990, month: 5, day: 12 },
				houseCode: '13060000001',
				houseRole: 'householder',
			})
			expect(card).toMatchObject({
				number: '98000000000101',
				status: 'normal',
				issuedOn: { year: 2022, month: 8, day: 17 },
				expiresOn: { year: 2030, month: 8, day: 17 },
				issuingOffice: '1306',
			})
			expect(card?.printedAddress).toEqual(person.address)
			expect(addressOnCard(person.address ?? fail())).toBe('99/1 หมู่ที่ 4 ตำบลคูคต อำเภอลำลูกกา จังหวัดปทุมธานี')
		})

		test('writes an address in Bangkok with แขวง and เขต', async () => {
			const { person } = await find(people.somying.pid)
			expect(addressOnCard(person.address ?? fail())).toBe('18 ซอยพิพัฒน์ 2 ถนนสีลม แขวงสีลม เขตบางรัก กรุงเทพมหานคร')
		})

		test('knows no such number', async () => {
			expect(await registry().findPerson(nobody, 'sign-in')).toBeNull()
			expect(await registry().portrait(nobody, 'sign-in')).toBeNull()
		})

		for (const named of namedPeople)
			test(`${named.key}: ${named.story}`, async () => {
				const { person, card } = await find(named.pid)
				expect(person).toMatchObject({
					pid: named.pid,
					nationality: named.nationality,
					status: named.status,
					title: named.title,
					givenName: named.givenName,
					middleName: named.middleName,
					familyName: named.familyName,
					gender: named.gender,
				})
				expect(person.address === null).toBe(named.household === null)
				expect(card?.status).toBe(named.card?.status)
				expect(card?.laserCode === null).toBe(named.card?.smart === false)
			})

		test('counts dates from the day', async () => {
			const expiry = async (pid: Pid) => (await find(pid)).card?.expiresOn
			expect(await expiry(people.wichai.pid)).toEqual({ year: 2026, month: 8, day: 22 })
			expect(await expiry(people.thanakorn.pid)).toEqual({ year: 2026, month: 8, day: 14 })
			expect(await expiry(people.kittiphong.pid)).toEqual({ year: 2026, month: 7, day: 3 })
			expect(await expiry(people.natthawut.pid)).toEqual({ year: 2026, month: 6, day: 17 })
			expect(await expiry(people.boonmee.pid)).toBeNull()
			expect((await find(people.pon.pid)).person.birthdate.year).toBe(2016)
		})

		test('keeps what is not known of a birthday', async () => {
			expect((await find(people.chanthra.pid)).person.birthdate).toEqual({ year: 1958, month: 7, day: null })
			expect((await find(people.kham.pid)).person.birthdate).toEqual({ year: 1955, month: null, day: null })
		})

		test('tells what the card prints from what the register holds', async () => {
			const renamed = await find(people.supaporn.pid)
			expect(renamed.person.familyName.th).toBe('ทองดี')
			expect(renamed.card?.printedName.familyName.th).toBe('มีสุข')
			const moved = await find(people.kanokwan.pid)
			expect(moved.person.address?.province).toBe('ขอนแก่น')
			expect(moved.card?.printedAddress?.province).toBe('นนทบุรี')
			const dead = await find(people.thongbai.pid)
			expect(dead.person.houseRole).toBeNull()
			expect(dead.card?.printedAddress?.houseNumber).toBe('99/1')
		})

		test('tells the householder from who lives with them', async () => {
			expect((await find(people.narong.pid)).person.houseRole).toBe('householder')
			const { person } = await find(people.wanida.pid)
			expect(person).toMatchObject({ houseRole: 'resident', houseCode: '90030000012' })
		})
	})

	describe('the portrait', () => {
		test('is a picture, the same each time, and another person has another', async () => {
			const [once, again, other] = await Promise.all(
				[people.somchai, people.somchai, people.nawin].map(({ pid }) => registry().portrait(pid, 'enrolment')),
			)
			expect(once?.mediaType).toBe('image/svg+xml')
			expect(new TextDecoder().decode(once?.bytes)).toStartWith('<svg')
			expect(again).toEqual(once)
			expect(other?.bytes).not.toEqual(once?.bytes)
		})

		test('is missing where no card was ever made', async () => {
			expect(await registry().portrait(people.saifon.pid, 'enrolment')).toBeNull()
		})
	})
}

const fail = (): never => {
	throw new Error('missing')
}

function cardsContract(registry: Get<CivilRegistry>, find: Find): void {
	const laserQuery = async (pid: Pid): Promise<LaserQuery> => {
		const { person, card } = await find(pid)
		return {
			pid,
			givenName: card?.printedName.givenName.th ?? '',
			familyName: card?.printedName.familyName.th ?? '',
			birthdate: person.birthdate,
			laserCode: card?.laserCode ?? '',
		}
	}
	const chipQuery = async (pid: Pid) => {
		const { card } = await find(pid)
		return { pid, chipNumber: card?.chipNumber ?? '', cardNumber: card?.number ?? '' }
	}
	const outcomes: [keyof typeof people, code: number, reason?: string][] = [
		['somchai', 0],
		['pimchanok', 0],
		['chanthra', 0],
		['kham', 0],
		['pranee', 0],
		['wichai', 0],
		['thanakorn', 2, 'บัตรหมดอายุ'],
		['natthawut', 2, 'บัตรหมดอายุ'],
		['supaporn', 2, 'เปลี่ยนชื่อตัว-ชื่อสกุล'],
		['kanokwan', 2, 'ย้ายที่อยู่'],
		['natthida', 2, 'บัตรหาย'],
		['prasert', 2, 'บัตรชำรุด'],
		['malee', 2, 'ยกเลิกบัตร'],
		['thongbai', 2, 'เสียชีวิต'],
		['narong', 2, 'เป็นบุคคลสาบสูญ'],
		['surachai', 2, 'จำหน่ายชื่อออกจากทะเบียนบ้าน'],
		['anan', 1],
	]

	describe('checking a card', () => {
		for (const [key, code, reason] of outcomes)
			test(`${key} → ${code} ${reason ?? ''}`, async () => {
				const { pid } = people[key]
				const byLaser = await registry().checkCardByLaser(await laserQuery(pid))
				expect(byLaser.code).toBe(code as 0)
				if (reason) expect(byLaser.text).toContain(reason)
				expect(await registry().checkCardByChip(await chipQuery(pid))).toEqual(byLaser)
			})

		test('whatever does not match, the answer is the same: 4, and never which', async () => {
			const right = await laserQuery(people.somchai.pid)
			const other = await laserQuery(people.nawin.pid)
			const wrong: LaserQuery[] = [
				{ ...right, givenName: 'สมศักดิ์' },
				{ ...right, familyName: 'ใจร้าย' },
				{ ...right, birthdate: { year: 1990, month: 5, day: 13 } },
				{ ...right, birthdate: { year: 1990, month: 5, day: null } },
				{ ...right, laserCode: 'ZZ0000000000' },
				{ ...right, laserCode: other.laserCode },
				{ ...right, laserCode: 'JT' },
				{ ...right, pid: other.pid },
				{ ...right, pid: nobody },
				{ ...right, pid: people.saifon.pid },
				{ ...(await laserQuery(people.kham.pid)), birthdate: { year: 1955, month: 1, day: 1 } },
				{ ...(await laserQuery(people.natthida.pid)), laserCode: 'ZZ0000000000' },
				{ ...(await laserQuery(people.boonmee.pid)), laserCode: 'ZZ0000000000' },
			]
			const answers = await Promise.all(wrong.map((query) => registry().checkCardByLaser(query)))
			expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
			expect(answers[0]?.code).toBe(4)
			const chip = await chipQuery(people.somchai.pid)
			for (const query of [
				{ ...chip, chipNumber: '9800000000990100' },
				{ ...chip, cardNumber: '98000000000102' },
				{ ...chip, pid: other.pid },
				{ ...chip, pid: nobody },
			])
				expect(await registry().checkCardByChip(query)).toEqual(answers[0] ?? fail())
		})

		test('something left out → 5', async () => {
			const right = await laserQuery(people.somchai.pid)
			for (const query of [
				{ ...right, givenName: ' ' },
				{ ...right, familyName: '' },
				{ ...right, laserCode: '' },
			])
				expect((await registry().checkCardByLaser(query)).code).toBe(5)
			const chip = await chipQuery(people.somchai.pid)
			expect((await registry().checkCardByChip({ ...chip, chipNumber: '' })).code).toBe(5)
			expect((await registry().checkCardByChip({ ...chip, cardNumber: '' })).code).toBe(5)
		})

		test('an earlier card is over, and says so only to who holds it', async () => {
			const latest = await laserQuery(people.duangjai.pid)
			expect((await registry().checkCardByLaser(latest)).code).toBe(0)
			const { number } = (await find(people.duangjai.pid)).card ?? fail()
			expect(number).toBe('98000000003702')
			const earlier = { pid: people.duangjai.pid, chipNumber: '9800000000370100', cardNumber: '98000000003701' }
			const answer = await registry().checkCardByChip(earlier)
			expect(answer.code).toBe(2)
			expect(answer.text).toContain('ออกบัตรใหม่แล้ว')
		})

		test('spaces around what was typed do no harm', async () => {
			const right = await laserQuery(people.somchai.pid)
			const typed = { ...right, givenName: ` ${right.givenName} `, laserCode: `${right.laserCode} ` }
			expect((await registry().checkCardByLaser(typed)).code).toBe(0)
		})
	})
}

function placesContract(registry: Get<CivilRegistry>): void {
	describe('places', () => {
		test('77 provinces, 928 districts, 1,078 offices', async () => {
			const provinces = await registry().provinces()
			expect(provinces).toHaveLength(77)
			expect(provinces.find(({ code }) => code === '38')?.name).toEqual({ th: 'บึงกาฬ', en: 'Bueng Kan' })
			let districts = 0
			for (const { code } of provinces) districts += (await registry().districts(code)).length
			expect(districts).toBe(928)
			const offices = await registry().offices()
			expect(offices).toHaveLength(1_078)
			expect(new Set(offices.map(({ code }) => code)).size).toBe(1_078)
		})

		test('an office, by code and by district', async () => {
			const office = await registry().office('1306')
			expect(office).toEqual({
				code: '1306',
				name: { th: 'สำนักทะเบียนอำเภอลำลูกกา', en: 'Lam Luk Ka District Registration Office' },
				kind: 'district',
				districtCode: '1306',
				provinceCode: '13',
			})
			expect(await registry().offices('1306')).toEqual([office ?? fail()])
			expect((await registry().offices('1301')).map(({ kind }) => kind)).toEqual([
				'district',
				'municipality',
				'municipality',
			])
			expect((await registry().office('1004'))?.name.th).toBe('สำนักทะเบียนเขตบางรัก')
		})

		test('places that are not there', async () => {
			expect(await registry().office('9999')).toBeNull()
			expect(await registry().office("' OR 1=1")).toBeNull()
			expect(await registry().districts('98')).toEqual([])
			expect(await registry().offices('9801')).toEqual([])
		})
	})
}

function changesContract(registry: Get<CivilRegistry>, find: Find, simulator: Get<RegistrySimulator>): void {
	describe('what happens to people is seen at the next question', () => {
		afterEach(() => simulator().restoreNamedPeople())

		test('a name changes: the card ends with its old words, and a new card lifts it', async () => {
			const { pid } = people.nawin
			await simulator().edit(pid, { act: 'changeName', familyName: { th: 'สุขใจ', en: 'Sukjai' } })
			const changed = await find(pid)
			expect(changed.person.familyName.th).toBe('สุขใจ')
			expect(changed.card).toMatchObject({ status: 'name_changed', printedName: { familyName: { th: 'รุ่งเรือง' } } })
			await simulator().edit(pid, { act: 'renewCard' })
			const renewed = await find(pid)
			expect(renewed.card).toMatchObject({
				number: '98000000003602',
				status: 'normal',
				printedName: { familyName: { th: 'สุขใจ' } },
				issuedOn: { year: 2026, month: 8, day: 17 },
				expiresOn: { year: 2034, month: 8, day: 17 },
			})
			expect(renewed.card?.laserCode).not.toBe(changed.card?.laserCode ?? null)
		})

		test('a move: the register has the new house, the card the old', async () => {
			const { pid } = people.kanokwan
			const before = await find(people.nawin.pid)
			await simulator().edit(people.nawin.pid, { act: 'move', houseCode: '13060000001' })
			const after = await find(people.nawin.pid)
			expect(after.person).toMatchObject({ houseCode: '13060000001', houseRole: 'resident' })
			expect(after.card?.status).toBe('address_changed')
			expect(after.card?.printedAddress).toEqual(before.person.address)
			await simulator().edit(pid, { act: 'move', houseCode: null })
			expect((await find(pid)).person).toMatchObject({ address: null, houseCode: null, houseRole: null })
		})

		test('a death: out of the register, and the eldest who stays is the householder', async () => {
			await simulator().edit(people.boonmee.pid, { act: 'die' })
			const dead = await find(people.boonmee.pid)
			expect(dead.person).toMatchObject({ status: 'dead', address: null })
			expect(dead.card?.printedAddress?.houseNumber).toBe('45')
			expect((await find(people.chanthra.pid)).person.houseRole).toBe('householder')
		})

		test('a card is lost, and found again', async () => {
			await simulator().edit(people.somchai.pid, { act: 'loseCard' })
			expect((await find(people.somchai.pid)).card?.status).toBe('lost')
			await simulator().edit(people.somchai.pid, { act: 'setCardStatus', status: 'normal' })
			expect((await find(people.somchai.pid)).card?.status).toBe('normal')
		})

		test('a card nears its end', async () => {
			await simulator().edit(people.somchai.pid, { act: 'setCardExpiry', inDays: -61 })
			expect((await find(people.somchai.pid)).card?.expiresOn).toEqual({ year: 2026, month: 6, day: 17 })
			await simulator().edit(people.somchai.pid, { act: 'renewCard', expiresInDays: 7 })
			expect((await find(people.somchai.pid)).card?.expiresOn).toEqual({ year: 2026, month: 8, day: 24 })
			await simulator().edit(people.somchai.pid, { act: 'setCardExpiry', inDays: -1 })
			expect((await find(people.somchai.pid)).card?.expiresOn).toEqual({ year: 2026, month: 8, day: 16 })
		})

		test('and the named people can be put back', async () => {
			const before = await find(people.wattana.pid)
			await simulator().edit(people.wattana.pid, { act: 'die' })
			await simulator().restoreNamedPeople()
			expect(await find(people.wattana.pid)).toEqual(before)
			expect(await registry().findPerson(people.anan.pid, 'service')).toMatchObject({
				person: { houseRole: 'resident' },
			})
		})
	})
}

function badDaysContract(registry: Get<CivilRegistry>, simulator: Get<RegistrySimulator>): void {
	const { pid } = people.somying
	const laser: LaserQuery = {
		pid,
		givenName: 'สมหญิง',
		familyName: 'แสงทอง',
		birthdate: { year: 1995, month: 9, day: 3 },
		laserCode: 'ZZ0000000001',
	}
	const aboutPeople: Record<string, (registry: CivilRegistry) => Promise<unknown>> = {
		findPerson: (r) => r.findPerson(pid, 'sign-in'),
		portrait: (r) => r.portrait(pid, 'sign-in'),
		checkCardByLaser: (r) => r.checkCardByLaser(laser),
		checkCardByChip: (r) => r.checkCardByChip({ pid, chipNumber: '1', cardNumber: '1' }),
	}
	const aboutPlaces: typeof aboutPeople = {
		provinces: (r) => r.provinces(),
		districts: (r) => r.districts('13'),
		'offices of a district': (r) => r.offices('1306'),
		office: (r) => r.office('1306'),
	}
	const unavailable = async (asked: Promise<unknown>): Promise<RegistryUnavailable> => {
		const outcome = await asked.then(
			() => 'answered',
			(error: unknown) => error,
		)
		expect(outcome).toBeInstanceOf(RegistryUnavailable)
		return outcome as RegistryUnavailable
	}
	/** Nothing of the person may travel with the error: it ends in logs. */
	const tellsNothing = (error: RegistryUnavailable) => {
		const all = Bun.inspect(error) + JSON.stringify(error) + String(error.cause)
		for (const secret of [pid, formatPid(pid), laser.familyName, laser.laserCode]) expect(all).not.toContain(secret)
	}

	for (const [operation, ask] of Object.entries({ ...aboutPeople, ...aboutPlaces })) {
		describe(`bad days: ${operation}`, () => {
			test('down', async () => {
				simulator().faults.set({ down: true })
				const error = await unavailable(ask(registry()))
				expect(error.reason).toBe('down')
				tellsNothing(error)
			})

			test('too slow', async () => {
				simulator().faults.set({ slowMs: 20 * TIMEOUT_MS })
				const start = performance.now()
				const error = await unavailable(ask(registry()))
				expect(error.reason).toBe('timeout')
				expect(performance.now() - start).toBeLessThan(10 * TIMEOUT_MS)
				tellsNothing(error)
			})

			test('slow, but in time', async () => {
				simulator().faults.set({ slowMs: 20 })
				const start = performance.now()
				await ask(registry())
				expect(performance.now() - start).toBeGreaterThan(15)
			})

			test('an answer that is none', async () => {
				simulator().faults.set({ wrong: 'malformed' })
				const error = await unavailable(ask(registry()))
				expect(error.reason).toBe('malformed')
				tellsNothing(error)
			})
		})
	}

	for (const [operation, ask] of Object.entries(aboutPeople)) {
		test(`${operation}: the answer is about somebody else`, async () => {
			simulator().faults.set({ wrong: 'other-person' })
			const error = await unavailable(ask(registry()))
			expect(error.reason).toBe('malformed')
			tellsNothing(error)
		})

		test(`${operation}: the right person under a wrong number`, async () => {
			simulator().faults.set({ wrong: 'other-number' })
			expect((await unavailable(ask(registry()))).reason).toBe('malformed')
		})
	}

	for (const operation of ['districts', 'offices of a district', 'office'])
		test(`${operation}: the answer is about another place`, async () => {
			simulator().faults.set({ wrong: 'other-person' })
			expect((await unavailable(aboutPlaces[operation]?.(registry()) ?? fail())).reason).toBe('malformed')
		})

	test('a good day again', async () => {
		simulator().faults.set({ down: true, wrong: 'malformed' })
		simulator().faults.clear()
		expect((await registry().findPerson(pid, 'sign-in'))?.person.pid).toBe(pid)
	})
}
