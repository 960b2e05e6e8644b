import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { confirm, type Inspection } from '../kit/journeys.ts'
import { exchange } from './kit/agency.ts'
import { enrolsAnew } from './kit/office.ts'
import {
	type Enrolled,
	ISSUER,
	lookedHere,
	openStage,
	outcome,
	refusal,
	type Stage,
	scanned,
	type Waiting,
} from './kit/stage.ts'
import { before } from './kit/trips.ts'

setDefaultTimeout(30_000)

/** Something happens between two steps of a sign-in, or between two statements of one. */
let stage: Stage
let phone: Enrolled
let waiting: Waiting
let frame: string
let shown: Inspection
let number: number | null
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	waiting = await stage.waiting()
	frame = await waiting.qr()
	shown = await scanned(phone, frame)
	number = (await waiting.state()).number
})

const APPROVAL = /insert into "grants"/
const deviceCookie = ({ browser }: Pick<Enrolled, 'browser'>) =>
	browser.cookies().find(({ name }) => name === '__Host-device')?.value ?? ''
const useCookie = (browser: Enrolled['browser'], value: string) =>
	browser.addCookie(`__Host-device=${value}; Path=/; Secure`)

describe('whose sign-in it is', () => {
	test('a look with another account’s cookie during the confirmation does not change it', async () => {
		const other = await stage.citizen('somying')
		const hook = before(stage.client, APPROVAL, async () => {
			useCookie(phone.browser, deviceCookie(other))
			await scanned(phone, frame)
		})
		expect(await refusal(confirm(phone, shown, number))).toBe('passkey_challenge')
		hook.off()
		expect(hook.done).toBe(true)
		expect(await stage.signIn(waiting.id)).toMatchObject({ state: 'scanned', grantId: null })
		expect(await refusal(waiting.collect())).toBe('sign_in_ended')
	})

	test('nor on this device', async () => {
		const other = await stage.citizen('somying')
		const here = await stage.waiting({}, phone.browser)
		const seen = await lookedHere(phone.browser, here.id)
		const hook = before(stage.client, APPROVAL, async () => {
			useCookie(phone.browser, deviceCookie(other))
			await lookedHere(phone.browser, here.id)
		})
		expect(await refusal(confirm(phone, seen, null))).toBe('passkey_challenge')
		hook.off()
		expect(hook.done).toBe(true)
		expect(await stage.signIn(here.id)).toMatchObject({ state: 'pending', grantId: null })
	})

	test('a row that names another account is not approved, however it came to', async () => {
		const other = await stage.citizen('somying')
		const hook = before(stage.client, APPROVAL, () =>
			stage.db.update(schema.signIns).set({ accountId: other.accountId }),
		)
		expect(await refusal(confirm(phone, shown, number))).toBe('passkey_challenge')
		hook.off()
		expect(await stage.db.query.grants.findMany()).toEqual([])
	})

	test('two citizens share a phone’s browser: the one who was shown the request confirms it', async () => {
		const other = await stage.citizen('somying')
		useCookie(phone.browser, deviceCookie(other))
		const again = await scanned(phone, frame)
		expect(await refusal(confirm(phone, shown, number))).toBe('passkey_unknown')
		const theirs = { ...other, browser: phone.browser }
		expect(await confirm(theirs, again, number)).toMatchObject({ outcome: 'approved' })
		const { claims } = await exchange(stage.app.fetch, ISSUER, await waiting.collect())
		expect(claims.name).not.toBe('สมชาย ใจดี')
	})

	test('the QR is shown during a confirmation on this device: no half of each', async () => {
		const here = await stage.waiting({}, phone.browser)
		const seen = await lookedHere(phone.browser, here.id)
		const hook = before(stage.client, APPROVAL, () => here.qr())
		expect(await refusal(confirm(phone, seen, null))).toBe('passkey_challenge')
		hook.off()
		expect(await stage.signIn(here.id)).toMatchObject({ state: 'pending', path: 'qr' })
		expect(await stage.db.query.sessions.findMany()).toEqual([])
	})

	test('a phone scans during a confirmation on this device: the phone has it', async () => {
		const desk = await stage.citizen('somying')
		const here = await stage.waiting({}, desk.browser)
		const seen = await lookedHere(desk.browser, here.id)
		const hook = before(stage.client, APPROVAL, async () => scanned(phone, await here.qr()))
		expect(await outcome(confirm(desk, seen, null))).toBe('passkey_challenge')
		hook.off()
		expect(await stage.signIn(here.id)).toMatchObject({ state: 'scanned', accountId: phone.accountId })
		expect(await stage.db.query.grants.findMany()).toEqual([])
	})
})

describe('the device is replaced by a new enrolment', () => {
	test('between look and decision: the old phone signs nobody in', async () => {
		await enrolsAnew(stage, 'somchai')
		expect(await outcome(confirm(phone, shown, number))).toBe('sign_in_ended')
		expect((await waiting.state()).state).toBe('ended')
		expect(await stage.db.query.grants.findMany()).toEqual([])
	})

	test('between look and decision on this device', async () => {
		const here = await stage.waiting({}, phone.browser)
		const seen = await lookedHere(phone.browser, here.id)
		await enrolsAnew(stage, 'somchai')
		expect(await outcome(confirm(phone, seen, null))).not.toBe('ok')
		expect(await stage.db.query.sessions.findMany()).toEqual([])
	})

	test('between the last look at the rows and the try at the PIN, on this device, with the same PIN', async () => {
		const here = await stage.waiting({}, phone.browser)
		const seen = await lookedHere(phone.browser, here.id)
		const hook = before(stage.client, /^update "pins"/, () => enrolsAnew(stage, 'somchai'))
		expect(await refusal(confirm(phone, seen, null))).toBe('passkey_challenge')
		hook.off()
		expect(hook.done).toBe(true)
		expect((await stage.signIn(here.id)).state).toBe('pending')
		expect((await stage.db.query.pins.findMany()).map(({ failures }) => failures)).toEqual([0])
	})

	test('during the decision, after the PIN was right', async () => {
		const hook = before(stage.client, APPROVAL, () => enrolsAnew(stage, 'somchai'))
		expect(await outcome(confirm(phone, shown, number))).not.toBe('ok')
		hook.off()
		expect(hook.done).toBe(true)
		expect(await stage.db.query.grants.findMany()).toEqual([])
		const kinds = (await stage.db.query.notices.findMany()).map(({ kind }) => kind).sort()
		expect(kinds).toEqual(['device_replaced', 'enrolled'])
		expect((await stage.db.query.pins.findMany()).map(({ failures }) => failures)).toEqual([0])
	})

	test('between decision and collection', async () => {
		await confirm(phone, shown, number)
		await enrolsAnew(stage, 'somchai')
		expect(await refusal(waiting.collect())).toBe('sign_in_ended')
		expect(await stage.db.query.codes.findMany()).toEqual([])
		expect(new URL(await waiting.cancel()).searchParams.get('error')).toBe('access_denied')
	})

	test('during the collection', async () => {
		await confirm(phone, shown, number)
		const hook = before(stage.client, /insert into "codes"/, () => enrolsAnew(stage, 'somchai'))
		expect(await refusal(waiting.collect())).toBe('sign_in_ended')
		hook.off()
		expect(await stage.db.query.codes.findMany()).toEqual([])
	})

	test('between collection and the code’s exchange', async () => {
		await confirm(phone, shown, number)
		const location = await waiting.collect()
		await enrolsAnew(stage, 'somchai')
		expect((await exchange(stage.app.fetch, ISSUER, location)).error).toBe('invalid_grant')
	})

	test('the old phone’s look: it is not known here any more; the new one signs in', async () => {
		const renewed = await enrolsAnew(stage, 'somchai')
		const next = await stage.waiting()
		const fresh = await next.qr()
		expect(await refusal(scanned(phone, fresh))).toBe('device_unknown')
		const seen = await scanned(renewed, fresh)
		expect(await confirm(renewed, seen, (await next.state()).number)).toMatchObject({ outcome: 'approved' })
	})
})

describe('the account ends', () => {
	test('between look and decision', async () => {
		await stage.db.update(schema.accounts).set({ status: 'ended' })
		expect(await refusal(confirm(phone, shown, number))).toBe('account_ended')
	})

	test('during the decision', async () => {
		const hook = before(stage.client, APPROVAL, () => stage.db.update(schema.accounts).set({ status: 'ended' }))
		expect(await outcome(confirm(phone, shown, number))).not.toBe('ok')
		hook.off()
		expect(await stage.db.query.grants.findMany()).toEqual([])
	})
})

describe('an attempt at the PIN is overtaken by another', () => {
	test('the first is asked anew, and is not told that it went through', async () => {
		const second = await stage.waiting()
		const seen = await scanned(phone, await second.qr())
		const hook = before(stage.client, APPROVAL, async () => confirm(phone, seen, (await second.state()).number))
		expect(await refusal(confirm(phone, shown, number))).toBe('passkey_challenge')
		hook.off()
		expect((await waiting.state()).state).toBe('scanned')
		expect((await second.state()).state).toBe('approved')
		expect(await stage.db.query.grants.findMany()).toHaveLength(1)
		const again = await scanned(phone, frame)
		expect(await confirm(phone, again, number)).toMatchObject({ outcome: 'approved' })
	})
})

describe('what is written down is what happened', () => {
	test('the events of a sign-in by QR, in order, each once', async () => {
		await confirm(phone, shown, number)
		const { access_token } = await exchange(stage.app.fetch, ISSUER, await waiting.collect())
		expect(access_token).toBeString()
		const about = { signInId: waiting.id, clientId: 'sample-agency' }
		const events = await stage.events()
		expect(events.slice(0, 2)).toMatchObject([
			{ name: 'signInScanned', accountId: phone.accountId, data: { ...about, path: 'qr' } },
			{
				name: 'signInApproved',
				accountId: phone.accountId,
				data: { ...about, path: 'qr', acr: 'urn:dopa:digital-id:acr:aal2:qr', scope: 'openid pid name' },
			},
		])
		expect(events.filter(({ name }) => name === 'signInApproved')).toHaveLength(1)
		expect(events.filter(({ name }) => name === 'signInEnded')).toEqual([])
	})

	test('a counter that went back is told and stops nobody', async () => {
		await stage.db.update(schema.passkeys).set({ signCount: 7 })
		expect(await confirm(phone, shown, number)).toMatchObject({ outcome: 'approved' })
		const seen = (await stage.events()).filter(({ name }) => name === 'passkeyCountWentBack')
		expect(seen).toMatchObject([{ accountId: phone.accountId, data: { at: waiting.id } }])
	})
})
