import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Life, openLife } from './cast/life.ts'

setDefaultTimeout(60_000)

/** Cards are lost, replaced and outlived. The digital ID follows the card, and asks for nothing else. */
describe('a new card', () => {
	let life: Life
	beforeEach(async () => {
		life = await openLife()
	})
	afterEach(() => life.close())

	const signedIn = { name: 'สมชาย ใจดี' }

	test('he loses the card: suspended at the next sign-in; with the new one it works again, on the same phone', async () => {
		const somchai = await life.enrolled('somchai')
		await life.happens('somchai', { act: 'loseCard' })
		expect(await somchai.signsIn()).toEqual({ refused: 'card_lost' })
		await life.happens('somchai', { act: 'renewCard' })
		expect(await somchai.signsIn()).toEqual(signedIn)
	})

	test('the old card found again mends nothing', async () => {
		const somchai = await life.enrolled('somchai')
		await life.happens('somchai', { act: 'loseCard' })
		await somchai.signsIn()
		await life.happens('somchai', { act: 'setCardStatus', status: 'normal' })
		expect(await somchai.signsIn()).toEqual({ refused: 'card_lost' })
	})

	test('a card that was renewed before its time is taken over without a word', async () => {
		const somchai = await life.enrolled('somchai')
		await life.happens('somchai', { act: 'renewCard' })
		expect(await somchai.signsIn()).toEqual(signedIn)
		expect(await somchai.seesCard()).toEqual({ status: 'active', warnings: [] })
	})

	test('he moves: the card prints the old address, the digital ID works on and says so', async () => {
		const somchai = await life.enrolled('somchai')
		await life.happens('somchai', { act: 'setCardStatus', status: 'address_changed' })
		expect(await somchai.signsIn()).toEqual(signedIn)
		expect(await somchai.seesCard()).toEqual({ status: 'warned', warnings: ['card_address_changed'] })
	})

	test('he dies, and no card in anybody’s hand brings it back', async () => {
		const heir = await life.enrolled('somchai')
		await life.happens('somchai', { act: 'die' })
		expect(await heir.signsIn()).toEqual({ refused: 'person_not_alive' })
		await life.happens('somchai', { act: 'setStatus', status: 'normal' })
		await life.happens('somchai', { act: 'renewCard' })
		expect(await heir.signsIn()).toEqual({ refused: 'person_not_alive' })
	})
})
