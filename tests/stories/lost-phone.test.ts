import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Life, openLife } from './cast/life.ts'

setDefaultTimeout(60_000)

/**
 * Somchai's phone is gone. From the first minute nobody can use his digital ID, whichever way he says so; when the phone
 * is found, an officer who sees him takes it back, and when it is not, a new one takes its place.
 */
describe('a lost phone', () => {
	let life: Life
	beforeEach(async () => {
		life = await openLife()
	})
	afterEach(() => life.close())

	test('he feels that something is wrong, and locks it while the phone is still in his hand', async () => {
		const somchai = await life.enrolled('somchai')
		expect(await somchai.locks()).toBe('frozen')
		expect(await somchai.signsIn()).toEqual({ refused: 'device_lost' })
		expect(await somchai.seesCard()).toEqual({ refused: 'device_lost' })
	})

	test('it is stolen; from a library’s computer, with his ID card, he stops it', async () => {
		const thief = await life.enrolled('somchai')
		expect(await life.reportsLost('somchai')).toBe('received')
		expect(await thief.signsIn()).toEqual({ refused: 'device_lost' })
		expect(await thief.seesCard()).toEqual({ refused: 'device_lost' })
	})

	test('whoever tries it with somebody’s number learns nothing and stops nobody', async () => {
		const somchai = await life.enrolled('somchai')
		expect(await life.reportsLost('somchai', '99999999999999')).toBe('received')
		expect(await life.reportsLost('somying', '99999999999999')).toBe('received')
		expect(await somchai.signsIn()).toEqual({ name: 'สมชาย ใจดี' })
	})

	test('the wallet is gone too; he calls an office, and while the register is silent it is stopped all the same', async () => {
		const thief = await life.enrolled('somchai')
		const somsri = await life.desk()
		life.stage.registry.faults.set({ down: true })
		expect(await somsri.looksUpLost('somchai')).toEqual({ name: 'นายสมชาย ใจดี', status: 'active' })
		expect(await somsri.suspends()).toBe('suspended')
		life.stage.registry.faults.clear()
		expect(await thief.signsIn()).toEqual({ refused: 'device_lost' })
	})

	test('there is nothing to suspend for somebody who has no digital ID', async () => {
		const somsri = await life.desk()
		expect(await somsri.looksUpLost('somying')).toEqual({ refused: 'digital_id_none' })
	})

	test('the phone was in the other jacket: he shows it and himself at the office, and goes on with it', async () => {
		const somchai = await life.enrolled('somchai')
		await somchai.locks()
		life.daysPass(1)
		const somsri = await life.desk()
		expect(await somsri.takesBack('somchai')).toBe('thawed')
		life.daysPass(1)
		expect(await somchai.signsIn()).toEqual({ name: 'สมชาย ใจดี' })
		expect(await somchai.inbox()).toEqual(['signed_in', 'thawed', 'frozen'])
	})

	test('it never comes back: the new phone takes its place, and the old one is nothing', async () => {
		const old = await life.enrolled('somchai')
		await life.reportsLost('somchai')
		const somsri = await life.desk()
		const fresh = await somsri.enrols('somchai')
		expect(await fresh.signsIn()).toEqual({ name: 'สมชาย ใจดี' })
		expect(await old.signsIn()).toEqual({ refused: 'device_unknown' })
		expect(await somsri.takesBack('somchai')).toBe('enrolment_state')
	})

	test('a new ID card does not bring it back, for whoever holds the phone', async () => {
		const thief = await life.enrolled('somchai')
		await life.reportsLost('somchai')
		await life.happens('somchai', { act: 'renewCard' })
		expect(await thief.signsIn()).toEqual({ refused: 'device_lost' })
	})

	test('somebody watched him type: another PIN, and the one that was seen is worth nothing', async () => {
		const somchai = await life.enrolled('somchai')
		expect(await somchai.changesPin('73920461')).toBe('changed')
		expect(await somchai.signsIn()).toEqual({ name: 'สมชาย ใจดี' })
	})

	test('he wants no digital ID any more, and a year later he does', async () => {
		const somchai = await life.enrolled('somchai')
		expect(await somchai.givesUp()).toBe('ended')
		expect(await somchai.signsIn()).toHaveProperty('refused')
		life.daysPass(365)
		const somsri = await life.desk()
		expect(await (await somsri.enrols('somchai')).signsIn()).toEqual({ name: 'สมชาย ใจดี' })
	})
})
