import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Life, openLife } from './cast/life.ts'

setDefaultTimeout(60_000)

/**
 * Somchai's ID card runs out. He is told a week before, whether or not he signs in; for sixty days after it the digital ID
 * works and says so each time; then it is suspended, until there is a new card.
 */
describe('the card expires', () => {
	let life: Life
	beforeEach(async () => {
		life = await openLife()
		await life.happens('somchai', { act: 'setCardExpiry', inDays: 9 })
	})
	afterEach(() => life.close())

	const signedIn = { name: 'สมชาย ใจดี' }
	const nights = async (count: number) => {
		for (let night = 0; night < count; night++) await life.nightPasses()
	}

	test('from the seventh day before he is warned, once by a message and each time on the card', async () => {
		const somchai = await life.enrolled('somchai')
		await nights(1)
		expect(await somchai.inbox()).toEqual([])
		expect(await somchai.seesCard()).toEqual({ status: 'active', warnings: [] })
		await nights(1)
		expect(await somchai.inbox()).toEqual(['card_expires_soon'])
		expect(await somchai.seesCard()).toEqual({ status: 'warned', warnings: ['card_expires_soon'] })
		await nights(7)
		expect(await somchai.inbox()).toEqual(['card_expires_soon'])
		expect(await somchai.signsIn()).toEqual(signedIn)
	})

	test('through the last day it is valid; the day after, grace begins, and he is told of that too', async () => {
		const somchai = await life.enrolled('somchai')
		await nights(9)
		expect(await somchai.seesCard()).toEqual({ status: 'warned', warnings: ['card_expires_soon'] })
		await nights(1)
		expect(await somchai.seesCard()).toEqual({ status: 'grace', warnings: ['card_expired_grace'] })
		expect(await somchai.inbox()).toEqual(['card_expired_grace', 'card_expires_soon'])
	})

	test('on the sixtieth day after he still signs in; on the sixty-first not, and a new card mends it by itself', async () => {
		const somchai = await life.enrolled('somchai')
		await nights(9 + 60)
		expect(await somchai.signsIn()).toEqual(signedIn)
		await nights(1)
		expect(await somchai.signsIn()).toEqual({ refused: 'card_expired' })
		expect(await somchai.seesCard()).toMatchObject({ status: 'suspended' })
		expect((await somchai.inbox()).filter((kind) => kind.startsWith('card_'))).toEqual([
			'card_expired_grace',
			'card_expires_soon',
		])
		await life.happens('somchai', { act: 'renewCard' })
		expect(await somchai.signsIn()).toEqual(signedIn)
		expect(await somchai.seesCard()).toEqual({ status: 'active', warnings: [] })
	})
})
