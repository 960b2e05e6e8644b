import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { sweepActs } from '../../src/authn/index.ts'
import { HOUR } from '../../src/lib/clock.ts'
import type { Browser } from '../kit/http-client.ts'
import { confirm, type Inspection } from '../kit/journeys.ts'
import {
	type Enrolled,
	lookedHere,
	openStage,
	outcome,
	PIN,
	refusal,
	type Stage,
	scanned,
	type Waiting,
	WRONG_PIN,
} from './kit/stage.ts'
import { tapTrips } from './kit/trips.ts'
import { askToUnlock, unlocking } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** An act whose answer was lost is answered again, not done again. */
let stage: Stage
let phone: Enrolled
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai', { discoverable: true })
})

/** An act as the page would send it. `other` is the same with something else in it. */
interface Act {
	browser: Browser
	procedure: string
	input: object
	other: object
}

async function scannedSignIn(): Promise<{ waiting: Waiting; shown: Inspection; number: number | null }> {
	const waiting = await stage.waiting()
	const shown = await scanned(phone, await waiting.qr())
	return { waiting, shown, number: (await waiting.state()).number }
}

async function confirmation(pin: string, shown: Inspection, number: number | null): Promise<Act> {
	const response = await phone.phone.get(shown.options)
	const browserKey = await phone.phone.browserKeyProof(response)
	const input = { id: shown.id, decision: 'confirm', number, pin, response, browserKey }
	return { browser: phone.browser, procedure: 'signIn.decide', input, other: { ...input, pin: '13572468' } }
}

const ACTS: Record<string, () => Promise<Act>> = {
	async 'yes by QR'() {
		const { shown, number } = await scannedSignIn()
		return confirmation(PIN, shown, number)
	},
	async 'yes on this device'() {
		// As after a lost cookie: this act sets it anew.
		const waiting = await stage.waiting({}, phone.browser)
		const shown = await lookedHere(phone.browser, waiting.id)
		return confirmation(PIN, shown, null)
	},
	async 'yes with a wrong PIN'() {
		const { shown, number } = await scannedSignIn()
		return confirmation(WRONG_PIN, shown, number)
	},
	async no() {
		const { waiting } = await scannedSignIn()
		const other = { id: (await stage.waiting()).id, decision: 'decline' }
		return {
			browser: phone.browser,
			procedure: 'signIn.decide',
			input: { id: waiting.id, decision: 'decline' },
			other,
		}
	},
	async 'collecting a yes'() {
		const { waiting, shown, number } = await scannedSignIn()
		await confirm(phone, shown, number)
		return {
			browser: waiting.browser,
			procedure: 'signIn.collect',
			input: { id: waiting.id },
			other: { id: (await stage.waiting()).id },
		}
	},
	async 'collecting a no'() {
		const { waiting } = await scannedSignIn()
		await phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })
		return {
			browser: waiting.browser,
			procedure: 'signIn.collect',
			input: { id: waiting.id },
			other: { id: (await stage.waiting()).id },
		}
	},
	async 'giving up'() {
		const { waiting } = await scannedSignIn()
		return {
			browser: waiting.browser,
			procedure: 'signIn.cancel',
			input: { id: waiting.id },
			other: { id: (await stage.waiting()).id },
		}
	},
	async unlocking() {
		// The device's cookie is lost, so that this act sets two.
		const [mine] = phone.browser.cookies().filter(({ name }) => name === '__Host-browser')
		phone.browser.clearCookies()
		phone.browser.addCookie(`__Host-browser=${mine?.value}; Path=/; Secure`)
		const input = await unlocking(phone, await askToUnlock(phone.browser))
		return { browser: phone.browser, procedure: 'me.unlock', input, other: { ...input, pin: '13572468' } }
	},
	async 'unlocking with a wrong PIN'() {
		const input = await unlocking({ ...phone, pin: WRONG_PIN }, await askToUnlock(phone.browser))
		return { browser: phone.browser, procedure: 'me.unlock', input, other: { ...input, pin: '13572468' } }
	},
}
const names = Object.keys(ACTS)

/** Every table that an act may write, but counters and the moment of a session's last use. */
async function everything(): Promise<string> {
	const { acts, codes, devices, events, grants, notices, passkeys, pins, sessions, signIns } = schema
	const tables = { acts, codes, devices, events, grants, notices, passkeys, pins, sessions, signIns }
	const rows: unknown[] = []
	for (const table of Object.values(tables)) rows.push(await stage.db.select().from(table))
	return JSON.stringify(rows)
}
const cookiesOf = (browser: Browser) =>
	browser
		.cookies()
		.map(({ name, value }) => `${name}=${value}`)
		.sort()

describe.each(names)('%s', (name) => {
	let act: Act
	let key: string
	beforeEach(async () => {
		act = await (ACTS[name] as () => Promise<Act>)()
		key = crypto.randomUUID()
	})
	const remembered = async () => {
		const rows = await stage.db.select().from(schema.acts)
		return rows.filter(({ procedure }) => procedure === act.procedure).length
	}
	const send = (browser = act.browser, input = act.input) => browser.mutate<unknown>(act.procedure, input, { key })

	test('its answer lost and asked for again: the same answer, the same cookies, nothing done twice', async () => {
		const unheard = stage.sameBrowser(act.browser, stage.app)
		const first = await send(unheard)
		const after = await everything()
		stage.clock.pass(3 * HOUR)
		expect(await send()).toEqual(first)
		expect(cookiesOf(act.browser)).toEqual(cookiesOf(unheard))
		expect(await everything()).toBe(after)
	})

	test('the server dies after its commit, before anybody hears of it', async () => {
		let died = false
		const dies = () => {
			if (died) throw new Error('the server is gone')
		}
		const off = tapTrips(stage.client, {
			before: () => dies() as undefined,
			after(statements) {
				// The batch that remembers the act is its commit.
				died ||= statements.some(({ sql }) => sql.startsWith('insert into "acts"'))
				dies()
			},
		})
		await expect(send()).rejects.toThrow('internal')
		off()
		const after = await everything()
		await send()
		expect(await everything()).toBe(after)
	})

	test('twice at once: one act, one answer', async () => {
		const twin = stage.sameBrowser(act.browser, stage.app)
		const [one, two] = await Promise.all([send(), send(twin)])
		expect(two).toEqual(one)
		expect(cookiesOf(twin)).toEqual(cookiesOf(act.browser))
		expect(await remembered()).toBe(1)
	})

	test('twice at once does to the PIN what once does', async () => {
		const failures = async () => (await stage.db.query.pins.findMany())[0]?.failures
		await Promise.all([send(), send(stage.sameBrowser(act.browser, stage.app))])
		expect(await failures()).toBe(name.endsWith('wrong PIN') ? 1 : 0)
	})

	test('the same key with something else in it is refused, and so is another procedure', async () => {
		await send()
		const after = await everything()
		expect(await refusal(send(act.browser, act.other))).toBe('idempotency_key_reused')
		expect(await refusal(act.browser.mutate('signIn.showQr', act.input, { key }))).toBe('idempotency_key_reused')
		expect(await everything()).toBe(after)
	})

	test('the same key from another browser is another act: it learns nothing', async () => {
		const answer = await send()
		const stranger = stage.browser()
		await stranger.get('/q')
		const told = await outcome(send(stranger))
		expect(['sign_in_other_browser', 'passkey_challenge']).toContain(told)
		expect(cookiesOf(stranger).some((cookie) => /session|device/.test(cookie))).toBe(false)
		expect(answer).toBeTruthy()
	})

	test('neither the key nor what was sent or answered stands readable in the database', async () => {
		await send()
		const rows = JSON.stringify(await stage.db.select().from(schema.acts))
		expect(rows).not.toContain(key)
		for (const secret of [PIN, WRONG_PIN, 'triesLeft', 'location', 'approved']) expect(rows).not.toContain(secret)
	})
})

describe('the key', () => {
	test.each([undefined, '', 'short', 'x'.repeat(65), 'with space in it 00'])('%p is none', async (key) => {
		const waiting = await stage.waiting()
		const answer = await waiting.browser.post(
			'/trpc/signIn.cancel',
			{ id: waiting.id },
			{ headers: { 'x-dopa': '1', ...(key === undefined ? {} : { 'idempotency-key': key }) } },
		)
		expect(await answer.json()).toMatchObject({ error: { data: { serviceCode: 'invalid_input' } } })
		expect((await waiting.state()).state).toBe('pending')
	})

	test.each(['collect', 'cancel'] as const)(
		'is kept for a day; then the act is forgotten, and still not done again: %s',
		async (act) => {
			const { waiting, shown, number } = await scannedSignIn()
			if (act === 'collect') await confirm(phone, shown, number)
			const key = crypto.randomUUID()
			const first = await waiting[act](key)
			stage.clock.pass(24 * HOUR - 1)
			await sweepActs(stage.db, stage.clock.now())
			expect(await waiting[act](key)).toBe(first)
			stage.clock.pass(1)
			await sweepActs(stage.db, stage.clock.now())
			expect(await refusal(waiting[act](key))).toBe('sign_in_ended')
			expect(await stage.db.query.codes.findMany()).toHaveLength(act === 'collect' ? 1 : 0)
		},
	)
})

describe('acts that need no memory', () => {
	test('showing the QR, looking and asking for a challenge: again is harmless', async () => {
		const waiting = await stage.waiting()
		const key = crypto.randomUUID()
		const show = () => waiting.browser.mutate<{ expiresAt: number }>('signIn.showQr', { id: waiting.id }, { key })
		expect(await show()).toEqual(await show())
		const frame = await waiting.frame()
		const look = () => phone.browser.mutate<Inspection>('signIn.inspect', { frame, from: 'scanner' }, { key })
		const [first, second] = [await look(), await look()]
		expect(second.numbers).toEqual(first.numbers)
		await confirm(phone, second, (await waiting.state()).number)
		expect((await waiting.state()).state).toBe('approved')
	})
})
