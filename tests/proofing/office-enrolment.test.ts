import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { readSnapshot } from '../../src/accounts/index.ts'
import { deviceSecretHash } from './kit/cookies.ts'
import { type Counter, enrolPerson, issue, openCounter, PIN, pidOf, prepare } from './kit/counter.ts'

const { accounts, devices, enrolments, events, notices, passkeys, pins } = schema

let counter: Counter
beforeEach(async () => {
	counter = await openCounter()
})
afterEach(() => counter.close())

describe('a citizen enrols at a registration office', () => {
	test('the officer sees the person, the phone makes the passkey, the digital ID stands', async () => {
		const { officer, db, vault } = counter
		const citizen = counter.visitor()

		const looked = await officer.call((caller) => caller.office.lookUp({ pid: '1-9800-00000-01-9' }))
		expect(looked.state).toBe('looked_up')
		expect(looked.subject).toMatchObject({
			pid: '1-9800-00000-01-9',
			name: { th: 'นายสมชาย ใจดี', en: 'Mr. Somchai Jaidee' },
			birthdate: { year: 1990, month: 5, day: 12 },
			gender: 'male',
			lifelong: false,
			warnings: [],
			hasDigitalId: false,
		})
		expect(looked.subject?.address).toContain('99/1 หมู่ที่ 4')
		expect(looked.subject?.portrait).toMatch(/^data:image\//)

		const { caseId } = looked
		const { link, expiresAt } = await officer.call((caller) => caller.office.issueLink({ caseId, faceConfirmed: true }))
		expect(link).toMatch(/^http:\/\/localhost:8787\/enrol#[\w-]{43}$/)
		expect(expiresAt).toBe(counter.clock.now() + 10 * 60_000)

		const token = new URL(link).hash.slice(1)
		const opened = await citizen.call((caller) => caller.enrol.open({ token }))
		expect(opened).toEqual({
			maskedName: 'สม••• ใจ••',
			office: expect.objectContaining({ th: expect.stringContaining('ลำลูกกา') }),
			expiresAt,
			replacesDevice: false,
		})

		const { options } = await citizen.call((caller) => caller.enrol.options({ token, pin: PIN, onPhone: true }))
		expect(options.authenticatorSelection).toMatchObject({ residentKey: 'discouraged', userVerification: 'required' })
		expect(JSON.stringify(options)).not.toContain('ใจดี')
		const response = await citizen.phone.create(options)
		const browserKey = await citizen.phone.browserKeyProof(response)
		const outcome = await citizen.call((caller) => caller.enrol.finish({ token, pin: PIN, response, browserKey }))
		expect(outcome).toEqual({
			name: { th: 'นายสมชาย ใจดี', en: 'Mr. Somchai Jaidee' },
			replacedDevice: false,
			tier: 'device-bound',
		})

		const [account] = await db.select().from(accounts)
		if (!account) throw new Error('no account')
		expect(account).toMatchObject({ status: 'active', statusReason: null, ial: '2.1', enrolmentId: caseId })
		expect(account.pidIndex).toBe(vault.index('pid', pidOf('somchai')))
		expect(readSnapshot(vault, account).person.givenName.th).toBe('สมชาย')
		const [passkey] = await db.select().from(passkeys)
		expect(passkey).toMatchObject({ accountId: account.id, credentialId: response.id, endedAt: null })
		expect(await db.select().from(pins)).toMatchObject([{ accountId: account.id, failures: 0, disabledAt: null }])
		expect(await db.select().from(devices)).toMatchObject([
			{ secretHash: deviceSecretHash(citizen), accountId: account.id, credentialId: response.id, endedAt: null },
		])
		expect((await db.select().from(notices)).map(({ kind }) => kind)).toEqual(['enrolled'])

		const done = await officer.call((caller) => caller.office.case({ caseId }))
		expect(done).toMatchObject({ state: 'done', endReason: null, doneAt: counter.clock.now(), subject: null })
	})

	test('what stays of the case is a record of facts, without the person', async () => {
		const { officer, db } = counter
		const { caseId } = await enrolPerson(officer, counter.visitor(), 'somchai')
		const row = await db.select().from(enrolments).where(eq(enrolments.id, caseId)).get()
		expect(row).toMatchObject({ state: 'done', subject: null, challenge: null })
		expect(JSON.parse(row?.evidence ?? '')).toEqual({
			method: 'office',
			officerId: expect.stringMatching(/^off_/),
			officeCode: '1306',
			asAnsweredAt: counter.clock.now(),
			cardStatusChecked: true,
			cardNumberCompared: false,
			chipRead: false,
			portraitOfAs: true,
			faceComparedBy: 'officer',
			faceComparedAt: counter.clock.now(),
			ial: '2.1',
			table: 'office-2026-11',
			tier: 'device-bound',
		})
	})

	test('each step is written down once, by id and never by name or number', async () => {
		const { officer, db } = counter
		await enrolPerson(officer, counter.visitor(), 'somchai')
		const written = await db.select().from(events)
		expect(written.map(({ name }) => name).sort()).toEqual([
			'enrolmentDone',
			'enrolmentLinkIssued',
			'enrolmentOpened',
			'officerJoined',
			'personLookedUp',
		])
		expect(JSON.stringify(written)).not.toContain(pidOf('somchai'))
		expect(JSON.stringify(written)).not.toMatch(/สมชาย|Somchai/)
	})

	test('nothing that the database holds shows the number, the name or the PIN in clear', async () => {
		const { officer, client } = counter
		const { token } = await issue(officer, 'somchai')
		const citizen = counter.visitor()
		const input = await prepare(citizen, token)
		const open = await dump(client)
		await citizen.call((caller) => caller.enrol.finish(input))
		const done = await dump(client)
		for (const text of [open, done])
			for (const secret of [pidOf('somchai'), 'สมชาย', 'Somchai', PIN, token]) expect(text.includes(secret)).toBe(false)
	})

	test('the key of a browser goes with a passkey that may be copied', async () => {
		const { officer, db, needs } = counter
		const { createPhone } = await import('../kit/phone.ts')
		const { ISSUER } = await import('./kit/counter.ts')
		const iphone = counter.visitor(createPhone({ rpId: needs.rp.id, origin: ISSUER, backupEligible: true }))
		const { outcome } = await enrolPerson(officer, iphone, 'somying')
		expect(outcome.tier).toBe('browser-bound')
		const [passkey] = await db.select().from(passkeys)
		expect(JSON.parse(passkey?.browserKey ?? 'null')).toMatchObject({ kty: 'EC', crv: 'P-256' })
	})
})

async function dump(client: Counter['client']): Promise<string> {
	const { rows } = await client.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
	const texts: string[] = []
	for (const { name } of rows)
		texts.push(JSON.stringify((await client.execute(`SELECT * FROM "${String(name)}"`)).rows))
	return texts.join('\n')
}
