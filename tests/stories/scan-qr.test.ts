import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { people } from '../../src/ports/civil-registry/index.ts'
import type { Cast, Phone, Request } from './cast/cast.ts'
import { casts } from './cast/casts.ts'

// Chromium on a busy machine takes its time.
setDefaultTimeout(60_000)

/**
 * Somchai has a digital ID on his phone. At a computer, an agency's page shows a QR; the phone scans it, he sees who
 * asks for what, picks the number, types his PIN, the passkey signs, and the agency knows him.
 */
const PIN = '28401957'

describe.each([...casts])('signing in by QR – $where', ({ open }) => {
	let cast: Cast
	let phone: Phone
	beforeAll(async () => {
		cast = await open()
		phone = await enrolled(cast, people.somchai.pid)
	}, 120_000)
	afterAll(() => cast.close())

	test('he sees who asks for what, confirms, and the agency knows him', async () => {
		const desk = await cast.desktop()
		await desk.goesToSignIn(['openid', 'pid', 'name', 'birthdate'])

		const request = asked(await phone.scans(await desk.showsQr()))
		expect(request.agency).toBe('สำนักงานตัวอย่าง')
		expect(Object.keys(request.items)).toEqual(['pid', 'name', 'birthdate'])
		expect(request.items.name).toBe('สมชาย ใจดี')
		expect(request.items.pid).toBe('x-xxxx-xxxxx-01-9')
		expect(request.numbers).toHaveLength(3)

		const number = await desk.showsNumber()
		expect(request.numbers).toContain(number)
		expect(await phone.confirms({ number, pin: PIN })).toBe('approved')

		const { claims } = await desk.arrives()
		expect(claims).toMatchObject({ pid: people.somchai.pid, name: 'สมชาย ใจดี', birthdate: '25330512' })
		expect(claims.acr).toBe('urn:dopa:digital-id:acr:aal2:qr')
		expect(claims).not.toHaveProperty('address')
		expect((await phone.inbox(PIN))[0]).toBe('signed_in_by_qr')
	})

	test('a wrong PIN is told with the tries that are left; the right one still goes through', async () => {
		const desk = await cast.desktop()
		await desk.goesToSignIn(['openid', 'name'])
		await phone.scans(await desk.showsQr())
		const number = await desk.showsNumber()
		expect(await phone.confirms({ number, pin: '90817263' })).toEqual({ wrongPin: 9 })
		expect(await phone.confirms({ number, pin: PIN })).toBe('approved')
		expect((await desk.arrives()).claims.name).toBe('สมชาย ใจดี')
	})

	test('he declines, and the agency hears access_denied and nothing else', async () => {
		const desk = await cast.desktop()
		await desk.goesToSignIn(['openid', 'pid'])
		await phone.scans(await desk.showsQr())
		await phone.declines()
		expect(await desk.arrives()).toEqual({ claims: {}, error: 'access_denied' })
	})

	test('the wrong number ends it: somebody else’s screen was scanned', async () => {
		const desk = await cast.desktop()
		await desk.goesToSignIn(['openid'])
		const request = asked(await phone.scans(await desk.showsQr()))
		const right = await desk.showsNumber()
		const wrong = request.numbers.find((number) => number !== right) ?? 0
		expect(await phone.confirms({ number: wrong, pin: PIN })).toEqual({ refused: 'number_mismatch' })
		expect(await desk.isOver()).toBe('number_mismatch')
	})

	test('a QR that a second phone scans is over for both', async () => {
		const desk = await cast.desktop()
		const stranger = await enrolled(cast, people.somying.pid)
		await desk.goesToSignIn(['openid'])
		const frame = await desk.showsQr()
		const { numbers } = asked(await phone.scans(frame))
		expect(await stranger.scans(frame)).toEqual({ refused: 'qr_scanned_elsewhere' })
		expect(await phone.confirms({ number: numbers[0] ?? 0, pin: PIN })).toEqual({ refused: 'qr_scanned_elsewhere' })
		expect(await desk.isOver()).toBe('qr_scanned_elsewhere')
	})

	test('on the phone itself no QR is needed, and the answer is phishing-resistant', async () => {
		const { claims } = await phone.signsInHere(['openid', 'name', 'address'], PIN)
		expect(claims).toMatchObject({ name: 'สมชาย ใจดี', acr: 'phr' })
		expect(claims.address).toContain('จังหวัดปทุมธานี')
	})

	test('while the civil registry does not answer, nobody signs in on old data', async () => {
		const desk = await cast.desktop()
		await desk.goesToSignIn(['openid'])
		cast.registry.faults.set({ down: true })
		const frame = await desk.showsQr()
		expect(await phone.scans(frame)).toEqual({ refused: 'registry_unavailable' })
		cast.registry.faults.clear()
		expect(await phone.scans(frame)).toHaveProperty('agency')
	})

	test('a name that changed since the card was made suspends the digital ID at the next sign-in', async () => {
		const wichai = await enrolled(cast, people.duangjai.pid)
		await cast.registry.edit(people.duangjai.pid, { act: 'changeName', givenName: { th: 'ณรงค์เดช', en: 'Narongdet' } })
		const desk = await cast.desktop()
		await desk.goesToSignIn(['openid'])
		expect(await wichai.scans(await desk.showsQr())).toEqual({ refused: 'account_suspended' })
		expect(await desk.isOver()).toBe('account_suspended')
	})
})

function asked(seen: Request | { refused: string }): Request {
	if ('refused' in seen) throw new Error(`refused: ${seen.refused}`)
	return seen
}

async function enrolled(cast: Cast, pid: string): Promise<Phone> {
	const officer = await cast.officer()
	const phone = await cast.phone()
	await officer.looksUp(pid)
	await phone.opens(await officer.confirmsTheFace())
	await phone.choosesPin(PIN)
	await phone.makesThePasskey()
	return phone
}
