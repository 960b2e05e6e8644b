import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { pinState } from '../../src/authn/pin/index.ts'
import { fileDb, type TestDb, type TestDbFile } from '../kit/db.ts'
import { guessAtOnce, type Way } from './pin-guessing.ts'
import { readPin, START, setPin } from './pin-kit.ts'

/** Sixty-four guesses at once on one database file: by clients of one process, and by processes of their own. */
const GUESSES = 64
const GUESSERS = 4

// Four processes to start, on a machine that may be busy with other tests.
setDefaultTimeout(60_000)

let file: TestDbFile
let clients: TestDb[]
let accounts = 0

beforeAll(async () => {
	file = await fileDb()
	clients = await Promise.all(Array.from({ length: GUESSERS }, () => file.connect()))
})
afterAll(() => file.remove())

const first = (): TestDb => {
	const [client] = clients
	if (!client) throw new Error('no client')
	return client
}

/** @returns how many guesses were evaluated by all clients together. */
async function byClients(accountId: string, now: number, way: Way): Promise<number> {
	const guess = (client: TestDb) => guessAtOnce(client, { accountId, count: GUESSES / GUESSERS, now, way })
	return (await Promise.all(clients.map(guess))).reduce((sum, part) => sum + part, 0)
}

/** The same, each in a process of its own that starts when all are ready. */
async function byProcesses(accountId: string, now: number, way: Way): Promise<number> {
	const guesser = join(import.meta.dir, 'pin-guesser.ts')
	const args = [file.path, accountId, String(GUESSES / GUESSERS), String(now), way]
	const started = Array.from({ length: GUESSERS }, () =>
		Bun.spawn([process.execPath, guesser, ...args], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' }),
	)
	const readers = started.map(({ stdout }) => stdout.pipeThrough(new TextDecoderStream()).getReader())
	for (const reader of readers) expect((await reader.read()).value).toBe('ready\n')
	for (const { stdin } of started) {
		stdin.write('go\n')
		await stdin.end()
	}
	const counts = await Promise.all(readers.map(async (reader) => Number((await reader.read()).value)))
	await Promise.all(started.map(({ exited }) => exited))
	return counts.reduce((sum, part) => sum + part, 0)
}

async function newAccount(change: Parameters<typeof setPin>[2] = {}): Promise<string> {
	const accountId = `acc_${accounts++}`
	await setPin(first().db, accountId, change)
	return accountId
}

/** As four errors leave the row, thirty seconds later. */
const AFTER_FOUR = { failures: 4, nextTryAt: START }
const BEFORE_TENTH = { failures: 9, nextTryAt: START }

describe.each([
	['clients', byClients],
	['processes', byProcesses],
] as const)('sixty-four guesses at once, by four %s', (_, guess) => {
	test('of a fresh PIN: the four free ones are evaluated', async () => {
		const accountId = await newAccount()
		expect(await guess(accountId, START, 'guarded')).toBe(4)
		const row = await readPin(first().db, accountId)
		expect(row).toMatchObject({ failures: 4, nextTryAt: START + 30_000, disabledAt: null })
	})

	test('after the wait: one is evaluated', async () => {
		const accountId = await newAccount(AFTER_FOUR)
		expect(await guess(accountId, START, 'guarded')).toBe(1)
		expect(await readPin(first().db, accountId)).toMatchObject({ failures: 5, nextTryAt: START + 60_000 })
	})

	test('before the tenth: one is evaluated, and it disables', async () => {
		const accountId = await newAccount(BEFORE_TENTH)
		expect(await guess(accountId, START, 'guarded')).toBe(1)
		const row = await readPin(first().db, accountId)
		expect(row).toMatchObject({ failures: 10, disabledAt: START })
		expect(pinState(row, START)).toEqual({ kind: 'disabled' })
	})

	test('if the row were read first and written later, more would get through', async () => {
		expect(await guess(await newAccount(), START, 'read, then write')).toBeGreaterThan(4)
	})
})

describe('each guard of the reservation is needed', () => {
	test('without the wait, more are evaluated after the four', async () => {
		expect(await byClients(await newAccount(AFTER_FOUR), START, 'without the wait')).toBe(6)
	})

	test('without the count, a tenth error that nobody wrote down lets the eleventh in', async () => {
		const dead = { failures: 10, nextTryAt: 0 }
		expect(await byClients(await newAccount(dead), START, 'guarded')).toBe(0)
		expect(await byClients(await newAccount(dead), START, 'without the count')).toBeGreaterThan(0)
	})

	test('without "not disabled", a PIN that was disabled otherwise is evaluated', async () => {
		const disabled = { failures: 2, disabledAt: START }
		expect(await byClients(await newAccount(disabled), START, 'guarded')).toBe(0)
		expect(await byClients(await newAccount(disabled), START, 'without disabled')).toBeGreaterThan(0)
	})
})
