import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { PROOFING_DEFAULTS } from '../../src/proofing/index.ts'
import {
	type Counter,
	enrolPerson,
	issue,
	joinedOfficer,
	openCounter,
	PIN,
	pidOf,
	prepare,
	refusal,
	tokenOf,
	type Visitor,
} from './kit/counter.ts'

const { enrolments, events } = schema
const MINUTE = 60_000

let counter: Counter
beforeEach(async () => {
	counter = await openCounter()
})
afterEach(() => counter.close())

const open = (visitor: Visitor, token: string) => visitor.call((caller) => caller.enrol.open({ token }))
const options = (visitor: Visitor, token: string, pin = PIN) =>
	visitor.call((caller) => caller.enrol.options({ token, pin, onPhone: true }))
const look = (caseId: string) => counter.officer.call((caller) => caller.office.case({ caseId }))
const stored = (caseId: string) => counter.db.select().from(enrolments).where(eq(enrolments.id, caseId)).get()
const named = async (name: string) => (await counter.db.select().from(events)).filter((event) => event.name === name)

describe('the link', () => {
	test('nobody made: unknown', async () => {
		expect(await refusal(open(counter.visitor(), newSecret(systemRandom)))).toBe('enrolment_link_unknown')
	})

	test('is opened by the first phone, which may come again', async () => {
		const { token, caseId } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const first = await open(phone, token)
		expect(await open(phone, token)).toEqual(first)
		expect((await look(caseId)).state).toBe('opened')
		expect(await named('enrolmentOpened')).toHaveLength(1)
	})

	test('on a second phone ends the case for both, and the officer sees why', async () => {
		const { token, caseId } = await issue(counter.officer, 'somchai')
		const [first, second] = [counter.visitor(), counter.visitor()]
		const input = await prepare(first, token)
		expect(await refusal(open(second, token))).toBe('enrolment_link_opened_elsewhere')
		expect(await refusal(first.call((caller) => caller.enrol.finish(input)))).toBe('enrolment_link_opened_elsewhere')
		expect(await look(caseId)).toMatchObject({
			state: 'ended',
			endReason: 'enrolment_link_opened_elsewhere',
			subject: null,
		})
		expect(await stored(caseId)).toMatchObject({ subject: null, challenge: null })
		expect(await counter.db.select().from(schema.accounts)).toEqual([])
		expect(await named('enrolmentEnded')).toHaveLength(1)
	})

	test('opened by two phones at once ends the case: one was first, the other a second', async () => {
		const { token, caseId } = await issue(counter.officer, 'somchai')
		const outcomes = await Promise.allSettled([open(counter.visitor(), token), open(counter.visitor(), token)])
		expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(1)
		expect(await look(caseId)).toMatchObject({ state: 'ended', endReason: 'enrolment_link_opened_elsewhere' })
		expect(await named('enrolmentEnded')).toHaveLength(1)
	})

	test('works for ten minutes and no longer', async () => {
		const { token, caseId } = await issue(counter.officer, 'somchai')
		counter.clock.pass(10 * MINUTE - 1)
		const phone = counter.visitor()
		await open(phone, token)
		const input = await prepare(phone, token)
		counter.clock.pass(1)
		for (const late of [open(phone, token), options(phone, token), phone.call((caller) => caller.enrol.finish(input))])
			expect(await refusal(late)).toBe('enrolment_link_expired')
		expect(await look(caseId)).toMatchObject({ state: 'ended', endReason: 'enrolment_link_expired', subject: null })
		expect(await counter.db.select().from(schema.accounts)).toEqual([])
	})

	test('works once', async () => {
		const phone = counter.visitor()
		const { token } = await enrolPerson(counter.officer, phone, 'somchai')
		expect(await refusal(open(phone, token))).toBe('enrolment_link_used')
		expect(await refusal(open(counter.visitor(), token))).toBe('enrolment_link_used')
		expect(await refusal(options(phone, token))).toBe('enrolment_link_used')
	})

	test('is void for whoever has not opened it', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		expect(await refusal(options(counter.visitor(), token))).toBe('enrolment_state')
		const phone = counter.visitor()
		const input = await prepare(phone, token)
		const thief = counter.visitor(phone.phone)
		expect(await refusal(thief.call((caller) => caller.enrol.finish(input)))).toBe('enrolment_link_opened_elsewhere')
		await phone.call((caller) => caller.enrol.finish(input))
	})

	test('may be made anew until a phone has opened it; the one before stops working', async () => {
		const { token, caseId } = await issue(counter.officer, 'somchai')
		const again = () => counter.officer.call((caller) => caller.office.issueLink({ caseId, faceConfirmed: true }))
		const { link } = await again()
		expect(await refusal(open(counter.visitor(), token))).toBe('enrolment_link_unknown')
		await open(counter.visitor(), tokenOf(link))
		expect(await refusal(again())).toBe('enrolment_state')
	})

	test('is not made from an answer of the source that is older than fifteen minutes', async () => {
		const { caseId } = await issue(counter.officer, 'somchai')
		const again = () => counter.officer.call((caller) => caller.office.issueLink({ caseId, faceConfirmed: true }))
		counter.clock.pass(9 * MINUTE)
		await again()
		counter.clock.pass(6 * MINUTE)
		await counter.officer.call((caller) => caller.office.me())
		expect(await refusal(again())).toBe('enrolment_state')
		const { caseId: other } = await counter.officer.call((caller) => caller.office.lookUp({ pid: pidOf('somying') }))
		counter.clock.pass(14 * MINUTE)
		await counter.officer.call((caller) => caller.office.me())
		counter.clock.pass(MINUTE)
		expect(
			await refusal(counter.officer.call((caller) => caller.office.issueLink({ caseId: other, faceConfirmed: true }))),
		).toBe('enrolment_link_expired')
	})

	test('that is asked for again with the same key is the same link', async () => {
		const { caseId } = await counter.officer.call((caller) => caller.office.lookUp({ pid: pidOf('somchai') }))
		const ask = () =>
			counter.officer.call((caller) => caller.office.issueLink({ caseId, faceConfirmed: true }), { key: 'one-key' })
		expect(await ask()).toEqual(await ask())
		expect(await named('enrolmentLinkIssued')).toHaveLength(1)
	})
})

describe('a case', () => {
	test('that the officer calls off is over for the phone', async () => {
		const { token, caseId } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const input = await prepare(phone, token)
		const cancel = () => counter.officer.call((caller) => caller.office.cancel({ caseId }))
		expect(await cancel()).toEqual({ ok: true })
		expect(await cancel()).toEqual({ ok: true })
		expect(await refusal(phone.call((caller) => caller.enrol.finish(input)))).toBe('enrolment_cancelled')
		expect(await look(caseId)).toMatchObject({ state: 'cancelled', endReason: 'enrolment_cancelled', subject: null })
		expect(await stored(caseId)).toMatchObject({ subject: null, challenge: null })
		expect(await named('enrolmentCancelled')).toHaveLength(1)
	})

	test('that is done is not called off', async () => {
		const { caseId } = await enrolPerson(counter.officer, counter.visitor(), 'somchai')
		expect(await refusal(counter.officer.call((caller) => caller.office.cancel({ caseId })))).toBe('enrolment_state')
	})

	test('is nobody else’s: a colleague neither sees nor moves it, nor learns that it exists', async () => {
		const colleague = await joinedOfficer(counter.needs)
		const { token, caseId } = await issue(counter.officer, 'somchai')
		for (const id of [caseId, 'enr_0000000000000000000000']) {
			const acts = [
				colleague.call((caller) => caller.office.case({ caseId: id })),
				colleague.call((caller) => caller.office.issueLink({ caseId: id, faceConfirmed: true })),
				colleague.call((caller) => caller.office.cancel({ caseId: id })),
			]
			for (const act of acts) expect(await refusal(act)).toBe('not_allowed')
		}
		await open(counter.visitor(), token)
	})
})

describe('the phone', () => {
	test('hears of a weak PIN before a passkey is made, and nothing of a PIN is kept', async () => {
		const { token, caseId } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		await open(phone, token)
		const weak = { '1234567': 'pin_malformed', '11111111': 'pin_weak_repeat', '12052533': 'pin_weak_birthdate' }
		for (const [pin, code] of Object.entries(weak))
			expect(await refusal(options(phone, token, pin))).toBe(code as never)
		expect((await stored(caseId))?.challenge).toBeNull()
		await options(phone, token)
		expect(await counter.db.select().from(schema.pins)).toEqual([])
	})

	test('asks about so many PINs and no more: with another’s link nobody finds a birthday among the refusals', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		await open(phone, token)
		const { pinsPerLink } = PROOFING_DEFAULTS
		const days = Array.from({ length: pinsPerLink }, (_, day) => `${10 + day}052533`)
		const told = []
		for (const pin of days.slice(1).concat('12052533'))
			told.push(await refusal(options(phone, token, pin)).catch(() => null))
		expect(told.filter((code) => code === 'pin_weak_birthdate')).toHaveLength(2)
		expect(await refusal(options(phone, token, '12052533'))).toBe('too_many_attempts')
		expect(await refusal(options(phone, token))).toBe('too_many_attempts')
		// A new link is a new beginning.
		const next = await issue(counter.officer, 'somchai')
		const another = counter.visitor()
		await open(another, next.token)
		await options(another, next.token)
	})

	test('cannot slip a weak PIN in at the end', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const input = await prepare(phone, token)
		const finish = phone.call((caller) => caller.enrol.finish({ ...input, pin: '11111111' }))
		expect(await refusal(finish)).toBe('pin_weak_repeat')
	})

	test('answers the newest challenge only', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const old = await prepare(phone, token)
		const fresh = await prepare(phone, token)
		expect(await refusal(phone.call((caller) => caller.enrol.finish(old)))).toBe('passkey_challenge')
		await phone.call((caller) => caller.enrol.finish(fresh))
	})

	test('brings no passkey that somebody else has', async () => {
		const phone = counter.visitor()
		await enrolPerson(counter.officer, phone, 'somchai')
		const { token } = await issue(counter.officer, 'somying')
		const other = counter.visitor()
		await open(other, token)
		const { options: asked } = await options(other, token)
		const credentialIdBytes = Uint8Array.fromBase64(phone.phone.credentialId ?? '', { alphabet: 'base64url' })
		const response = await other.phone.create(asked, { credentialIdBytes })
		const browserKey = await other.phone.browserKeyProof(response)
		const finish = other.call((caller) => caller.enrol.finish({ token, pin: PIN, response, browserKey }))
		expect(await refusal(finish)).toBe('passkey_refused')
	})

	test('must verify its user', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		await open(phone, token)
		const { options: asked } = await options(phone, token)
		const response = await phone.phone.create(asked, { userVerified: false })
		const browserKey = await phone.phone.browserKeyProof(response)
		const finish = phone.call((caller) => caller.enrol.finish({ token, pin: PIN, response, browserKey }))
		expect(await refusal(finish)).toBe('passkey_refused')
		expect(await counter.db.select().from(schema.accounts)).toEqual([])
	})
})
