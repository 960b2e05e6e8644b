import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { people } from '../../src/ports/civil-registry/index.ts'
import type { Cast, Phone } from './cast/cast.ts'
import { casts } from './cast/casts.ts'

// Chromium on a busy machine takes its time.
setDefaultTimeout(60_000)

/**
 * Somying has her ID card on her phone. At a hotel's desk Somchai asks who she is. She holds her phone out; he scans it
 * with his, sees her name and face and that the card is valid, and looks at her. She hears of it. In the mountains there
 * is no network, and her card still opens.
 */
const PIN = '28401957'

describe.each([...casts])('the card on the phone – $where', ({ open }) => {
	let cast: Cast
	let somying: Phone
	let somchai: Phone
	beforeAll(async () => {
		cast = await open()
		somying = await enrolled(cast, people.somying.pid)
		// Whoever checks a card needs none of their own.
		somchai = await cast.phone()
	}, 120_000)
	afterAll(() => cast.close())

	test('she shows it, he sees that it is valid, and she hears of it', async () => {
		const link = await somying.showsCard(PIN)
		expect(await somchai.checksCard(link)).toEqual({ name: 'นางสาวสมหญิง แสงทอง', photo: true, validity: 'valid' })
		expect(await somying.hearsOfTheCheck()).toBe(true)
		expect((await somying.inbox(PIN))[0]).toBe('card_checked')
	})

	test('a picture of her screen is worth nothing afterwards', async () => {
		const link = await somying.showsCard(PIN)
		await somchai.checksCard(link)
		const photographer = await cast.phone()
		expect(await photographer.checksCard(link)).toEqual({ refused: 'check_used' })
	})

	test('a QR that somebody drew is not known', async () => {
		const link = await somying.showsCard(PIN)
		expect(await somchai.checksCard(link.replace(/#.+/, `#${'x'.repeat(43)}`))).toEqual({ refused: 'check_unknown' })
	})

	test('when her card is lost, whoever checks her phone reads that it is suspended', async () => {
		const link = await somying.showsCard(PIN)
		await cast.registry.edit(people.somying.pid, { act: 'loseCard' })
		expect(await somchai.checksCard(link)).toMatchObject({ validity: 'suspended' })
	})
})

describe.each(casts.filter(({ where }) => where === 'in Chromium'))('in the mountains – $where', ({ open }) => {
	let cast: Cast
	beforeAll(async () => {
		cast = await open()
	}, 120_000)
	afterAll(() => cast.close())

	test('without network her card opens all the same, with her number hidden', async () => {
		const somying = await enrolled(cast, people.somying.pid)
		await somying.showsCard(PIN)
		expect(await somying.readsCardOffline?.()).toEqual({ name: 'นางสาวสมหญิง แสงทอง', number: 'x-xxxx-xxxxx-xx-x' })
	})
})

async function enrolled(cast: Cast, pid: string): Promise<Phone> {
	const officer = await cast.officer()
	const phone = await cast.phone()
	await officer.looksUp(pid)
	await phone.opens(await officer.confirmsTheFace())
	await phone.choosesPin(PIN)
	await phone.makesThePasskey()
	return phone
}
