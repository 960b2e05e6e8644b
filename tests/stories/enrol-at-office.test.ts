import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { people } from '../../src/ports/civil-registry/index.ts'
import type { Cast } from './cast/cast.ts'
import { casts } from './cast/casts.ts'

// Chromium on a busy machine takes its time.
setDefaultTimeout(60_000)

/**
 * Somchai goes to the registration office of Lam Luk Ka with nothing but his ID card. Somsri, an officer there, proves
 * who he is; his own phone becomes his digital ID. She never sees his PIN.
 */
describe.each([...casts])('enrolling at an office – $where', ({ open }) => {
	let cast: Cast
	beforeAll(async () => {
		cast = await open()
	}, 120_000)
	afterAll(() => cast.close())

	test('an officer proves who Somchai is, and his phone becomes his digital ID', async () => {
		const somsri = await cast.officer()
		const somchai = await cast.phone()

		expect(await somsri.looksUp(people.somchai.pid)).toEqual({ name: 'นายสมชาย ใจดี' })
		const link = await somsri.confirmsTheFace()
		expect(await somsri.sees('link_issued')).toBe(true)

		expect(await somchai.opens(link)).toEqual({ maskedName: 'สม••• ใจ••' })
		expect(await somsri.sees('opened')).toBe(true)

		// Nobody guesses these: they are refused when they are chosen.
		expect(await somchai.choosesPin('12345678')).toBe('pin_weak_run')
		expect(await somchai.choosesPin('12052533')).toBe('pin_weak_birthdate')
		expect(await somchai.choosesPin('28401957')).toBeNull()
		expect(await somchai.makesThePasskey()).toEqual({ name: 'นายสมชาย ใจดี' })

		expect(await somsri.sees('done')).toBe(true)
		expect(await somchai.inbox('28401957')).toEqual(['enrolled'])
	})

	test('a new phone takes the place of the old one, in the same instant', async () => {
		const somsri = await cast.officer()
		const old = await enrolled(cast, people.somying.pid)
		const desk = await cast.desktop()

		await somsri.looksUp(people.somying.pid)
		const fresh = await cast.phone()
		await fresh.opens(await somsri.confirmsTheFace())
		await fresh.choosesPin('73920461')
		await fresh.makesThePasskey()

		await desk.goesToSignIn(['name'])
		expect(await old.scans(await desk.showsQr())).toEqual({ refused: 'device_unknown' })
		expect(await fresh.inbox('73920461')).toEqual(expect.arrayContaining(['enrolled', 'device_replaced']))
	})

	test('a link that a second phone opens is worth nothing any more, to either', async () => {
		const somsri = await cast.officer()
		await somsri.looksUp(people.pimchanok.pid)
		const link = await somsri.confirmsTheFace()
		const hers = await cast.phone()
		const another = await cast.phone()

		expect(await hers.opens(link)).toHaveProperty('maskedName')
		expect(await another.opens(link)).toEqual({ refused: 'enrolment_link_opened_elsewhere' })
		expect(await hers.choosesPin('28401957')).toBe('enrolment_link_opened_elsewhere')
		expect(await somsri.sees('ended')).toBe(true)
	})

	test('the officer calls it off, and the link is dead', async () => {
		const somsri = await cast.officer()
		await somsri.looksUp(people.pimchanok.pid)
		const link = await somsri.confirmsTheFace()
		await somsri.cancels()
		expect(await (await cast.phone()).opens(link)).toEqual({ refused: 'enrolment_cancelled' })
	})

	test('while the civil registry does not answer, nobody is enrolled on a guess', async () => {
		const somsri = await cast.officer()
		cast.registry.faults.set({ down: true })
		expect(await somsri.looksUp(people.pimchanok.pid)).toEqual({ refused: 'registry_unavailable' })
		cast.registry.faults.clear()
		expect(await somsri.looksUp(people.pimchanok.pid)).toHaveProperty('name')
	})
})

async function enrolled(cast: Cast, pid: string) {
	const officer = await cast.officer()
	const phone = await cast.phone()
	await officer.looksUp(pid)
	await phone.opens(await officer.confirmsTheFace())
	await phone.choosesPin('28401957')
	await phone.makesThePasskey()
	return phone
}
