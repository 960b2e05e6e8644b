import { expect, test } from 'bun:test'
import type { InStatement } from '@libsql/client'
import { isNull } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { isServiceError } from '../../src/lib/errors.ts'
import { deviceSecretHash } from './kit/cookies.ts'
import { answerOptions, asDb, everything, openCounter, PIN, pidOf, tapped, tokenOf, Visitor } from './kit/counter.ts'

/**
 * The machine dies between any two statements of an enrolment, or after a commit whose answer nobody hears. Whoever was
 * waiting sends the same act again. Then nothing may be half done, nothing done twice, and all of it done.
 */
class Killed extends Error {}

interface Kill {
	/** Which statement of the whole journey, or which trip. */
	at: number
	/** `statement`: it fails, and its batch with it. `answer`: the trip is done, and nobody hears of it. */
	what: 'statement' | 'answer'
}

async function journey(kill: Kill | null): Promise<{ statements: number; trips: number; died: boolean }> {
	const counter = await openCounter()
	let statements = 0
	let trips = 0
	let died = false
	let before: unknown
	const db = asDb(
		tapped(counter.client, {
			async before(given: InStatement[]) {
				const target = kill?.what === 'statement' && !died ? kill.at - statements : -1
				statements += given.length
				if (target < 0 || target >= given.length) return given
				died = true
				before = await everything(counter.db)
				return given.map((statement, i) =>
					i === target ? { sql: 'SELECT * FROM the_machine_is_gone', args: [] } : statement,
				)
			},
			after() {
				if (kill?.what === 'answer' && !died && trips === kill.at) {
					died = true
					throw new Killed()
				}
				trips++
			},
		}),
	)
	const needs = counter.with({ db })
	const officer = new Visitor(needs, counter.officer.phone)
	for (const [name, value] of counter.officer.cookies) officer.cookies.set(name, value)
	const citizen = new Visitor(needs)

	/** An act, and the same act again where its answer did not come. */
	async function insist<T>(who: Visitor, key: string, act: Parameters<typeof who.call<T>>[0]): Promise<T> {
		const diedBefore = died
		try {
			return await who.call(act, { key })
		} catch (error) {
			if (diedBefore || !died || isServiceError((error as Error).cause)) throw error
			// A batch that failed left no trace.
			if (kill?.what === 'statement') expect(await everything(counter.db)).toEqual(before as never)
			return who.call(act, { key })
		}
	}

	const { caseId } = await insist(officer, 'look', (caller) => caller.office.lookUp({ pid: pidOf('somchai') }))
	const { link } = await insist(officer, 'link', (caller) => caller.office.issueLink({ caseId, faceConfirmed: true }))
	const token = tokenOf(link)
	await insist(citizen, 'open', (caller) => caller.enrol.open({ token }))
	const { options } = await insist(citizen, 'options', (caller) =>
		caller.enrol.options({ token, pin: PIN, onPhone: true }),
	)
	const input = await answerOptions(citizen, token, options)
	const outcome = await insist(citizen, 'finish', (caller) => caller.enrol.finish(input))

	expect(outcome).toMatchObject({ replacedDevice: false, tier: 'device-bound' })
	expect(await insist(officer, 'look again', (caller) => caller.office.case({ caseId }))).toMatchObject({
		state: 'done',
	})
	const { accounts, devices, events, notices, passkeys, pins } = schema
	expect(await counter.db.select().from(accounts)).toMatchObject([{ status: 'active', enrolmentId: caseId }])
	expect(await counter.db.select().from(passkeys).where(isNull(passkeys.endedAt))).toMatchObject([
		{ credentialId: input.response.id },
	])
	expect(await counter.db.select().from(pins)).toHaveLength(1)
	expect(await counter.db.select().from(devices)).toMatchObject([{ secretHash: deviceSecretHash(citizen) }])
	expect(await counter.db.select().from(notices)).toMatchObject([{ kind: 'enrolled' }])
	const written = (await counter.db.select().from(events)).map(({ name }) => name).sort()
	expect(written).toEqual([
		'enrolmentDone',
		'enrolmentLinkIssued',
		'enrolmentOpened',
		'officerJoined',
		'personLookedUp',
	])
	counter.close()
	return { statements, trips, died }
}

const whole = await journey(null)

test('the journey has trips to lose and statements to fail', () => {
	expect(whole.trips).toBeGreaterThan(10)
	expect(whole.statements).toBeGreaterThan(25)
})

test.each(Array.from({ length: whole.statements }, (_, at) => at))('the machine dies at statement %i', async (at) => {
	expect((await journey({ at, what: 'statement' })).died).toBe(true)
})

test.each(Array.from({ length: whole.trips }, (_, at) => at))('nobody hears the answer of trip %i', async (at) => {
	expect((await journey({ at, what: 'answer' })).died).toBe(true)
})
