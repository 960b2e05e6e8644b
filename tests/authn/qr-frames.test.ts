import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Enrolled, openStage, outcome, refusal, type Stage, scanned, type Waiting } from './kit/stage.ts'

setDefaultTimeout(30_000)

/** The pictures of a QR: each is worth something for a few seconds, for one sign-in, and only as we made it. */
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

const S = 1_000

describe('a frame’s age', () => {
	// Half a second into its second: a frame counts from the full second.
	test.each([
		['scanner', 0, 'ok'],
		['scanner', 2_500, 'ok'],
		['scanner', 2_501, 'qr_stale'],
		['scanner', 60 * S, 'qr_stale'],
		['camera', 2_501, 'ok'],
		['camera', 14_500, 'ok'],
		['camera', 14_501, 'qr_stale'],
		['camera', 60 * S, 'qr_stale'],
	] as const)('from the %s, %i ms after it was shown: %s', async (from, age, expected) => {
		stage.clock.pass(500)
		const frame = await waiting.qr()
		stage.clock.pass(age)
		expect(await outcome(scanned(phone, frame, from))).toBe(expected)
	})

	test.each([
		[-1 * S, 'ok'],
		[-1 * S - 1, 'qr_stale'],
		[-60 * S, 'qr_stale'],
	])('a server whose clock is %i ms off takes it as: %s', async (skew, expected) => {
		await waiting.qr()
		stage.clock.pass(70 * S)
		const frame = await waiting.frame()
		stage.clock.pass(skew)
		expect(await outcome(scanned(phone, frame))).toBe(expected)
	})

	test('a stale frame does the sign-in no harm', async () => {
		const frame = await waiting.qr()
		stage.clock.pass(16 * S)
		expect(await refusal(scanned(phone, frame, 'camera'))).toBe('qr_stale')
		expect(await outcome(scanned(phone, await waiting.frame()))).toBe('ok')
	})
})

describe('a frame of a QR that is no longer shown', () => {
	test('is stale once the page shows it anew', async () => {
		const frame = await waiting.qr()
		stage.clock.pass(1 * S)
		const fresh = await waiting.qr()
		expect(await refusal(scanned(phone, frame))).toBe('qr_stale')
		expect(await outcome(scanned(phone, fresh))).toBe('ok')
	})

	test('counts within the second in which the page was shown anew', async () => {
		const frame = await waiting.qr()
		stage.clock.pass(999)
		await waiting.qr()
		expect(await outcome(scanned(phone, frame))).toBe('ok')
	})

	test('is worth nothing where no QR was ever shown', async () => {
		const other = await stage.waiting()
		const [, second, mac] = (await other.qr()).split('.')
		expect(await refusal(scanned(phone, `${waiting.id}.${second}.${mac}`))).toBe('qr_stale')
		expect((await waiting.state()).state).toBe('pending')
	})
})

describe('a frame that is not as we made it', () => {
	const later = (text: string) => (Number.parseInt(text, 36) + 1).toString(36)
	const flipped = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`)
	test.each<[string, (id: string, second: string, mac: string) => string]>([
		['another mac', (id, second, mac) => `${id}.${second}.${flipped(mac)}`],
		['a shorter mac', (id, second, mac) => `${id}.${second}.${mac.slice(0, -1)}`],
		['a longer mac', (id, second, mac) => `${id}.${second}.${mac}A`],
		['no mac', (id, second) => `${id}.${second}.`],
		['another second', (id, second, mac) => `${id}.${later(second)}.${mac}`],
		['a second that is none', (id, _second, mac) => `${id}.-1.${mac}`],
		['a second beyond all time', (id, _second, mac) => `${id}.${'z'.repeat(10)}.${mac}`],
		['another id', (id, second, mac) => `${flipped(id)}.${second}.${mac}`],
		['no id', (_id, second, mac) => `.${second}.${mac}`],
		['a part more', (id, second, mac) => `${id}.${second}.${mac}.${mac}`],
		['parts that changed places', (id, second, mac) => `${id}.${mac}.${second}`],
		['nothing at all', () => ''],
		['dots', () => '...'],
		['somebody else’s QR', () => 'https://www.example.go.th/'],
	])('%s', async (_name, change) => {
		const [id = '', second = '', mac = ''] = (await waiting.qr()).split('.')
		expect(await refusal(scanned(phone, change(id, second, mac)))).toBe('qr_stale')
		expect(await stage.signIn(waiting.id)).toMatchObject({ state: 'pending', scannerHash: null })
	})

	test('the mac of another sign-in', async () => {
		const other = await stage.waiting()
		const [, , foreign] = (await other.qr()).split('.')
		const [id, second] = (await waiting.qr()).split('.')
		expect(await refusal(scanned(phone, `${id}.${second}.${foreign}`))).toBe('qr_stale')
	})

	test('a frame of another deployment', async () => {
		const elsewhere = await openStage()
		const frame = await (await elsewhere.waiting()).qr()
		expect(await refusal(scanned(phone, frame))).toBe('qr_stale')
		await elsewhere.close()
	})
})

describe('a frame says nothing', () => {
	test('it lies in the fragment, and stays the same for a second', async () => {
		const first = await waiting.qr()
		stage.clock.pass(999)
		expect(await waiting.frame()).toBe(first)
		stage.clock.pass(1)
		expect(await waiting.frame()).not.toBe(first)
	})

	test('holds neither the waiting browser’s secret nor what the phone will be shown', async () => {
		const frame = await waiting.qr()
		const [secret] = waiting.browser.cookies().map(({ value }) => value)
		expect(frame).toMatch(/^si_[\w-]{22}\.[0-9a-z]{6,7}\.[\w-]{22}$/)
		expect(frame).not.toContain(secret ?? '-')
	})
})
