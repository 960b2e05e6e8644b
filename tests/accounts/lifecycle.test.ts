import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { evaluate, type SuspensionReason, toSnapshot, type Verdict } from '../../src/accounts/index.ts'
import type { CompleteDate } from '../../src/lib/thai/dates.ts'
import type { Card, CardStatus, Person } from '../../src/ports/civil-registry/index.ts'
import { record } from './record.ts'

const TODAY: CompleteDate = { year: 2026, month: 11, day: 25 }
const ACTIVE = { status: 'active', statusReason: null } as const
const before = toSnapshot(record(), '2.1')
const NEW = '98000000000102'

const plus = (days: number, from = TODAY): CompleteDate => {
	const at = new Date(Date.UTC(from.year, from.month - 1, from.day + days))
	return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() }
}

const ask = (
	person: Partial<Person>,
	card: Partial<Card> | null,
	account: { status: 'active' | 'suspended'; statusReason: SuspensionReason | null } = ACTIVE,
) => evaluate({ record: record(person, card), before, today: TODAY, account })

const suspended = (reason: SuspensionReason): Verdict => ({
	state: 'suspended',
	reason,
	warnings: [],
	dataUpdated: false,
})
const family = (th: string) => ({ familyName: { th, en: 'Other' } })

describe('a digital ID that works', () => {
	test('goes on where nothing has changed', () => {
		expect(ask({}, {})).toEqual({ state: 'active', reason: null, warnings: [], dataUpdated: false })
	})

	test.each([
		['dead', { status: 'dead' }, {}, 'person_not_alive'],
		['missing', { status: 'missing' }, {}, 'person_status_not_normal'],
		['removed from the register', { status: 'removed' }, {}, 'person_status_not_normal'],
		['no longer Thai', { nationality: 'LAO' }, {}, 'person_not_thai'],
		['of no recorded nationality', { nationality: null }, {}, 'person_not_thai'],
		['without a card', {}, null, 'card_none'],
		['card: name changed', {}, { status: 'name_changed' }, 'card_name_changed'],
		['card: lost', {}, { status: 'lost' }, 'card_lost'],
		['card: damaged', {}, { status: 'damaged' }, 'card_abnormal'],
		['card: cancelled', {}, { status: 'cancelled' }, 'card_cancelled'],
		['card: abnormal', {}, { status: 'abnormal' }, 'card_abnormal'],
		['another family name than the card', family('มีสุข'), {}, 'card_name_changed'],
		['dead comes before the card', { status: 'dead' }, { status: 'cancelled' }, 'person_not_alive'],
	] as const)('is suspended: %s', (_, person, card, reason) => {
		expect(ask(person, card)).toEqual(suspended(reason))
	})

	test('is suspended where the register knows nobody of that number', () => {
		expect(evaluate({ record: null, before, today: TODAY, account: ACTIVE })).toEqual(suspended('person_not_found'))
	})

	test('is suspended where the name is another than the one it was enrolled with, on the same card', () => {
		const printedName = { ...record().card.printedName, ...family('มีสุข') }
		expect(ask(family('มีสุข'), { printedName })).toEqual(suspended('card_name_changed'))
	})

	test('is not suspended by a title alone', () => {
		expect(ask({ title: { th: 'พระ', en: 'Phra' } }, {}).state).toBe('active')
	})

	test('warns where the card ended only because the address changed', () => {
		expect(ask({}, { status: 'address_changed' })).toMatchObject({
			state: 'warned',
			warnings: [{ code: 'card_address_changed' }],
		})
	})

	test('takes over the data of a new card', () => {
		expect(ask({}, { number: NEW })).toMatchObject({ state: 'active', dataUpdated: true })
		const renamed = { number: NEW, printedName: { ...record().card.printedName, ...family('มีสุข') } }
		expect(ask(family('มีสุข'), renamed)).toMatchObject({ state: 'active', dataUpdated: true })
	})
})

describe('the card’s last days', () => {
	test.each([
		[8, 'active', null],
		[7, 'warned', { code: 'card_expires_soon', days: 7 }],
		[1, 'warned', { code: 'card_expires_soon', days: 1 }],
		[0, 'warned', { code: 'card_expires_soon', days: 0 }],
		[-1, 'grace', { code: 'card_expired_grace', days: 59 }],
		[-3, 'grace', { code: 'card_expired_grace', days: 57 }],
		[-45, 'grace', { code: 'card_expired_grace', days: 15 }],
		[-60, 'grace', { code: 'card_expired_grace', days: 0 }],
		[-61, 'suspended', null],
		[-1000, 'suspended', null],
	] as const)('%i days to go: %s', (days, state, warning) => {
		const verdict = ask({}, { expiresOn: plus(days) })
		expect(verdict.state).toBe(state)
		expect(verdict.warnings).toEqual(warning ? [warning] : [])
		expect(verdict.reason).toBe(state === 'suspended' ? 'card_expired' : null)
	})

	test('a lifelong card has none', () => {
		expect(ask({}, { expiresOn: null })).toMatchObject({ state: 'active', warnings: [] })
	})

	test('both warnings stand beside each other', () => {
		const { state, warnings } = ask({}, { status: 'address_changed', expiresOn: plus(-10) })
		expect(state).toBe('grace')
		expect(warnings.map(({ code }) => code)).toEqual(['card_address_changed', 'card_expired_grace'])
	})

	const dates = fc.integer({ min: 0, max: 60_000 }).map((days) => plus(days, { year: 1990, month: 1, day: 1 }))

	test('any day, any year: 7 before, 60 after, no gap and no overlap', () => {
		fc.assert(
			fc.property(dates, fc.integer({ min: -100, max: 100 }), (expiresOn, offset) => {
				const today = plus(offset, expiresOn)
				const verdict = evaluate({ record: record({}, { expiresOn }), before, today, account: ACTIVE })
				const state = offset < -7 ? 'active' : offset <= 0 ? 'warned' : offset <= 60 ? 'grace' : 'suspended'
				expect(verdict.state).toBe(state)
				if (state === 'warned') expect(verdict.warnings[0]?.days).toBe(0 - offset)
				if (state === 'grace') expect(verdict.warnings[0]?.days).toBe(60 - offset)
			}),
		)
	})

	test('days only go one way: what is suspended today works on no later day', () => {
		const rank = { active: 0, warned: 1, grace: 2, suspended: 3 }
		fc.assert(
			fc.property(dates, fc.integer({ min: -100, max: 100 }), fc.nat({ max: 50 }), (expiresOn, offset, later) => {
				const at = (day: number) =>
					evaluate({ record: record({}, { expiresOn }), before, today: plus(day, expiresOn), account: ACTIVE })
				expect(rank[at(offset + later).state]).toBeGreaterThanOrEqual(rank[at(offset).state])
			}),
		)
	})
})

describe('a suspension', () => {
	const LIFTED: SuspensionReason[] = [
		'card_name_changed',
		'card_lost',
		'card_cancelled',
		'card_abnormal',
		'card_expired',
		'card_none',
		'person_status_not_normal',
		'person_not_found',
		'person_not_thai',
	]
	const LASTING: SuspensionReason[] = ['person_not_alive', 'frozen', 'device_lost']
	const since = (statusReason: SuspensionReason) => ({ status: 'suspended', statusReason }) as const

	test.each(LIFTED)('for %s ends with a new card, status normal', (reason) => {
		expect(ask({}, { number: NEW }, since(reason))).toEqual({
			state: 'active',
			reason: null,
			warnings: [],
			dataUpdated: true,
		})
	})

	test.each(LASTING)('for %s ends with no card', (reason) => {
		expect(ask({}, { number: NEW }, since(reason))).toEqual(suspended(reason))
	})

	test.each(LIFTED)(
		'for %s does not end with the same card, nor with a new one that is not normal or has expired',
		(reason) => {
			expect(ask({}, {}, since(reason))).toEqual(suspended(reason))
			expect(ask({}, { number: NEW, status: 'address_changed' }, since(reason))).toEqual(suspended(reason))
			expect(ask({}, { number: NEW, expiresOn: plus(-1) }, since(reason))).toEqual(suspended(reason))
		},
	)

	test('is told by what is wrong now; a death stays the reason whatever else comes', () => {
		expect(ask({}, { status: 'lost' }, since('card_expired'))).toEqual(suspended('card_lost'))
		expect(ask({ status: 'dead' }, {}, since('card_expired'))).toEqual(suspended('person_not_alive'))
		expect(ask({}, { status: 'lost' }, since('person_not_alive'))).toEqual(suspended('person_not_alive'))
		expect(evaluate({ record: null, before, today: TODAY, account: since('frozen') })).toEqual(suspended('frozen'))
	})

	const statuses = fc.constantFrom<CardStatus>(
		'normal',
		'name_changed',
		'address_changed',
		'lost',
		'damaged',
		'cancelled',
		'abnormal',
	)
	test('never ends but with a new, normal, valid card of a living Thai of the name it prints', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...LIFTED, ...LASTING),
				statuses,
				fc.boolean(),
				fc.integer({ min: -100, max: 100 }),
				fc.constantFrom<Person['status']>('normal', 'dead', 'missing', 'removed'),
				(reason, status, isNew, days, life) => {
					const card = { status, expiresOn: plus(days), ...(isNew ? { number: NEW } : {}) }
					const ends = ask({ status: life }, card, since(reason)).state !== 'suspended'
					const may = LIFTED.includes(reason) && isNew && status === 'normal' && days >= 0 && life === 'normal'
					expect(ends).toBe(may)
				},
			),
		)
	})
})
