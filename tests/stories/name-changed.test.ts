import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { people } from '../../src/ports/civil-registry/index.ts'
import { type Life, openLife } from './cast/life.ts'

setDefaultTimeout(60_000)

/** Somying takes another name. Until her card prints it, nobody is told either of the two in her name. */
describe('a changed name', () => {
	let life: Life
	beforeEach(async () => {
		life = await openLife()
	})
	afterEach(() => life.close())

	const NARI = { th: 'นารี', en: 'Nari' }

	test('suspends at the next sign-in; the card on the phone still shows what it showed, as suspended', async () => {
		const somying = await life.enrolled('somying')
		await life.happens('somying', { act: 'changeName', givenName: NARI })
		expect(await somying.signsIn()).toEqual({ refused: 'card_name_changed' })
		expect(await somying.seesCard()).toMatchObject({ status: 'suspended' })
	})

	test('with the card that prints the new name, agencies are told the new name, and nothing else is asked of her', async () => {
		const somying = await life.enrolled('somying')
		await life.happens('somying', { act: 'changeName', givenName: NARI })
		await somying.signsIn()
		await life.happens('somying', { act: 'renewCard' })
		const { name } = (await somying.signsIn()) as { name: string }
		expect(name).toStartWith('นารี ')
	})

	test('the old name back in the register, on the old card, mends nothing', async () => {
		const somying = await life.enrolled('somying')
		const record = await life.stage.registry.findPerson(people.somying.pid, 'service')
		await life.happens('somying', { act: 'changeName', givenName: NARI })
		await somying.signsIn()
		const givenName = record?.person.givenName ?? NARI
		await life.happens('somying', { act: 'changeName', givenName })
		await life.happens('somying', { act: 'setCardStatus', status: 'normal' })
		expect(await somying.signsIn()).toEqual({ refused: 'card_name_changed' })
	})

	test('a wrong name is no way around: she enrols anew only with the new card', async () => {
		await life.happens('somying', { act: 'changeName', givenName: NARI })
		const somsri = await life.desk()
		await expect(somsri.enrols('somying')).rejects.toMatchObject({ code: 'card_name_changed' })
	})
})
