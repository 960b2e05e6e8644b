import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { InStatement } from '@libsql/client'
import { and, eq, isNull } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { fileDb } from '../kit/db.ts'
import { deviceSecretHash } from './kit/cookies.ts'
import {
	asDb,
	type Counter,
	counterOver,
	enrolPerson,
	everything,
	issue,
	openCounter,
	prepare,
	refusal,
	tapped,
	Visitor,
} from './kit/counter.ts'
import { seedSignedInLife } from './kit/life.ts'

const { accounts, devices, notices, passkeys, pins } = schema

let counter: Counter
beforeEach(async () => {
	counter = await openCounter()
})
afterEach(() => counter.close())

/** Every row that names an account. */
async function belongingTo(accountId: string) {
	const rows = Object.values(await everything(counter.db)).flat() as { id?: string; accountId?: string | null }[]
	return rows.filter((row) => row.id === accountId || row.accountId === accountId)
}

const living = () => counter.db.select().from(passkeys).where(isNull(passkeys.endedAt))

describe('enrolling again', () => {
	test('ends the device before, with all that hung on it, in the same instant', async () => {
		const { officer, db, clock } = counter
		const [old, fresh] = [counter.visitor(), counter.visitor()]
		await enrolPerson(officer, old, 'somchai')
		const [account] = await db.select().from(accounts)
		const accountId = account?.id ?? ''
		await seedSignedInLife(db, accountId, clock.now())
		await enrolPerson(officer, counter.visitor(), 'somying')
		const somying = (await db.select().from(accounts)).find(({ id }) => id !== accountId)?.id ?? ''
		await seedSignedInLife(db, somying, clock.now())
		const others = await belongingTo(somying)

		clock.pass(60_000)
		const { outcome, caseId } = await enrolPerson(officer, fresh, 'somchai')
		expect(outcome.replacedDevice).toBe(true)

		expect(await db.select().from(accounts).where(eq(accounts.id, accountId))).toMatchObject([
			{ status: 'active', enrolmentId: caseId },
		])
		const keys = await db.select().from(passkeys).where(eq(passkeys.accountId, accountId))
		expect(keys.filter(({ endedAt }) => endedAt === null)).toMatchObject([
			{ credentialId: fresh.phone.credentialId ?? '' },
		])
		expect(keys.find(({ credentialId }) => credentialId === old.phone.credentialId)).toMatchObject({
			endedAt: clock.now(),
			endedReason: 'replaced',
		})
		const found = await db
			.select()
			.from(devices)
			.where(and(eq(devices.accountId, accountId), isNull(devices.endedAt)))
		expect(found.map(({ secretHash }) => secretHash)).toEqual([deviceSecretHash(fresh)])
		for (const table of [schema.sessions, schema.grants, schema.accessTokens, schema.refreshTokens])
			expect(await db.select().from(table).where(eq(table.accountId, accountId))).toMatchObject([
				{ endedAt: clock.now() },
			])
		expect(await db.select().from(schema.codes).where(eq(schema.codes.accountId, accountId))).toMatchObject([
			{ expiresAt: clock.now() },
		])
		const waiting = await db.select().from(schema.signIns).where(eq(schema.signIns.accountId, accountId))
		expect(waiting.map(({ state }) => state).sort()).toEqual(['collected', 'ended', 'ended'])
		const told = await db.select().from(notices).where(eq(notices.accountId, accountId))
		expect(told.map(({ kind }) => kind).sort()).toEqual(['device_replaced', 'enrolled', 'enrolled'])
		expect(await belongingTo(somying)).toEqual(others)
	})

	test('is told to the phone before it begins', async () => {
		await enrolPerson(counter.officer, counter.visitor(), 'somchai')
		const { token } = await issue(counter.officer, 'somchai')
		const opened = await counter.visitor().call((caller) => caller.enrol.open({ token }))
		expect(opened.replacesDevice).toBe(true)
	})
})

describe('two enrolments of one person at once', () => {
	/** Two offices, two phones, everything ready but the last step. */
	async function twoReady() {
		const first = { phone: counter.visitor(), ...(await issue(counter.officer, 'somchai')) }
		const second = { phone: counter.visitor(), ...(await issue(counter.officer, 'somchai')) }
		return [
			{ ...first, input: await prepare(first.phone, first.token) },
			{ ...second, input: await prepare(second.phone, second.token) },
		] as const
	}

	test('of a newcomer: one stands; the other begins again and is the one device then', async () => {
		const [a, b] = await twoReady()
		const outcomes = await Promise.allSettled([
			a.phone.call((caller) => caller.enrol.finish(a.input)),
			b.phone.call((caller) => caller.enrol.finish(b.input)),
		])
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		expect(await living()).toHaveLength(1)
		expect(await counter.db.select().from(accounts)).toHaveLength(1)

		const late = outcomes[0].status === 'rejected' ? a : b
		expect(await refusal(late.phone.call((caller) => caller.enrol.finish(late.input)))).toBe('passkey_challenge')
		const again = await prepare(late.phone, late.token)
		expect((await late.phone.call((caller) => caller.enrol.finish(again))).replacedDevice).toBe(true)
		expect(await living()).toMatchObject([{ credentialId: again.response.id }])
		expect(await counter.db.select().from(accounts)).toHaveLength(1)
	})

	test('of somebody who has a digital ID: both are done, the later one is the device', async () => {
		await enrolPerson(counter.officer, counter.visitor(), 'somchai')
		const [a, b] = await twoReady()
		await Promise.all([
			a.phone.call((caller) => caller.enrol.finish(a.input)),
			b.phone.call((caller) => caller.enrol.finish(b.input)),
		])
		const [only, ...others] = await living()
		expect(others).toEqual([])
		expect(await counter.db.select().from(pins)).toHaveLength(1)
		const found = await counter.db.select().from(devices).where(isNull(devices.endedAt))
		expect(found).toMatchObject([{ credentialId: only?.credentialId ?? '' }])
		const told = await counter.db.select().from(notices).where(eq(notices.kind, 'device_replaced'))
		expect(told).toHaveLength(2)
	})

	test('by two processes on one file: one device in the end', async () => {
		const file = await fileDb()
		const [one, two] = [await file.connect(), await file.connect()]
		const office = await counterOver(one.db, one.client, () => {})
		for (let round = 0; round < 5; round++) {
			const cases = [await issue(office.officer, 'somchai'), await issue(office.officer, 'somchai')]
			const needs = [office.needs, office.with({ db: two.db })]
			const phones = needs.map((each) => new Visitor(each))
			const inputs: Awaited<ReturnType<typeof prepare>>[] = []
			for (const [i, phone] of phones.entries()) inputs.push(await prepare(phone, cases[i]?.token ?? ''))
			const outcomes = await Promise.allSettled(
				phones.map((phone, i) => phone.call((caller) => caller.enrol.finish(inputs[i] as (typeof inputs)[0]))),
			)
			expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
			const keys = await one.db.select().from(passkeys).where(isNull(passkeys.endedAt))
			expect(keys).toHaveLength(1)
			const [account] = await one.db.select().from(accounts)
			expect(account?.id).toBe(keys[0]?.accountId ?? '')
			expect(await one.db.select().from(devices).where(isNull(devices.endedAt))).toMatchObject([
				{ credentialId: keys[0]?.credentialId ?? '' },
			])
		}
		await file.remove()
	})
})

describe('the same act twice', () => {
	test('is answered again, with the same device cookie, and done once', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const input = await prepare(phone, token)
		const finish = () => phone.call((caller) => caller.enrol.finish(input), { key: 'the-act' })
		const first = await finish()
		const cookie = phone.cookies.get('__Host-device')
		phone.cookies.delete('__Host-device')
		expect(await finish()).toEqual(first)
		expect(phone.cookies.get('__Host-device')).toBe(cookie as string)
		expect(await counter.db.select().from(notices)).toHaveLength(1)
		expect(
			await refusal(phone.call((caller) => caller.enrol.finish({ ...input, pin: '40718526' }), { key: 'the-act' })),
		).toBe('idempotency_key_reused')
	})

	test('at once is done once, and both are told so', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const input = await prepare(phone, token)
		const finish = () => phone.call((caller) => caller.enrol.finish(input), { key: 'the-act' })
		const [one, two] = await Promise.all([finish(), finish()])
		expect(one).toEqual(two)
		expect(await living()).toHaveLength(1)
		expect(await counter.db.select().from(notices)).toHaveLength(1)
	})

	test('with another key: the link is used', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const input = await prepare(phone, token)
		const outcomes = await Promise.allSettled([
			phone.call((caller) => caller.enrol.finish(input)),
			phone.call((caller) => caller.enrol.finish(input)),
		])
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		expect(await living()).toHaveLength(1)
	})
})

describe('the last step', () => {
	test('takes one trip to read and one to write', async () => {
		const { token } = await issue(counter.officer, 'somchai')
		const phone = counter.visitor()
		const input = await prepare(phone, token)
		const trips: number[] = []
		const db = asDb(
			tapped(counter.client, {
				before: (statements: InStatement[]) => {
					trips.push(statements.length)
					return statements
				},
			}),
		)
		const here = new Visitor(counter.with({ db }), phone.phone)
		for (const [name, value] of phone.cookies) here.cookies.set(name, value)
		await here.call((caller) => caller.enrol.finish(input))
		// The act memory's look, the one read, the one batch.
		expect(trips).toHaveLength(3)
	})
})
