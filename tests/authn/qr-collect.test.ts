import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { LIMITS } from '../../src/env.ts'
import { beginSignIn, confirm, type Inspection } from '../kit/journeys.ts'
import { answerOf, exchange, pushedUrl } from './kit/agency.ts'
import {
	type Enrolled,
	ISSUER,
	openStage,
	outcome,
	refusal,
	type Stage,
	scanned,
	type Waiting,
	waitingIn,
} from './kit/stage.ts'
import { before } from './kit/trips.ts'

setDefaultTimeout(30_000)

/** The waiting browser takes the answer away: that browser, that answer, once. */
let stage: Stage
let phone: Enrolled
let waiting: Waiting
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	waiting = await stage.waiting()
})

const scan = async (at = waiting): Promise<Inspection> => scanned(phone, await at.qr())
async function approve(at = waiting): Promise<void> {
	const shown = await scan(at)
	await confirm(phone, shown, (await at.state()).number)
}
const decline = () => phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })
const endings = async () => (await stage.events()).filter(({ name }) => name === 'signInEnded')
const errorOf = (location: string) => {
	const { searchParams } = new URL(location)
	return [searchParams.get('error'), searchParams.get('error_description')]
}

describe('the answer', () => {
	test('goes to the redirect URI of the request, with its state and our name, and the code is good once', async () => {
		await approve()
		const location = await waiting.collect()
		const url = new URL(location)
		expect(`${url.origin}${url.pathname}`).toBe('http://localhost:8788/callback')
		expect(Object.fromEntries(url.searchParams)).toMatchObject({ state: 'the-state', iss: ISSUER })
		const { claims } = await exchange(stage.app.fetch, ISSUER, location)
		expect(claims).toMatchObject({ nonce: 'the-nonce', name: 'สมชาย ใจดี' })
		expect((await exchange(stage.app.fetch, ISSUER, location)).error).toBe('invalid_grant')
	})

	test.each([
		['another browser', () => stage.browser()],
		['the phone that decided', () => phone.browser],
	])('is not for %s', async (_name, who) => {
		await approve()
		expect(await refusal(waitingIn(who(), waiting.id).collect())).toBe('sign_in_other_browser')
		expect(await refusal(waitingIn(who(), waiting.id).cancel())).toBe('sign_in_other_browser')
		expect(await outcome(waiting.collect())).toBe('ok')
	})

	test('is taken once', async () => {
		await approve()
		await waiting.collect()
		expect(await refusal(waiting.collect())).toBe('sign_in_ended')
		expect(await stage.db.query.codes.findMany()).toHaveLength(1)
	})

	test('asked for 32 times at once is one code', async () => {
		await approve()
		const all = await Promise.all(Array.from({ length: 32 }, () => outcome(waiting.collect())))
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(1)
		expect(new Set(all)).toEqual(new Set(['ok', 'sign_in_ended']))
		expect(await stage.db.query.codes.findMany()).toHaveLength(1)
	})

	test('asked for 32 times at once by one act is one answer', async () => {
		await approve()
		const key = crypto.randomUUID()
		const all = await Promise.all(Array.from({ length: 32 }, () => waiting.collect(key)))
		expect(new Set(all).size).toBe(1)
		expect(await stage.db.query.codes.findMany()).toHaveLength(1)
	})

	test('of a sign-in that there is not', async () => {
		expect(await refusal(waitingIn(waiting.browser, `si_${'A'.repeat(22)}`).collect())).toBe('sign_in_unknown')
	})

	test('is there for two minutes', async () => {
		await approve()
		stage.clock.pass(LIMITS.signIn.collect - 1)
		expect(await outcome(waiting.collect())).toBe('ok')
	})

	test('and after them there is none; the relying party still hears that nothing came of it', async () => {
		await approve()
		stage.clock.pass(LIMITS.signIn.collect)
		expect(await refusal(waiting.collect())).toBe('sign_in_expired')
		expect(errorOf(await waiting.cancel())).toEqual(['access_denied', 'the sign-in was not finished'])
		expect(await stage.db.query.codes.findMany()).toEqual([])
	})

	const early: [string, () => Promise<unknown>, string][] = [
		['before anything', async () => {}, 'sign_in_ended'],
		['while the QR is shown', () => waiting.qr(), 'sign_in_ended'],
		['while the citizen decides', () => scan(), 'sign_in_ended'],
		['after two phones', async () => twoPhones(), 'qr_scanned_elsewhere'],
		['after a wrong number', async () => outcome(confirm(phone, await scan(), 10)), 'number_mismatch'],
	]
	test.each(early)('is not there %s', async (_name, until, code) => {
		await until()
		expect(await refusal(waiting.collect())).toBe(code)
		expect(await stage.db.query.codes.findMany()).toEqual([])
	})
})

async function twoPhones(): Promise<void> {
	const frame = await waiting.qr()
	const other = await stage.citizen('somying')
	await scanned(phone, frame)
	await outcome(scanned(other, frame))
}

describe('giving up, in each state', () => {
	const open: [string, () => Promise<unknown>][] = [
		['before anything', async () => {}],
		['while the QR is shown', () => waiting.qr()],
		['while the citizen decides', () => scan()],
	]
	test.each(open)('%s: access_denied, written down once, and the phone is told', async (_name, until) => {
		await until()
		expect(errorOf(await waiting.cancel())).toEqual(['access_denied', 'the sign-in was not finished'])
		expect(await endings()).toMatchObject([{ data: { reason: 'sign_in_ended' } }])
		expect(await refusal(waiting.qr())).toBe('sign_in_ended')
		expect(await refusal(waiting.collect())).toBe('sign_in_ended')
	})

	test('the phone that was about to decide cannot any more', async () => {
		const shown = await scan()
		const { number } = await waiting.state()
		await waiting.cancel()
		expect(await refusal(confirm(phone, shown, number))).toBe('sign_in_ended')
		expect(await refusal(decline())).toBe('sign_in_ended')
	})

	test('out of time: the event says so', async () => {
		await waiting.qr()
		stage.clock.pass(LIMITS.signIn.scan)
		expect(errorOf(await waiting.cancel())).toEqual(['access_denied', 'the sign-in was not finished'])
		expect(await endings()).toMatchObject([{ data: { reason: 'sign_in_expired' } }])
	})

	test('after no: the relying party hears that the citizen declined, and it is no second event', async () => {
		await scan()
		await decline()
		expect(errorOf(await waiting.cancel())).toEqual(['access_denied', 'the citizen declined'])
		expect(await endings()).toEqual([])
	})

	test('after two phones: it is no second event', async () => {
		await twoPhones()
		expect(errorOf(await waiting.cancel())).toEqual(['access_denied', 'the sign-in was not finished'])
		expect(await endings()).toHaveLength(1)
	})

	test('after yes: refused, and the answer is still there', async () => {
		await approve()
		expect(await refusal(waiting.cancel())).toBe('sign_in_ended')
		expect(answerOf(await waiting.collect()).code).not.toBeNull()
	})

	test('after the answer was taken: refused, and the code is good', async () => {
		await approve()
		const location = await waiting.collect()
		expect(await refusal(waiting.cancel())).toBe('sign_in_ended')
		expect((await exchange(stage.app.fetch, ISSUER, location)).access_token).toBeString()
	})

	test('twice: once', async () => {
		await waiting.cancel()
		expect(await refusal(waiting.cancel())).toBe('sign_in_ended')
		expect(await endings()).toHaveLength(1)
	})

	test('32 times at once: once', async () => {
		const all = await Promise.all(Array.from({ length: 32 }, () => outcome(waiting.cancel())))
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(1)
		expect(await endings()).toHaveLength(1)
	})

	test('at the moment in which the phone says yes: one of the two holds', async () => {
		const shown = await scan()
		const { number } = await waiting.state()
		const [yes, away] = await Promise.all([outcome(confirm(phone, shown, number)), outcome(waiting.cancel())])
		expect([yes, away].filter((answer) => answer === 'ok')).toHaveLength(1)
		expect(await stage.db.query.grants.findMany()).toHaveLength(yes === 'ok' ? 1 : 0)
		expect(await outcome(waiting.collect())).toBe(yes === 'ok' ? 'ok' : 'sign_in_ended')
	})

	test('just after the phone said yes: the relying party is not told of a no', async () => {
		const shown = await scan()
		const { number } = await waiting.state()
		const hook = before(stage.client, /"state" = \?.*'declined', 'ended'/s, () => confirm(phone, shown, number))
		expect(await refusal(waiting.cancel())).toBe('sign_in_ended')
		hook.off()
		expect(hook.done).toBe(true)
		expect(answerOf(await waiting.collect()).code).not.toBeNull()
		expect(await endings()).toEqual([])
	})
})

describe('a pushed request serves one answer', () => {
	let tabs: [Waiting, Waiting]
	beforeEach(async () => {
		const url = await pushedUrl(stage.app.fetch, ISSUER)
		const browser = stage.browser()
		const open = async () => waitingIn(browser, await beginSignIn(browser, url))
		tabs = [await open(), await open()]
		for (const tab of tabs) await approve(tab)
	})

	test('the first tab gets a code, the second an error, again and again', async () => {
		const [first, second] = tabs
		expect(answerOf(await first.collect()).code).not.toBeNull()
		const key = crypto.randomUUID()
		const late = await second.collect(key)
		expect(answerOf(late)).toMatchObject({ code: null, error: 'invalid_request', state: 'the-state' })
		expect(await second.collect(key)).toBe(late)
		expect(await stage.db.query.codes.findMany()).toHaveLength(1)
	})

	test('both at once: one code', async () => {
		const answers = await Promise.all(tabs.map(async (tab) => answerOf(await tab.collect())))
		expect(answers.filter(({ code }) => code !== null)).toHaveLength(1)
		expect(answers.filter(({ error }) => error === 'invalid_request')).toHaveLength(1)
	})

	test('what could not be collected has not spent it', async () => {
		const [first, second] = tabs
		const hook = before(stage.client, /insert into "codes"/, () =>
			stage.db.run(`UPDATE sign_ins SET state = 'ended' WHERE id = '${first.id}'`),
		)
		expect(await refusal(first.collect())).toBe('sign_in_ended')
		hook.off()
		expect(answerOf(await second.collect()).code).not.toBeNull()
	})
})
