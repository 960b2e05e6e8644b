import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createWake } from '../../src/authn/index.ts'
import { type OfficeCase, watchCase } from '../../src/proofing/index.ts'
import { type Counter, issue, joinedOfficer, openCounter, pidOf, prepare, refusal } from './kit/counter.ts'

let counter: Counter
beforeEach(async () => {
	counter = await openCounter()
})
afterEach(() => counter.close())

const officerId = async (): Promise<string> => {
	const row = await counter.client.execute('SELECT id FROM officers ORDER BY created_at LIMIT 1')
	return String(row.rows[0]?.id)
}

async function follow(caseId: string, needs = counter.needs): Promise<{ seen: OfficeCase[]; ended: Promise<void> }> {
	const seen: OfficeCase[] = []
	const stream = watchCase(needs, caseId, { officerId: await officerId() })
	const ended = (async () => {
		for await (const view of stream) seen.push(view)
	})()
	return { seen, ended }
}

test('the officer’s screen follows from the look-up to the end, each state once', async () => {
	const { caseId } = await counter.officer.call((caller) => caller.office.lookUp({ pid: pidOf('somchai') }))
	const { seen, ended } = await follow(caseId)
	await Bun.sleep(5)
	const { link } = await counter.officer.call((caller) => caller.office.issueLink({ caseId, faceConfirmed: true }))
	await Bun.sleep(5)
	const citizen = counter.visitor()
	const input = await prepare(citizen, new URL(link).hash.slice(1))
	await Bun.sleep(5)
	await citizen.call((caller) => caller.enrol.finish(input))
	await ended
	expect(seen.map(({ state }) => state)).toEqual(['looked_up', 'link_issued', 'opened', 'done'])
	expect(seen.at(-1)?.subject).toBeNull()
})

test('without a wake-up from the same process it looks by itself', async () => {
	const { caseId } = await issue(counter.officer, 'somchai')
	const { seen, ended } = await follow(caseId, counter.with({ wake: createWake() }))
	await Bun.sleep(5)
	await counter.officer.call((caller) => caller.office.cancel({ caseId }))
	await ended
	expect(seen.map(({ state }) => state)).toEqual(['link_issued', 'cancelled'])
})

test('a case that runs out of time ends on the screen too', async () => {
	const { caseId } = await issue(counter.officer, 'somchai')
	const { seen, ended } = await follow(caseId)
	await Bun.sleep(5)
	counter.clock.pass(10 * 60_000)
	counter.needs.wake.touch(caseId)
	await ended
	expect(seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'enrolment_link_expired', subject: null })
})

test('the stream ends after a minute, though the case goes on', async () => {
	const { caseId } = await issue(counter.officer, 'somchai')
	const { seen, ended } = await follow(caseId)
	await Bun.sleep(5)
	counter.clock.pass(60_000)
	counter.needs.wake.touch(caseId)
	await ended
	expect(seen.map(({ state }) => state)).toEqual(['link_issued'])
})

test('who leaves is not followed any further', async () => {
	const { caseId } = await issue(counter.officer, 'somchai')
	const gone = new AbortController()
	const stream = watchCase(counter.needs, caseId, { officerId: await officerId() }, gone.signal)
	await stream.next()
	gone.abort()
	expect(await stream.next()).toEqual({ done: true, value: undefined })
})

test('a colleague follows nothing', async () => {
	const { caseId } = await issue(counter.officer, 'somchai')
	await joinedOfficer(counter.needs)
	expect(await refusal(watchCase(counter.needs, caseId, { officerId: 'off_somebody_else' }).next())).toBe('not_allowed')
})
