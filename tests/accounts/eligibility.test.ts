import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { ageOn, isLatestCard, refusalFor } from '../../src/accounts/index.ts'
import type { CompleteDate } from '../../src/lib/thai/dates.ts'
import { asPid, pidCheckDigit } from '../../src/lib/thai/pid.ts'
import { record } from './record.ts'

const TODAY: CompleteDate = { year: 2026, month: 11, day: 25 }
const date = (year: number, month: number, day: number): CompleteDate => ({ year, month, day })
const pidWith = (first: number) => {
	const digits = `${first}98000000001`
	return asPid(`${digits}${pidCheckDigit(digits)}`)
}

describe('who may enrol', () => {
	test.each([
		['nothing to remark', {}, {}, null],
		['the card’s last day', {}, { expiresOn: TODAY }, null],
		['lifelong', {}, { expiresOn: null }, null],
		['fifteen today', { birthdate: date(2011, 11, 25) }, {}, null],
		['fifteen tomorrow', { birthdate: date(2011, 11, 26) }, {}, 'person_under_age'],
		['a day past', {}, { expiresOn: date(2026, 11, 24) }, 'card_expired'],
		['address changed', {}, { status: 'address_changed' }, 'card_address_changed'],
		['name changed', {}, { status: 'name_changed' }, 'card_name_changed'],
		['lost', {}, { status: 'lost' }, 'card_lost'],
		['damaged', {}, { status: 'damaged' }, 'card_abnormal'],
		['cancelled', {}, { status: 'cancelled' }, 'card_cancelled'],
		['abnormal', {}, { status: 'abnormal' }, 'card_abnormal'],
		['no card', {}, null, 'card_none'],
		['dead', { status: 'dead' }, {}, 'person_not_alive'],
		['missing', { status: 'missing' }, {}, 'person_status_not_normal'],
		['removed', { status: 'removed' }, {}, 'person_status_not_normal'],
		['another nationality', { nationality: 'LAO' }, {}, 'person_not_thai'],
		['no nationality', { nationality: null }, {}, 'person_not_thai'],
		['another name than the card', { givenName: { th: 'สมหมาย', en: 'Sommai' } }, {}, 'card_name_changed'],
	] as const)('%s: %p', (_, person, card, code) => {
		expect(refusalFor(record(person, card), TODAY)).toBe(code)
	})

	test('nobody of that number', () => {
		expect(refusalFor(null, TODAY)).toBe('person_not_found')
	})

	test.each([0, 6, 7, 9])('a first digit of %i is no Thai national’s, whatever the register says', (first) => {
		expect(refusalFor(record({ pid: pidWith(first) }), TODAY)).toBe('pid_not_thai')
	})

	test.each([1, 2, 3, 4, 5, 8])('a first digit of %i: the register decides', (first) => {
		expect(refusalFor(record({ pid: pidWith(first) }), TODAY)).toBeNull()
		expect(refusalFor(record({ pid: pidWith(first), nationality: 'MMR' }), TODAY)).toBe('person_not_thai')
	})
})

describe('age', () => {
	test.each([
		['the day before the birthday', date(2000, 11, 26), 25],
		['the birthday', date(2000, 11, 25), 26],
		['no day: the month’s last', { year: 2000, month: 11, day: null }, 25],
		['no day, and the month is over', { year: 2000, month: 10, day: null }, 26],
		['no month: the year’s last day', { year: 2000, month: null, day: null }, 25],
	] as const)('%s', (_, birthdate, age) => {
		expect(ageOn(birthdate, TODAY)).toBe(age)
	})

	test('of who has no day, on the month’s last day, long or short', () => {
		const born = { year: 2000, month: 4, day: null }
		expect(ageOn(born, date(2026, 4, 29))).toBe(25)
		expect(ageOn(born, date(2026, 4, 30))).toBe(26)
	})

	test('of who was born on 29 February: a year older on 1 March where there is none', () => {
		const born = date(2012, 2, 29)
		expect(ageOn(born, date(2027, 2, 28))).toBe(14)
		expect(ageOn(born, date(2027, 3, 1))).toBe(15)
		expect(ageOn(born, date(2028, 2, 28))).toBe(15)
		expect(ageOn(born, date(2028, 2, 29))).toBe(16)
	})

	const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
	const dateOf = (at: Date) => date(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate())

	test('never goes down, and grows by one in any year', () => {
		fc.assert(
			fc.property(days, days, (a, b) => {
				const born = dateOf(a)
				const today = dateOf(b)
				const tomorrow = dateOf(new Date(b.getTime() + 86_400_000))
				const nextYear = { ...today, year: today.year + 1 }
				expect(ageOn(born, tomorrow) - ageOn(born, today)).toBeOneOf([0, 1])
				if (!(today.month === 2 && today.day === 29)) expect(ageOn(born, nextYear) - ageOn(born, today)).toBe(1)
			}),
		)
	})

	test('nobody is taken for older because the register knows less', () => {
		fc.assert(
			fc.property(days, days, (a, b) => {
				const born = dateOf(a)
				const today = dateOf(b)
				expect(ageOn({ ...born, day: null }, today)).toBeLessThanOrEqual(ageOn(born, today))
				expect(ageOn({ ...born, month: null, day: null }, today)).toBeLessThanOrEqual(
					ageOn({ ...born, day: null }, today),
				)
			}),
		)
	})
})

test('the latest card is told by its number, however that is spaced', () => {
	expect(isLatestCard(record(), '98000000000101')).toBe(true)
	expect(isLatestCard(record(), '9800-0000-000101')).toBe(true)
	expect(isLatestCard(record(), '98000000000102')).toBe(false)
	expect(isLatestCard(record(), '')).toBe(false)
	expect(isLatestCard(record({}, null), '')).toBe(false)
})
