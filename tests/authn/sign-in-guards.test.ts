import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { MOST_ERRORS } from '../../src/authn/index.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { beginSignIn, confirm } from '../kit/journeys.ts'
import { authorizationUrl, exchange, pushedUrl } from './kit/agency.ts'
import { type Enrolled, ISSUER, lookedHere, openStage, type Stage, scanned, WRONG_PIN, waitingIn } from './kit/stage.ts'
import { guardsIn, type LateBatch, runLate, type Taken } from './kit/unguarded.ts'
import { unlock } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/**
 * A batch does not stop where its first statement changed nothing; each later one repeats the guard. Here each batch of
 * signing in comes a moment too late, again and again, each time with one guard taken away: every one must be missed.
 */
const { accounts, passkeys, pins, signIns } = schema

let stage: Stage
beforeAll(async () => {
	stage = await openStage({ file: true })
})
afterAll(() => stage.close())

const becomes = (state: 'approved' | 'ended') => () =>
	stage.db.update(signIns).set({ state, challenge: null, snapshot: null, grantId: 'grt_other', acr: 'x', amr: '[]' })
const overtaken = () => stage.db.update(pins).set({ attempt: 'somebody else' })

async function seat(phone: Enrolled) {
	const waiting = await stage.waiting()
	const frame = await waiting.qr()
	const shown = await scanned(phone, frame)
	return { waiting, frame, shown, number: (await waiting.state()).number }
}

/** As after a lost cookie: the act makes a new one. */
async function withoutDeviceCookie(phone: Enrolled): Promise<Enrolled> {
	const browser = stage.browser()
	for (const { name, value } of phone.browser.cookies())
		if (name !== '__Host-device') browser.addCookie(`${name}=${value}; Path=/; Secure`)
	return { ...phone, browser }
}

/** A desk at which somebody is signed in still, with a code on its way and tokens. @returns the browser */
async function leftOpen(who: Enrolled) {
	await stage.db.update(schema.clients).set({
		backchannelLogoutUri: 'https://rp.example/logout',
		grantTypes: '["authorization_code","refresh_token"]',
	})
	const waiting = await stage.waiting()
	const shown = await scanned(who, await waiting.qr())
	await confirm(who, shown, (await waiting.state()).number)
	await exchange(stage.app.fetch, ISSUER, await waiting.collect())
	await waiting.browser.get(authorizationUrl(ISSUER))
	stage.clock.pass(1_000)
	return waiting.browser
}

const APPROVAL = [/insert into "grants"/]
const BATCHES: Record<string, LateBatch & { decides: number[]; takes?: Record<number, readonly number[]> }> = {
	'a look': {
		has: [/"snapshot_at" = \?/, /insert into "events"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const waiting = await stage.waiting()
			const frame = await waiting.qr()
			return { act: () => scanned(phone, frame), meanwhile: becomes('ended') }
		},
	},
	'spending the challenge': {
		has: [/update "pins"/, /update "sign_ins"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const { shown, number } = await seat(phone)
			return { act: () => confirm(phone, shown, number), meanwhile: becomes('ended') }
		},
	},
	'yes by QR': {
		has: APPROVAL,
		decides: [0, 1],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const { shown, number } = await seat(phone)
			stage.clock.pass(1_000)
			return { act: () => confirm(phone, shown, number), meanwhile: becomes('ended') }
		},
	},
	'yes on this device': {
		has: APPROVAL,
		decides: [0, 1],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const waiting = await stage.waiting({}, phone.browser)
			const shown = await lookedHere(phone.browser, waiting.id)
			stage.clock.pass(1_000)
			return { act: () => confirm(phone, shown, null), meanwhile: becomes('ended') }
		},
	},
	'yes on this device, the cookie lost meanwhile': {
		has: APPROVAL,
		decides: [0, 1],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const waiting = await stage.waiting({}, phone.browser)
			const shown = await lookedHere(phone.browser, waiting.id)
			const bare = await withoutDeviceCookie(phone)
			stage.clock.pass(1_000)
			return { act: () => confirm(bare, shown, null), meanwhile: becomes('ended') }
		},
	},
	'a wrong PIN': {
		has: [/update "pins"/, /insert into "acts"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const { shown, number } = await seat(phone)
			const meanwhile = async () => {
				await becomes('ended')()
				await overtaken()
			}
			return { act: () => confirm({ ...phone, pin: WRONG_PIN }, shown, number), meanwhile }
		},
	},
	'the last wrong PIN': {
		has: [/update "pins"/, /insert into "notices"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			await stage.db.update(pins).set({ failures: MOST_ERRORS - 1 })
			const { shown, number } = await seat(phone)
			return { act: () => confirm({ ...phone, pin: WRONG_PIN }, shown, number), meanwhile: overtaken }
		},
	},
	no: {
		has: [/update "sign_ins"/, /insert into "acts"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const { waiting } = await seat(phone)
			const act = () => phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })
			return { act, meanwhile: becomes('approved') }
		},
	},
	'two phones': {
		has: [/"end_reason" = \?/, /insert into "events"/],
		decides: [0],
		async prepare() {
			const [phone, stranger] = [await stage.citizen('somchai'), await stage.citizen('somying')]
			const { frame } = await seat(phone)
			return { act: () => scanned(stranger, frame), meanwhile: becomes('approved') }
		},
	},
	collecting: {
		has: [/insert into "codes"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const { waiting, shown, number } = await seat(phone)
			await confirm(phone, shown, number)
			return { act: () => waiting.collect(), meanwhile: becomes('ended') }
		},
	},
	'collecting a pushed request': {
		has: [/insert into "codes"/],
		decides: [0],
		// Its second guard says «not»: that one taken away, nothing would be let through.
		takes: { 2: [0] },
		async prepare() {
			const phone = await stage.citizen('somchai')
			const browser = stage.browser()
			const url = await pushedUrl(stage.app.fetch, ISSUER)
			const waiting = waitingIn(browser, await beginSignIn(browser, url))
			const shown = await scanned(phone, await waiting.qr())
			await confirm(phone, shown, (await waiting.state()).number)
			return { act: () => waiting.collect(), meanwhile: becomes('ended') }
		},
	},
	'collecting where somebody else was signed in': {
		has: [/insert into "codes"/],
		decides: [0],
		async prepare() {
			const [phone, other] = [await stage.citizen('somchai'), await stage.citizen('somying')]
			const browser = await leftOpen(other)
			const waiting = await stage.waiting({ prompt: 'login' }, browser)
			const shown = await scanned(phone, await waiting.qr())
			await confirm(phone, shown, (await waiting.state()).number)
			return { act: () => waiting.collect(), meanwhile: becomes('ended') }
		},
	},
	'collecting where the same citizen was signed in': {
		has: [/insert into "codes"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const browser = await leftOpen(phone)
			const waiting = await stage.waiting({ prompt: 'login' }, browser)
			const shown = await scanned(phone, await waiting.qr())
			await confirm(phone, shown, (await waiting.state()).number)
			return { act: () => waiting.collect(), meanwhile: becomes('ended') }
		},
	},
	'giving up': {
		has: [/insert into "acts"/, /'declined', 'ended'/],
		decides: [1],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const { waiting } = await seat(phone)
			return { act: () => waiting.cancel(), meanwhile: becomes('approved') }
		},
	},
	unlocking: {
		has: [/insert into "sessions"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			await stage.db.update(passkeys).set({ signCount: 7 })
			stage.clock.pass(1_000)
			return { act: () => unlock(phone), meanwhile: overtaken }
		},
	},
	'unlocking after a lost cookie': {
		has: [/insert into "sessions"/],
		decides: [0],
		async prepare() {
			const phone = await withoutDeviceCookie(await stage.citizen('somchai', { discoverable: true }))
			stage.clock.pass(1_000)
			return { act: () => unlock(phone), meanwhile: overtaken }
		},
	},
	'unlocking where somebody else was signed in': {
		has: [/insert into "sessions"/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai', { discoverable: true })
			const browser = await leftOpen(await stage.citizen('somying'))
			stage.clock.pass(1_000)
			const { options } = await browser.mutate<{ options: object }>('me.unlockOptions', {})
			const discoverable = { ...options, allowCredentials: [] } as never
			return { act: () => unlock({ ...phone, browser }, discoverable), meanwhile: overtaken }
		},
	},
	suspending: {
		has: [/update "accounts"/, /'account_suspended'|"end_reason" = \?/],
		decides: [2],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const done = await seat(phone)
			await confirm(phone, done.shown, done.number)
			await done.waiting.collect()
			const { frame } = await seat(phone)
			await stage.registry.edit(people.somchai.pid, { act: 'loseCard' })
			stage.clock.pass(1_000)
			const meanwhile = () => stage.db.update(accounts).set({ status: 'suspended', statusReason: 'frozen' })
			return { act: () => scanned(phone, frame), meanwhile }
		},
	},
	reinstating: {
		has: [/update "accounts"/, /"snapshot_at" = \?/],
		decides: [0],
		async prepare() {
			const phone = await stage.citizen('somchai')
			await stage.db.update(accounts).set({ status: 'suspended', statusReason: 'card_expired' })
			await stage.registry.edit(people.somchai.pid, { act: 'renewCard' })
			const waiting = await stage.waiting()
			const frame = await waiting.qr()
			const meanwhile = async () => {
				await stage.db.update(passkeys).set({ endedAt: 1 })
				await becomes('ended')()
			}
			return { act: () => scanned(phone, frame), meanwhile }
		},
	},
}

describe.each(Object.keys(BATCHES))('%s, a moment too late', (name) => {
	const batch = BATCHES[name] as (typeof BATCHES)[string]

	test('leaves no trace but what it was to undo; and each guard taken away is missed', async () => {
		const guarded = await runLate(stage, batch)
		expect(guarded.failed).toBe(false)
		// The attempt at the PIN is settled first, whatever becomes of the sign-in.
		expect(guarded.changed.filter((table) => table !== 'pins')).toEqual([])
		const later = guarded.statements.keys().filter((statement) => !batch.decides.includes(statement))
		for (const statement of later) {
			const { sql } = guarded.statements[statement] ?? { sql: '' }
			expect(`${sql}: ${guardsIn({ sql, args: [] })}`).not.toEndWith(': 0')
			const taken: Taken = { statement, guards: batch.takes?.[statement] }
			const { changed, failed } = await runLate(stage, batch, taken)
			const missed = failed || changed.some((table) => !guarded.changed.includes(table))
			expect([sql, missed]).toEqual([sql, true])
		}
	})
})

describe('what a yes itself depends on', () => {
	const scene = (meanwhile: (phone: Enrolled, frame: string) => Promise<unknown>): LateBatch => ({
		has: APPROVAL,
		async prepare() {
			const phone = await stage.citizen('somchai')
			const { shown, number, frame } = await seat(phone)
			return { act: () => confirm(phone, shown, number), meanwhile: () => meanwhile(phone, frame) }
		},
	})
	const cases: [string, number, LateBatch][] = [
		['nobody has looked since', 0, scene((phone, frame) => scanned(phone, frame))],
		['the account may sign in', 1, scene(() => stage.db.update(accounts).set({ status: 'suspended' }))],
		['the attempt at the PIN counts as right', 2, scene(overtaken)],
	]
	test.each(cases)('%s', async (_name, guard, batch) => {
		const approved = async (taken?: Taken) => (await runLate(stage, batch, taken)).changed.includes('signIns')
		expect(await approved()).toBe(false)
		expect(await approved({ statement: 1, guards: [guard] })).toBe(true)
	})
})

describe('what a code itself depends on', () => {
	const twoTabs: LateBatch = {
		has: [/insert into "codes"/],
		async prepare() {
			const phone = await stage.citizen('somchai')
			const browser = stage.browser()
			const url = await pushedUrl(stage.app.fetch, ISSUER)
			const waiting = waitingIn(browser, await beginSignIn(browser, url))
			const shown = await scanned(phone, await waiting.qr())
			await confirm(phone, shown, (await waiting.state()).number)
			const meanwhile = () => stage.db.update(schema.pushedRequests).set({ consumedBy: 'another tab' })
			return { act: () => waiting.collect(), meanwhile }
		},
	}
	test('the pushed request was not answered before', async () => {
		const { statements, changed } = await runLate(stage, twoTabs)
		expect(changed).not.toContain('codes')
		const code = statements.findIndex(({ sql }) => sql.startsWith('insert into "codes"'))
		expect((await runLate(stage, twoTabs, { statement: code, guards: [1] })).changed).toContain('codes')
	})

	test('the account may sign in', async () => {
		const late: LateBatch = {
			has: [/insert into "codes"/],
			async prepare() {
				const phone = await stage.citizen('somchai')
				const { waiting, shown, number } = await seat(phone)
				await confirm(phone, shown, number)
				return {
					act: () => waiting.collect(),
					meanwhile: () => stage.db.update(accounts).set({ status: 'suspended', statusReason: 'frozen' }),
				}
			},
		}
		expect((await runLate(stage, late)).changed).toEqual([])
		expect((await runLate(stage, late, { statement: 0 })).changed).toContain('codes')
	})
})
