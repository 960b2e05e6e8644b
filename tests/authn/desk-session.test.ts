import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { LIMITS } from '../../src/env.ts'
import { MINUTE, SECOND } from '../../src/lib/clock.ts'
import type { Browser } from '../kit/http-client.ts'
import { confirm } from '../kit/journeys.ts'
import { AGENCY, answerOf, authorizationUrl, exchange } from './kit/agency.ts'
import { enrolsAnew } from './kit/office.ts'
import { type Enrolled, ISSUER, lookedHere, openStage, outcome, refusal, type Stage, scanned } from './kit/stage.ts'
import { cardOf, standingOf, unlock } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/**
 * A QR's waiting browser is a desk, and may be anybody's. It gets a session that opens nothing of the citizen's and goes on
 * silently only where that citizen has been from there.
 */
const QR = 'urn:dopa:digital-id:acr:aal2:qr'
const OTHER = 'sample-agency-jwt'
const { session: WHOLE, sessionIdle: IDLE } = LIMITS.signIn
const { codes, logoutDeliveries, sessionClients, sessions } = schema

let stage: Stage
let phone: Enrolled
let desk: Browser
beforeAll(async () => {
	stage = await openStage()
	await stage.db.update(schema.clients).set({ backchannelLogoutUri: 'https://rp.example/logout' })
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	desk = stage.browser()
})

/** A whole sign-in by QR. @returns where the desk went */
async function signInAt(browser: Browser, who = phone, client_id = AGENCY): Promise<string> {
	const waiting = await stage.waiting({ client_id, prompt: 'login' }, browser)
	const shown = await scanned(who, await waiting.qr())
	await confirm(who, shown, (await waiting.state()).number)
	return waiting.collect()
}

async function signInHere(client_id = AGENCY): Promise<string> {
	const waiting = await stage.waiting({ client_id, prompt: 'login' }, phone.browser)
	await confirm(phone, await lookedHere(phone.browser, waiting.id), null)
	return waiting.collect()
}

async function silently(browser: Browser, more: Record<string, string> = {}) {
	const answer = await browser.get(authorizationUrl(ISSUER, { prompt: 'none', ...more }))
	const { code, error } = answerOf(answer.headers.get('location') ?? '')
	return error ?? (code ? 'code' : 'nothing')
}

const rowsOf = async () => ({
	sessions: await stage.db.select().from(sessions),
	open: (await stage.db.select().from(sessions)).filter(({ endedAt }) => endedAt === null),
	named: await stage.db.select().from(sessionClients),
	codes: await stage.db.select().from(codes),
	told: await stage.db.select().from(logoutDeliveries),
})
const cookieOf = (browser: Browser) => browser.cookies().find(({ name }) => name === '__Host-session')

describe('after a QR the browser that waited has a session', () => {
	test('of the desk kind, by the QR’s acr, since the citizen’s decision', async () => {
		const waiting = await stage.waiting({}, desk)
		const shown = await scanned(phone, await waiting.qr())
		await confirm(phone, shown, (await waiting.state()).number)
		const decided = stage.clock.now()
		stage.clock.pass(30 * SECOND)
		await waiting.collect()
		const { sessions: rows } = await rowsOf()
		expect(rows).toMatchObject([
			{
				accountId: phone.accountId,
				kind: 'desk',
				acr: QR,
				authenticatedAt: decided,
				lastSeenAt: stage.clock.now(),
				expiresAt: decided + WHOLE,
			},
		])
		expect(cookieOf(desk)).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' })
		expect(cookieOf(phone.browser)).toBeUndefined()
	})

	test('which has a name at the relying party, and the code carries it', async () => {
		await signInAt(desk)
		const rows = await rowsOf()
		expect(rows.named).toMatchObject([{ clientId: AGENCY, accountId: phone.accountId, endedAt: null }])
		expect(rows.named[0]?.sid).toMatch(/^sid_[\w-]{22}$/)
		expect(rows.codes.map(({ sid }) => sid)).toEqual([rows.named[0]?.sid ?? '-'])
	})

	test('an answer that was lost brings the same cookie again', async () => {
		const waiting = await stage.waiting({}, desk)
		const shown = await scanned(phone, await waiting.qr())
		await confirm(phone, shown, (await waiting.state()).number)
		const key = crypto.randomUUID()
		const copy = stage.sameBrowser(desk, stage.app)
		await waiting.collect(key)
		await copy.mutate('signIn.collect', { id: waiting.id }, { key })
		expect(cookieOf(copy)?.value).toBe(cookieOf(desk)?.value ?? '-')
		expect((await rowsOf()).sessions).toHaveLength(1)
	})

	test('and none where nothing was given', async () => {
		const waiting = await stage.waiting({}, desk)
		await scanned(phone, await waiting.qr())
		await phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })
		await waiting.collect()
		expect(cookieOf(desk)).toBeUndefined()
		expect((await rowsOf()).sessions).toEqual([])
	})
})

describe('it opens nothing of the citizen’s', () => {
	test('no card, no inbox, and nothing says that somebody is signed in', async () => {
		await signInAt(desk)
		expect(await standingOf(desk)).toEqual({ known: false, unlocked: false })
		expect(await refusal(cardOf(desk))).toBe('not_signed_in')
		expect(await refusal(desk.query('notices.list', {}))).toBe('not_signed_in')
	})
})

describe('it goes on silently', () => {
	beforeEach(() => signInAt(desk))

	test('at the relying party that it has answered, with when and how the citizen signed in', async () => {
		const signedIn = stage.clock.now()
		stage.clock.pass(5 * MINUTE)
		expect(await silently(desk)).toBe('code')
		const answer = await desk.get(authorizationUrl(ISSUER))
		const { claims } = await exchange(stage.app.fetch, ISSUER, answer.headers.get('location') ?? '')
		expect(claims).toMatchObject({ acr: QR, auth_time: signedIn / SECOND })
	})

	test('and at no other one, whatever the citizen has consented to', async () => {
		await signInHere(OTHER)
		expect(await silently(phone.browser, { client_id: OTHER })).toBe('code')
		expect(await silently(desk, { client_id: OTHER })).toBe('login_required')
	})

	test('for no client that is not registered so', async () => {
		await stage.db.update(schema.clients).set({ silent: false }).where(eq(schema.clients.id, AGENCY))
		expect(await silently(desk)).toBe('login_required')
		await stage.db.update(schema.clients).set({ silent: true })
	})

	test('not after thirty minutes idle, nor after twelve hours', async () => {
		stage.clock.pass(IDLE)
		expect(await silently(desk)).toBe('login_required')
	})

	test('not after locking it', async () => {
		expect(await outcome(desk.mutate('me.lock', {}))).toBe('ok')
		expect(await silently(desk)).toBe('login_required')
		expect((await rowsOf()).told).toMatchObject([{ clientId: AGENCY, accountId: phone.accountId }])
	})

	test('not on a new device’s first day', async () => {
		await enrolsAnew(stage, 'somchai')
		expect(await silently(desk)).toBe('login_required')
		expect((await rowsOf()).told).toMatchObject([{ clientId: AGENCY, accountId: phone.accountId }])
	})

	test('the name stays the same; another relying party knows another one', async () => {
		expect(await silently(desk)).toBe('code')
		await signInAt(desk, phone, OTHER)
		const { named, codes: given } = await rowsOf()
		expect(named.map(({ clientId }) => clientId)).toEqual([AGENCY, OTHER])
		expect(new Set(named.map(({ sid }) => sid)).size).toBe(2)
		expect(given.map(({ sid }) => sid)).toEqual([named[0]?.sid, named[0]?.sid, named[1]?.sid] as never)
	})
})

describe('what the browser had before', () => {
	test('a desk session of the same citizen: the new one takes its relying parties over, and nobody is told of an end', async () => {
		await signInAt(desk)
		const [first] = (await rowsOf()).sessions
		stage.clock.pass(10 * MINUTE)
		await signInAt(desk, phone, OTHER)
		const rows = await rowsOf()
		expect(rows.open).toMatchObject([{ kind: 'desk', authenticatedAt: stage.clock.now() }])
		expect(rows.open[0]?.secretHash).not.toBe(first?.secretHash ?? '-')
		expect(rows.named.map(({ sessionHash, endedAt }) => [sessionHash, endedAt])).toEqual(
			[AGENCY, OTHER].map(() => [rows.open[0]?.secretHash ?? '-', null]),
		)
		expect(rows.told).toEqual([])
		for (const client_id of [AGENCY, OTHER]) expect(await silently(desk, { client_id })).toBe('code')
	})

	test('their own session: it stays, and answers this relying party too', async () => {
		await unlock(phone)
		const own = cookieOf(phone.browser)?.value
		await signInAt(phone.browser)
		const rows = await rowsOf()
		expect(rows.sessions).toMatchObject([{ kind: 'own', endedAt: null }])
		expect(cookieOf(phone.browser)?.value).toBe(own ?? '-')
		expect(rows.codes).toMatchObject([{ sid: rows.named[0]?.sid }])
		expect(await outcome(cardOf(phone.browser))).toBe('ok')
	})

	test('their own session that is over: a desk’s takes its place', async () => {
		await unlock(phone)
		stage.clock.pass(IDLE)
		await signInAt(phone.browser)
		expect((await rowsOf()).sessions.at(-1)).toMatchObject({ kind: 'desk' })
		expect(await refusal(cardOf(phone.browser))).toBe('not_signed_in')
	})

	test.each([
		['a desk session of somebody else', (other: Enrolled) => signInAt(desk, other, OTHER)],
		[
			'somebody else’s own session',
			async (other: Enrolled) => {
				await unlock({ ...other, browser: desk }, await openOptions(desk))
				const answer = await desk.get(authorizationUrl(ISSUER, { client_id: OTHER }))
				const id = new URL(answer.headers.get('location') ?? '').pathname.split('/')[2] ?? ''
				const shown = await lookedHere(desk, id)
				await confirm({ ...other, browser: desk }, shown, null)
				await desk.mutate('signIn.collect', { id })
			},
		],
	])('%s ends, its relying parties are told, and its tokens end', async (_name, signedInBefore) => {
		const other = await stage.citizen('somying', { discoverable: true })
		await signedInBefore(other)
		const before = await rowsOf()
		expect(before.named).toMatchObject([{ clientId: OTHER, accountId: other.accountId }])
		await signInAt(desk)
		const rows = await rowsOf()
		expect(rows.open).toMatchObject([{ kind: 'desk', accountId: phone.accountId }])
		expect(rows.told).toMatchObject([{ id: before.named[0]?.sid, clientId: OTHER, accountId: other.accountId }])
		expect(rows.codes.find(({ accountId }) => accountId === other.accountId)?.expiresAt).toBe(0)
		expect(await silently(desk, { client_id: OTHER })).toBe('login_required')
	})

	const openOptions = async (browser: Browser) => {
		const { options } = await browser.mutate<{ options: object }>('me.unlockOptions', {})
		return { ...options, allowCredentials: [] } as never
	}

	test('a desk session of the same citizen, when the passkey answers here: it becomes their own', async () => {
		await signInAt(phone.browser)
		expect((await rowsOf()).open).toMatchObject([{ kind: 'desk' }])
		await unlock(phone)
		const rows = await rowsOf()
		expect(rows.open).toMatchObject([{ kind: 'own' }])
		expect(rows.named).toMatchObject([{ sessionHash: rows.open[0]?.secretHash, endedAt: null }])
		expect(rows.told).toEqual([])
	})
})

describe('on the citizen’s own device', () => {
	test('the session has a name at each relying party as well', async () => {
		await signInHere()
		await signInHere(OTHER)
		const rows = await rowsOf()
		expect(rows.open).toMatchObject([{ kind: 'own' }])
		expect(rows.named.map(({ clientId, sessionHash }) => [clientId, sessionHash])).toEqual(
			[AGENCY, OTHER].map((id) => [id, rows.open[0]?.secretHash ?? '-']),
		)
		expect(rows.codes.map(({ sid }) => sid)).toEqual(rows.named.map(({ sid }) => sid) as never)
	})

	test('locked between yes and answer: the code comes, without a session', async () => {
		const waiting = await stage.waiting({}, phone.browser)
		await confirm(phone, await lookedHere(phone.browser, waiting.id), null)
		await phone.browser.mutate('me.lock', {})
		expect(answerOf(await waiting.collect()).code).toBeString()
		const rows = await rowsOf()
		expect(rows.open).toEqual([])
		expect(rows.named).toEqual([])
		expect(rows.codes).toMatchObject([{ sid: null }])
	})
})

describe('at once', () => {
	test('eight silent answers of a first time give one name, and each code has it', async () => {
		await signInHere()
		await stage.db.delete(sessionClients)
		const all = await Promise.all(Array.from({ length: 8 }, () => silently(phone.browser)))
		expect(new Set(all)).toEqual(new Set(['code']))
		const { named, codes: given } = await rowsOf()
		expect(named).toHaveLength(1)
		expect(new Set(given.slice(1).map(({ sid }) => sid))).toEqual(new Set([named[0]?.sid ?? '-']))
	})

	test('eight collections of one sign-in open one session', async () => {
		const waiting = await stage.waiting({}, desk)
		const shown = await scanned(phone, await waiting.qr())
		await confirm(phone, shown, (await waiting.state()).number)
		await Promise.all(Array.from({ length: 8 }, () => outcome(waiting.collect())))
		const rows = await rowsOf()
		expect([rows.sessions.length, rows.named.length, rows.codes.length]).toEqual([1, 1, 1])
	})
})

describe('the citizen signs out there, from the phone', () => {
	const endDesks = (who = phone) => who.browser.mutate<{ ended: number }>('me.endDesks', {})

	test('every desk of theirs ends and its relying parties are told; nothing else does', async () => {
		const stranger = await stage.citizen('somying')
		const [second, theirs] = [stage.browser(), stage.browser()]
		const location = await signInAt(desk)
		await signInAt(second, phone, OTHER)
		await signInAt(theirs, stranger)
		await signInHere()
		const before = await rowsOf()
		expect(before.open).toHaveLength(4)
		expect(before.told).toEqual([])
		expect(await endDesks()).toEqual({ ended: 2 })
		const { open, told } = await rowsOf()
		expect(open.map(({ accountId, kind }) => ({ accountId, kind }))).toEqual(
			expect.arrayContaining([
				{ accountId: stranger.accountId, kind: 'desk' },
				{ accountId: phone.accountId, kind: 'own' },
			]),
		)
		expect(open).toHaveLength(2)
		expect(told.map(({ clientId }) => clientId).toSorted()).toEqual([AGENCY, OTHER].toSorted())
		expect(await silently(desk)).toBe('login_required')
		expect(await silently(theirs)).toBe('code')
		expect((await exchange(stage.app.fetch, ISSUER, location)).error).toBe('invalid_grant')
	})

	test('twice is once, and is written down once', async () => {
		await signInAt(desk)
		await unlock(phone)
		expect([await endDesks(), await endDesks()]).toEqual([{ ended: 1 }, { ended: 0 }])
		const events = await stage.db.select().from(schema.events).where(eq(schema.events.name, 'signedOut'))
		expect(events).toHaveLength(1)
	})

	test('not from the desk itself, nor without a session', async () => {
		await signInAt(desk)
		expect(await refusal(desk.mutate('me.endDesks', {}))).toBe('not_signed_in')
		expect(await refusal(endDesks())).toBe('not_signed_in')
		expect((await rowsOf()).open).toHaveLength(1)
	})
})
