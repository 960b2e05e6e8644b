import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { isNull } from 'drizzle-orm'
import { type Db, schema } from '../../db/client.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { enrols, signsInByQr, signsInHere } from './journeys.ts'
import { type Death, makeTemplate, newcomer, type Template, type World } from './world.ts'

/**
 * The process is killed (SIGKILL, no farewell) before or after each write of a journey; another one stands up on the
 * same file. Then nothing is half done, and whoever was waiting sends the same again and comes to the end: nothing lost,
 * nothing doubled, nobody stuck. `TEST_LONG` does it twenty times at each point.
 */
const ROUNDS = process.env.TEST_LONG ? 20 : 1
setDefaultTimeout(ROUNDS * 60_000)
const template: Template = await makeTemplate()
afterAll(() => template.remove())

const { accessTokens, accounts, codes, enrolments, events, grants, notices, passkeys, pins, sessions, signIns } = schema

/** Whatever happened, these numbers belong together: what one batch writes is all there or not at all. */
async function isWhole(db: Db): Promise<void> {
	const rows = await db.select().from(signIns)
	const written = (await db.select().from(events)).map(({ name }) => name)
	const told = (await db.select().from(notices)).map(({ kind }) => kind)
	const count = (all: readonly string[], ...of: string[]) => all.filter((one) => of.includes(one)).length
	const given = await db.select().from(codes)
	const approved = rows.filter(({ grantId }) => grantId !== null)
	expect((await db.select().from(grants)).map(({ id }) => id).sort()).toEqual(
		approved.map(({ grantId }) => String(grantId)).sort(),
	)
	expect(count(written, 'signInApproved')).toBe(approved.length)
	expect(count(told, 'signed_in', 'signed_in_by_qr')).toBe(approved.length)
	// On the phone itself with the consent; for the browser that waited, with its code.
	const open = (await db.select().from(sessions)).map(({ kind }) => kind)
	expect(count(open, 'own')).toBe(approved.filter(({ path }) => path === 'this-device').length)
	expect(count(open, 'desk')).toBe(
		approved.filter(({ path, state }) => path !== 'this-device' && state === 'collected').length,
	)
	expect(given.map(({ grantId }) => grantId).sort()).toEqual(
		approved.flatMap(({ state, grantId }) => (state === 'collected' ? [String(grantId)] : [])).sort(),
	)
	const spent = given.filter(({ consumedBy }) => consumedBy !== null)
	expect((await db.select().from(accessTokens)).map(({ codeHash }) => codeHash).sort()).toEqual(
		spent.map(({ hash }) => hash).sort(),
	)
	const done = (await db.select().from(enrolments)).filter(({ state }) => state === 'done')
	expect(count(written, 'enrolmentDone')).toBe(done.length)
	expect(count(told, 'enrolled')).toBe(done.length)
	const people = await db.select().from(accounts)
	expect(people).toHaveLength(1 + done.length)
	expect(await db.select().from(passkeys).where(isNull(passkeys.endedAt))).toHaveLength(people.length)
	expect(await db.select().from(pins)).toHaveLength(people.length)
}

interface Journey {
	go(world: World): Promise<unknown>
	/** What must hold at the end, beside being whole. */
	ended(db: Db, outcome: unknown): Promise<void>
	/** The writes before it are those of another journey, and are left to `TEST_LONG`. */
	from?: number
}

async function isSignedIn(db: Db, outcome: unknown): Promise<void> {
	expect(outcome).toMatchObject({ name: 'สมชาย ใจดี', nonce: 'the-nonce' })
	const living = await db.select().from(accessTokens).where(isNull(accessTokens.endedAt))
	expect(living).toHaveLength(1)
	// Nobody pays for a machine's death with tries at the PIN.
	expect(await db.select().from(pins)).toMatchObject([{ failures: 0, disabledAt: null }])
	const open = (await db.select().from(signIns)).filter(({ state }) => state === 'scanned' || state === 'approved')
	expect(open).toEqual([])
}

const JOURNEYS: Record<string, Journey> = {
	'signing in by QR': { go: signsInByQr, ended: isSignedIn },
	'signing in on the device': { go: signsInHere, ended: isSignedIn, from: 4 },
	'enrolling at an office': {
		async go(world) {
			const citizen = newcomer(world)
			return { caseId: await enrols(world, citizen), cookies: citizen.browser.cookies() }
		},
		async ended(db, outcome) {
			const { caseId, cookies } = outcome as { caseId: string; cookies: { name: string; value: string }[] }
			expect(await db.select().from(enrolments)).toMatchObject([{ id: caseId, state: 'done' }])
			expect(await db.select().from(accounts)).toHaveLength(2)
			const [, secret = ''] = cookies.find(({ name }) => name === '__Host-device')?.value.split('.') ?? []
			const devices = await db.select().from(schema.devices)
			expect(devices.map(({ secretHash }) => secretHash)).toContain(hashSecret(secret))
			expect(devices).toHaveLength(2)
		},
	},
}

/** @returns how many writes the journey had, where nobody died */
async function play({ go, ended }: Journey, death: Death): Promise<number> {
	const world = await template.open(death, isWhole)
	const outcome = await go(world)
	const { db } = await world.survivor()
	expect(world.died()).toBe(death !== 'never')
	await isWhole(db)
	await ended(db, outcome)
	await world.close()
	return world.writes()
}

for (const [name, journey] of Object.entries(JOURNEYS)) {
	const writes = await play(journey, 'never')
	const points = Array.from({ length: writes }, (_, at) => at + 1)
	const chosen = process.env.TEST_LONG ? points : points.filter((at) => at >= (journey.from ?? 1))
	describe(name, () => {
		test(`has writes to die at: ${writes}`, () => expect(writes).toBeGreaterThan(5))
		describe.each(['before', 'after'] as const)('killed %s', (when) => {
			test.each(chosen)('write %i', async (killAt) => {
				for (let round = 0; round < ROUNDS; round++) await play(journey, { killAt, when })
			})
		})
	})
}
