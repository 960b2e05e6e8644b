import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { atomically, schema } from '../../db/client.ts'
import * as audit from '../../src/audit/index.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { formatPid, pidCheckDigit } from '../../src/lib/thai/pid.ts'
import { memoryDb } from '../kit/db.ts'

const { assertFit, EVENT_NAMES, holdsPersonalData, recordEvent, UnfitEvent } = audit
const SUBJECT = 'x'.repeat(43)
const clock = { now: () => 1_795_575_600_000 }

/** One of each, with whatever an event may be given. */
const given = {
	officerId: 'off_1',
	officeCode: '1306',
	subjectIndex: SUBJECT,
	caseId: 'enr_1',
	accountId: 'acc_1',
	clientId: 'revenue',
	signInId: 'si_1',
	grantId: 'grt_1',
	path: 'qr',
	checkId: 'chk_1',
	validity: 'valid',
	acr: 'urn:example',
	scope: 'openid pid',
	code: 'card_lost',
	reason: 'card_lost',
	role: 'officer',
	ial: '2.1',
	tier: 'device-bound',
	triesLeft: 3,
	at: 'si_1',
	kind: 'family',
	by: 'citizen',
}
type Maker = (e: typeof given) => audit.AuditEvent
const exported: Record<string, unknown> = { ...audit }
const makers = EVENT_NAMES.map((name) => [name, exported[name] as Maker] as const)

describe('an event', () => {
	test.each(makers)('%s says who, about whom, and only what it may', (name, make) => {
		const event = make(given)
		expect(event.name).toBe(name)
		expect(() => assertFit(event)).not.toThrow()
		expect(Object.values(event.data)).not.toContain(undefined)
		if (event.actor.kind !== 'system' && name !== 'enrolmentOpened') expect(event.actor.id).toBeTruthy()
		expect(JSON.stringify(event.data)).not.toContain(SUBJECT)
	})

	test('is refused where it says more than it may', () => {
		const event = audit.officerSignedIn(given)
		const unfit: audit.AuditEvent[] = [
			{ ...event, data: { ...event.data, name: 'x' } },
			{ ...event, name: 'somethingElse' as never },
			{ ...event, subjectIndex: '1980000000019' },
			{ ...event, data: { officeCode: '1980000000019' } },
			{ ...event, data: { officeCode: 1980000000019 } },
			{ ...event, data: { officeCode: 'สมชาย' } },
			{ ...event, actor: { kind: 'officer', id: '1980000000019' } },
			{ ...event, accountId: '1-9800-00000-01-9' },
		]
		for (const each of unfit) expect(() => assertFit(each)).toThrow(UnfitEvent)
		// The message is logged; it must not repeat what it refused.
		for (const each of unfit)
			try {
				assertFit(each)
			} catch (error) {
				expect(String(error)).not.toMatch(/1980|สมชาย/)
			}
	})
})

describe('a citizen number is found in a text', () => {
	const pids = fc
		.tuple(fc.integer({ min: 1, max: 8 }), fc.stringMatching(/^\d{11}$/))
		.map(([first, rest]) => `${first}${rest}`)
		.map((digits) => `${digits}${pidCheckDigit(digits)}`)
	const thai = (digits: string) => digits.replace(/\d/g, (digit) => String.fromCharCode(0xe50 + Number(digit)))

	test('however it is written and whatever stands around it', () => {
		const spellings = [(pid: string) => pid, formatPid, (pid: string) => formatPid(pid).replace(/-/g, ' '), thai]
		fc.assert(
			fc.property(pids, fc.constantFrom(...spellings), fc.string(), fc.string(), (pid, spell, before, after) => {
				expect(holdsPersonalData(`${before}${spell(pid)}${after}`)).toBe(true)
			}),
		)
	})

	test('and other digits are let be', () => {
		expect(holdsPersonalData('1980000000018')).toBe(false)
		expect(holdsPersonalData('enr_abc 1306 2.1')).toBe(false)
		fc.assert(
			fc.property(pids, fc.integer({ min: 1, max: 9 }), (pid, by) => {
				const wrong = `${pid.slice(0, 12)}${(Number(pid[12]) + by) % 10}`
				expect(holdsPersonalData(`x${wrong}x`)).toBe(false)
			}),
		)
	})
})

describe('an event is written down', () => {
	const needs = { random: systemRandom, clock }

	test('with its act: where the guard holds and nowhere else', async () => {
		const { db, close } = await memoryDb()
		await atomically(db, [
			recordEvent(db, needs, audit.accountSuspended({ accountId: 'acc_1', reason: 'card_lost' }), sql`1 = 1`),
			recordEvent(db, needs, audit.accountSuspended({ accountId: 'acc_2', reason: 'card_lost' }), sql`1 = 2`),
		])
		expect(await db.select().from(schema.events)).toEqual([
			{
				id: expect.stringMatching(/^evt_[\w-]{22}$/),
				at: clock.now(),
				name: 'accountSuspended',
				actorKind: 'system',
				actorId: null,
				accountId: 'acc_1',
				subjectIndex: null,
				data: '{"reason":"card_lost"}',
			},
		])
		close()
	})

	test('or not made at all where it is unfit', async () => {
		const { db, close } = await memoryDb()
		expect(() => recordEvent(db, needs, audit.officerSignedIn({ officerId: 'ก', officeCode: '1306' }))).toThrow(
			UnfitEvent,
		)
		close()
	})
})
