import { afterEach, beforeEach, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { sweepEnrolments } from '../../src/proofing/index.ts'
import { type Counter, enrolPerson, issue, openCounter, pidOf } from './kit/counter.ts'

const { enrolments, events } = schema

let counter: Counter
beforeEach(async () => {
	counter = await openCounter()
})
afterEach(() => counter.close())

const ended = async () => (await counter.db.select().from(events)).filter(({ name }) => name === 'enrolmentEnded')

test('a case that nobody finished is emptied and ended, with its event', async () => {
	const { caseId } = await issue(counter.officer, 'somchai')
	await counter.officer.call((caller) => caller.office.lookUp({ pid: pidOf('somying') }))
	expect(await sweepEnrolments(counter.needs)).toBe(0)
	counter.clock.pass(10 * 60_000)
	expect(await sweepEnrolments(counter.needs)).toBe(1)
	const rows = await counter.db.select().from(enrolments)
	expect(rows.find(({ id }) => id === caseId)).toMatchObject({
		state: 'ended',
		endReason: 'enrolment_link_expired',
		subject: null,
		challenge: null,
	})
	expect(rows.find(({ id }) => id !== caseId)).toMatchObject({ state: 'looked_up', subject: expect.any(String) })
	expect((await ended()).map(({ data }) => JSON.parse(data))).toEqual([{ caseId, reason: 'enrolment_link_expired' }])
	expect(await sweepEnrolments(counter.needs)).toBe(0)
})

test('two sweeps at once write one event a case', async () => {
	await issue(counter.officer, 'somchai')
	counter.clock.pass(10 * 60_000)
	await Promise.all([sweepEnrolments(counter.needs), sweepEnrolments(counter.needs)])
	expect(await ended()).toHaveLength(1)
})

test('what is done stays done', async () => {
	await enrolPerson(counter.officer, counter.visitor(), 'somchai')
	const before = await counter.db.select().from(enrolments)
	counter.clock.pass(24 * 3_600_000)
	expect(await sweepEnrolments(counter.needs)).toBe(0)
	expect(await counter.db.select().from(enrolments)).toEqual(before)
})

test('the sweep finds its cases by an index', async () => {
	const plan = await counter.client.execute(
		'EXPLAIN QUERY PLAN SELECT id FROM enrolments WHERE subject IS NOT NULL AND expires_at <= 1 ORDER BY expires_at LIMIT 50',
	)
	expect(JSON.stringify(plan.rows)).toContain('enrolments_held')
})
