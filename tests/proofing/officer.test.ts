import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { asPid } from '../../src/lib/thai/pid.ts'
import { findOfficer, INVITATION_LIFE, PROOFING_DEFAULTS } from '../../src/proofing/index.ts'
import { OFFICER_PID } from '../kit/journeys.ts'
import { createPhone } from '../kit/phone.ts'
import { type Counter, ISSUER, invite, joinedOfficer, openCounter, refusal, Visitor } from './kit/counter.ts'

const { events, officerPasskeys, officers, officerSessions } = schema
const MINUTE = 60_000

let counter: Counter
beforeEach(async () => {
	counter = await openCounter()
})
afterEach(() => counter.close())

async function join(visitor: Visitor, token: string, knobs = {}, key?: string) {
	const { options } = await visitor.call((caller) => caller.office.joinOptions({ token }))
	const response = await visitor.phone.create(options, knobs)
	return visitor.call(
		(caller) => caller.office.join({ token, name: 'สมศรี ทดสอบ', pid: OFFICER_PID, response }),
		key ? { key } : {},
	)
}

async function signIn(visitor: Visitor, knobs = {}) {
	const { options } = await visitor.call((caller) => caller.office.signInOptions())
	const response = await visitor.phone.get(options, knobs)
	return visitor.call((caller) => caller.office.signIn({ response }))
}

const me = (visitor: Visitor) => visitor.call((caller) => caller.office.me())
const signOut = (visitor: Visitor) => visitor.call((caller) => caller.office.signOut())

describe('an invitation', () => {
	test('says for which office it is, and makes one officer who is signed in', async () => {
		const visitor = counter.visitor()
		const token = await invite(counter.needs)
		const invitation = await visitor.call((caller) => caller.office.invitation({ token }))
		expect(invitation).toMatchObject({ role: 'officer', office: { code: '1306' } })
		expect(invitation.office.th).toContain('ลำลูกกา')
		expect(await me(visitor)).toBeNull()
		await join(visitor, token)
		expect(await me(visitor)).toEqual({ name: 'สมศรี ทดสอบ', role: 'officer', office: invitation.office })
		expect(await refusal(visitor.call((caller) => caller.office.invitation({ token })))).toBe('invitation_unknown')
	})

	test('asks for a discoverable passkey with user verification', async () => {
		const token = await invite(counter.needs)
		const { options } = await counter.visitor().call((caller) => caller.office.joinOptions({ token }))
		expect(options.authenticatorSelection).toMatchObject({ residentKey: 'required', userVerification: 'required' })
	})

	test('keeps the officer’s name sealed', async () => {
		const row = await counter.db.select().from(officers).get()
		expect(row?.name).not.toContain('ทดสอบ')
		expect(counter.vault.open(['officers', row?.id ?? '', 'name'], row?.name ?? '')).toBe('เจ้าหน้าที่ ทดสอบ')
	})

	test('asks for the officer’s own number and keeps nothing that can be read back', async () => {
		const token = await invite(counter.needs)
		const visitor = counter.visitor()
		const { options } = await visitor.call((caller) => caller.office.joinOptions({ token }))
		const response = await visitor.phone.create(options)
		const given = (pid: string) => visitor.call((caller) => caller.office.join({ token, name: 'x', pid, response }))
		expect(await refusal(given('198888888801'))).toBe('pid_malformed')
		expect(await refusal(given('1988888888013'))).toBe('pid_check_digit')
		await given('1-9888-88888-01-2')
		const rows = await counter.db.select().from(officers)
		expect(rows.map(({ pidIndex }) => pidIndex)).toEqual(Array(2).fill(counter.vault.index('pid', asPid(OFFICER_PID))))
		expect(JSON.stringify(rows)).not.toContain(OFFICER_PID)
	})

	test('nobody made, used, or a day old is unknown', async () => {
		const visitor = counter.visitor()
		const old = await invite(counter.needs)
		const { options } = await visitor.call((caller) => caller.office.joinOptions({ token: old }))
		const response = await visitor.phone.create(options)
		counter.clock.pass(INVITATION_LIFE)
		const late = visitor.call((caller) => caller.office.join({ token: old, name: 'x', pid: OFFICER_PID, response }))
		expect(await refusal(late)).toBe('invitation_unknown')
		expect(await refusal(join(visitor, newSecret(systemRandom)))).toBe('invitation_unknown')
	})

	test('taken by two at once makes one officer', async () => {
		const token = await invite(counter.needs)
		const outcomes = await Promise.allSettled([join(counter.visitor(), token), join(counter.visitor(), token)])
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		const lost = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult
		expect(await refusal(Promise.reject(lost.reason))).toBe('invitation_unknown')
		// One was there before.
		for (const table of [officers, officerPasskeys, officerSessions])
			expect(await counter.db.select().from(table)).toHaveLength(2)
	})

	test('taken again with the same key is answered again, with the same session', async () => {
		const visitor = counter.visitor()
		const token = await invite(counter.needs)
		const { options } = await visitor.call((caller) => caller.office.joinOptions({ token }))
		const response = await visitor.phone.create(options)
		const act = () =>
			visitor.call((caller) => caller.office.join({ token, name: 'x', pid: OFFICER_PID, response }), { key: 'join' })
		await act()
		const cookie = visitor.cookies.get('__Host-officer')
		visitor.cookies.delete('__Host-officer')
		await act()
		expect(visitor.cookies.get('__Host-officer')).toBe(cookie as string)
	})

	test('is not taken with a passkey that an officer has', async () => {
		const token = await invite(counter.needs)
		const credentialIdBytes = Uint8Array.fromBase64(counter.officer.phone.credentialId ?? '', { alphabet: 'base64url' })
		expect(await refusal(join(counter.visitor(), token, { credentialIdBytes }))).toBe('passkey_refused')
	})

	test('is not taken with a challenge of another browser, another purpose, or an old one', async () => {
		const token = await invite(counter.needs)
		const [asked, other] = [counter.visitor(), counter.visitor()]
		const { options } = await asked.call((caller) => caller.office.joinOptions({ token }))
		const response = await asked.phone.create(options)
		const elsewhere = other.call((caller) => caller.office.join({ token, name: 'x', pid: OFFICER_PID, response }))
		expect(await refusal(elsewhere)).toBe('passkey_challenge')
		const { options: request } = await asked.call((caller) => caller.office.signInOptions())
		const wrongPurpose = await asked.phone.create({ ...options, challenge: request.challenge })
		const crossed = asked.call((caller) =>
			caller.office.join({ token, name: 'x', pid: OFFICER_PID, response: wrongPurpose }),
		)
		expect(await refusal(crossed)).toBe('passkey_challenge')
		counter.clock.pass(5 * MINUTE)
		const late = asked.call((caller) => caller.office.join({ token, name: 'x', pid: OFFICER_PID, response }))
		expect(await refusal(late)).toBe('passkey_challenge')
		// The invitation is still good.
		await join(asked, token)
	})

	test('lets no passkey in that a cloud may copy, unless the operator does; then the browser’s key goes with it', async () => {
		const token = await invite(counter.needs)
		const iphone = () => createPhone({ rpId: 'localhost', origin: ISSUER, backupEligible: true })
		expect(await refusal(join(counter.visitor(iphone()), token))).toBe('passkey_refused')

		const settings = { ...PROOFING_DEFAULTS, officerTiers: ['device-bound', 'browser-bound'] as const }
		const visitor = new Visitor(counter.with({ settings }), iphone())
		expect(await refusal(join(visitor, token))).toBe('passkey_copied')
		const { options } = await visitor.call((caller) => caller.office.joinOptions({ token }))
		const response = await visitor.phone.create(options)
		const browserKey = await visitor.phone.browserKeyProof(response)
		await visitor.call((caller) => caller.office.join({ token, name: 'x', pid: OFFICER_PID, response, browserKey }))

		await signOut(visitor)
		expect(await refusal(signIn(visitor))).toBe('passkey_copied')
		const { options: request } = await visitor.call((caller) => caller.office.signInOptions())
		const answer = await visitor.phone.get(request)
		const proof = await visitor.phone.browserKeyProof(answer)
		await visitor.call((caller) => caller.office.signIn({ response: answer, browserKey: proof }))
		expect(await me(visitor)).not.toBeNull()
	})
})

describe('an officer signs in', () => {
	test('with a passkey that says who it is, and out again', async () => {
		const { officer } = counter
		await signOut(officer)
		expect(await me(officer)).toBeNull()
		expect(officer.cookies.has('__Host-officer')).toBe(false)
		await signIn(officer)
		expect(await me(officer)).toMatchObject({ name: 'เจ้าหน้าที่ ทดสอบ', role: 'officer' })
		const names = (await counter.db.select().from(events)).map(({ name }) => name)
		expect(names).toEqual(['officerJoined', 'officerSignedOut', 'officerSignedIn'])
	})

	test('a cookie that was signed out stays out', async () => {
		const { officer } = counter
		const kept = officer.cookies.get('__Host-officer') ?? ''
		await signOut(officer)
		officer.cookies.set('__Host-officer', kept)
		expect(await me(officer)).toBeNull()
	})

	test('an answer works once', async () => {
		const { officer } = counter
		const { options } = await officer.call((caller) => caller.office.signInOptions())
		const response = await officer.phone.get(options)
		await officer.call((caller) => caller.office.signIn({ response }))
		expect(await refusal(officer.call((caller) => caller.office.signIn({ response })))).toBe('passkey_challenge')
	})

	test('an answer works once, also at once', async () => {
		const { officer } = counter
		const { options } = await officer.call((caller) => caller.office.signInOptions())
		const response = await officer.phone.get(options)
		const act = () => officer.call((caller) => caller.office.signIn({ response }))
		const outcomes = await Promise.allSettled([act(), act(), act()])
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
		expect(await counter.db.select().from(officerSessions)).toHaveLength(2)
	})

	test('a stranger’s passkey is no officer’s', async () => {
		const stranger = counter.visitor()
		const token = await invite(counter.needs)
		// Made for an invitation that was never taken.
		const { options } = await stranger.call((caller) => caller.office.joinOptions({ token }))
		await stranger.phone.create(options)
		expect(await refusal(signIn(stranger))).toBe('officer_unknown')
	})

	test('a wrong signature, an unverified user and a foreign answer are refused', async () => {
		const { officer } = counter
		expect(await refusal(signIn(officer, { bogusSignature: true }))).toBe('passkey_refused')
		expect(await refusal(signIn(officer, { userVerified: false }))).toBe('passkey_refused')
		const { options } = await counter.visitor().call((caller) => caller.office.signInOptions())
		const response = await officer.phone.get(options)
		expect(await refusal(officer.call((caller) => caller.office.signIn({ response })))).toBe('passkey_challenge')
	})

	test('who is suspended, or whose key was taken away, is out at once and does not come in', async () => {
		const { officer, db } = counter
		const second = await joinedOfficer(counter.needs)
		const [one] = await db.select().from(officers)
		await db
			.update(officers)
			.set({ status: 'suspended' })
			.where(eq(officers.id, one?.id ?? ''))
		expect(await me(officer)).toBeNull()
		expect(await refusal(signIn(officer))).toBe('officer_unknown')
		await db.update(officerPasskeys).set({ endedAt: counter.clock.now() })
		expect(await me(second)).toBeNull()
		expect(await refusal(signIn(second))).toBe('officer_unknown')
	})
})

describe('an officer’s session', () => {
	test('ends after 15 minutes without a call, and is kept by calls', async () => {
		const { officer, clock } = counter
		for (let i = 0; i < 5; i++) {
			clock.pass(15 * MINUTE - 1)
			expect(await me(officer)).not.toBeNull()
		}
		clock.pass(15 * MINUTE)
		expect(await me(officer)).toBeNull()
	})

	test('ends after 12 hours, however busy', async () => {
		const { officer, clock } = counter
		for (let i = 0; i < 12 * 6 - 1; i++) {
			clock.pass(10 * MINUTE)
			expect(await me(officer)).not.toBeNull()
		}
		clock.pass(10 * MINUTE)
		expect(await me(officer)).toBeNull()
	})

	test('is written at most once a minute', async () => {
		const { officer, clock, db } = counter
		const seen = async () => (await db.select().from(officerSessions).get())?.lastSeenAt
		const first = await seen()
		clock.pass(MINUTE - 1)
		await findOfficer(counter.needs, officer.request())
		expect(await seen()).toBe(first)
		clock.pass(1)
		await findOfficer(counter.needs, officer.request())
		expect(await seen()).toBe(clock.now())
	})

	test('is a hash in the database', async () => {
		const row = await counter.db.select().from(officerSessions).get()
		expect(row?.secretHash).not.toBe(counter.officer.cookies.get('__Host-officer'))
		expect(row?.secretHash).toMatch(/^[\w-]{43}$/)
	})
})
