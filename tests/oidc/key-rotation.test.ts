import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { type Db, schema } from '../../db/client.ts'
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { rawSignature, signJwt } from '../../src/oidc/artifacts/sign-jwt.ts'
import { createKeyRing, type KeyState, keyStateOf, rotateKeys, SIGNING_ALGS, storedKeys } from '../../src/oidc/index.ts'
import { sweep } from '../../src/sweep.ts'
import { fileDb, memoryDb, type TestDbFile } from '../kit/db.ts'
import { type HandClock, handClock } from './kit/provider.ts'

const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
/** Made once: RSA keys take their time. */
const firstKeys = await (async () => {
	const { db, close } = await memoryDb()
	await createKeyRing({ db, vault, clock: handClock() }).jwks()
	const rows = await storedKeys(db)
	close()
	return rows
})()
let file: TestDbFile
let db: Db
let clock: HandClock
beforeEach(async () => {
	file = await fileDb()
	db = (await file.connect()).db
	clock = handClock()
	await db.insert(schema.signingKeys).values(firstKeys)
})
afterEach(() => file.remove())

const deps = () => ({ db, vault, clock })
const ring = () => createKeyRing(deps())
const setOf = async (of: ReturnType<typeof ring>) =>
	JSON.parse(new TextDecoder().decode(await of.jwks())) as JSONWebKeySet
const published = async (of = ring()) => (await setOf(of)).keys.map(({ kid }) => kid)
const signs = async (of = ring()) => (await of.signingKey('ES256')).kid
const rotate = (kind: Parameters<typeof rotateKeys>[2]) => rotateKeys(deps(), ['ES256'], kind)
const states = async () => {
	const rows = (await storedKeys(db)).filter(({ alg }) => alg === 'ES256')
	return Object.fromEntries(rows.map((row) => [row.kid, keyStateOf(row, rows, clock.now())]))
}
const sweepNow = () => sweep({ db, clock, random: systemRandom })

describe('a planned rotation', () => {
	/** When, after the command, in ms; what the old and the new key are then. */
	const LIFE: [number, KeyState, KeyState][] = [
		[0, 'signing', 'coming'],
		[DAY - 1, 'signing', 'coming'],
		[DAY, 'published', 'signing'],
		[DAY + HOUR + 15 * MINUTE - 1, 'published', 'signing'],
		[DAY + HOUR + 15 * MINUTE, 'gone', 'signing'],
		[60 * DAY, 'gone', 'signing'],
	]

	test.each(LIFE)('%d ms later the old key is %s and the new one %s', async (later, old, young) => {
		const before = await signs()
		const [made] = await rotate('planned')
		const after = made?.kid ?? ''
		clock.advance(later)
		expect(await states()).toEqual({ [before]: old, [after]: young })
		expect(await signs()).toBe(young === 'signing' ? after : before)
		const shown = await published()
		expect(shown).toContain(after)
		expect(shown.includes(before)).toBe(old !== 'gone')
	})

	test('a server that runs has the new key in five minutes, and uses it at its time', async () => {
		const it = ring()
		const before = await signs(it)
		const [made] = await rotate('planned')
		expect(await published(it)).not.toContain(made?.kid ?? '')
		clock.advance(5 * MINUTE)
		expect(await published(it)).toContain(made?.kid ?? '')
		clock.advance(DAY - 5 * MINUTE - 1)
		expect(await signs(it)).toBe(before)
		clock.advance(1)
		expect(await signs(it)).toBe(made?.kid ?? '')
	})

	test('leaves the keys of other algorithms alone', async () => {
		const it = ring()
		const before = await Promise.all(SIGNING_ALGS.map((alg) => it.signingKey(alg)))
		await rotate('planned')
		clock.advance(2 * DAY)
		const after = await Promise.all(SIGNING_ALGS.map((alg) => ring().signingKey(alg)))
		expect(after.filter(({ kid }, i) => kid !== before[i]?.kid).map(({ alg }) => alg)).toEqual(['ES256'])
	})

	test('asked for twice, there is one new key: the second is told', async () => {
		await signs()
		expect((await rotate('planned'))[0]?.kid).toMatch(/^[\w-]{43}$/)
		clock.advance(HOUR)
		expect((await rotate('planned'))[0]?.kid).toBeNull()
		expect(Object.values(await states()).sort()).toEqual(['coming', 'signing'])
	})

	test('can be repeated once the new key signs', async () => {
		await signs()
		for (let round = 0; round < 3; round++) {
			const [made] = await rotate('planned')
			clock.advance(DAY)
			expect(await signs()).toBe(made?.kid ?? '')
			clock.advance(30 * DAY)
		}
	})
})

describe.each(['planned', 'now', 'emergency'] as const)('%s, by many operators at once', (kind) => {
	test('makes one key', async () => {
		const before = await signs()
		const others = await Promise.all(Array.from({ length: 8 }, () => file.connect()))
		const outcomes = await Promise.all(others.map((each) => rotateKeys({ ...deps(), db: each.db }, ['ES256'], kind)))
		const made = outcomes.flat().flatMap(({ kid }) => kid ?? [])
		expect(made).toHaveLength(1)
		const kids = Object.keys(await states()).sort()
		expect(kids).toEqual(kind === 'emergency' ? made : [before, ...made].sort())
		expect(await signs()).toBe(kind === 'planned' ? before : (made[0] ?? ''))
	})
})

describe('a rotation at once', () => {
	test('the old key signs no more and is published on', async () => {
		const before = await signs()
		const [made] = await rotate('now')
		expect(await signs()).toBe(made?.kid ?? '')
		expect(await published()).toEqual(expect.arrayContaining([before, made?.kid]))
	})

	test('a key that was coming never signs, and the one before it goes at its own time', async () => {
		const before = await signs()
		const [coming] = await rotate('planned')
		clock.advance(HOUR)
		const [made] = await rotate('now')
		clock.advance(HOUR + 15 * MINUTE)
		expect((await states())[before]).toBe('gone')
		clock.advance(2 * DAY)
		expect(await signs()).toBe(made?.kid ?? '')
		expect((await states())[coming?.kid ?? '']).toBe('gone')
	})
})

describe('an emergency', () => {
	test('every older key of the algorithm is gone at once, a new one signs', async () => {
		const before = await signs()
		const [coming] = await rotate('planned')
		clock.advance(MINUTE)
		const [made] = await rotate('emergency')
		expect(await states()).toEqual({ [made?.kid ?? '']: 'signing' })
		const shown = await published()
		expect(shown).toContain(made?.kid ?? '')
		for (const gone of [before, coming?.kid ?? '']) {
			expect(shown).not.toContain(gone)
			expect(await ring().verificationKey(gone)).toBeNull()
		}
	})

	test('a server that runs obeys in five minutes', async () => {
		const it = ring()
		const before = await signs(it)
		const [made] = await rotate('emergency')
		clock.advance(5 * MINUTE)
		expect(await signs(it)).toBe(made?.kid ?? '')
		expect(await published(it)).not.toContain(before)
		expect(await it.verificationKey(before)).toBeNull()
	})
})

describe('a rotation by itself', () => {
	const aging = (of = db) => createKeyRing({ db: of, vault, clock, rotateAfter: 90 * DAY })

	test('begins when a key has signed so long, and gives each algorithm one successor, whoever notices', async () => {
		const before = await signs(aging())
		clock.advance(90 * DAY - 2 * MINUTE)
		await aging().jwks()
		expect(Object.values(await states())).toEqual(['signing'])
		clock.advance(2 * MINUTE)
		const others = await Promise.all(Array.from({ length: 4 }, () => file.connect()))
		await Promise.all(others.map((each) => aging(each.db).jwks()))
		expect(await storedKeys(db)).toHaveLength(2 * SIGNING_ALGS.length)
		expect(await signs(aging())).toBe(before)
		clock.advance(DAY)
		expect(await signs(aging())).not.toBe(before)
		expect(await storedKeys(db)).toHaveLength(2 * SIGNING_ALGS.length)
	})

	test('does not begin where nobody wished for it', async () => {
		await signs()
		clock.advance(4_000 * DAY)
		await signs()
		expect(await storedKeys(db)).toHaveLength(SIGNING_ALGS.length)
	})
})

describe('the sweep', () => {
	const row = async (kid: string) => (await db.select().from(schema.signingKeys)).find((each) => each.kid === kid)

	test('deletes the private half once nobody is shown the key, and the public one a month later', async () => {
		const old = await signs()
		await rotate('planned')
		clock.advance(DAY + HOUR + 15 * MINUTE - 1)
		await sweepNow()
		expect((await row(old))?.privateJwk).not.toBe('')
		clock.advance(1)
		await sweepNow()
		expect((await row(old))?.privateJwk).toBe('')
		// Somebody signs out with an id_token of yesterday.
		expect((await ring().verificationKey(old))?.alg).toBe('ES256')
		clock.advance(30 * DAY)
		await sweepNow()
		expect(await row(old)).toBeUndefined()
	})

	test('never touches a key that signs or comes', async () => {
		await signs()
		await rotate('planned')
		const before = await storedKeys(db)
		clock.advance(DAY - 1)
		await sweepNow()
		expect(await storedKeys(db)).toEqual(before)
	})
})

describe('a key that is asked for by its name', () => {
	test('is found while it is young: another server made it a moment ago', async () => {
		const it = ring()
		await it.jwks()
		const [made] = await rotate('now')
		clock.advance(MINUTE)
		expect(await it.verificationKey(made?.kid ?? '')).not.toBeNull()
	})

	test('costs one look in half a minute where nobody knows it, however many ask', async () => {
		const opened = await file.connect()
		const it = createKeyRing({ db: opened.db, vault, clock })
		await it.jwks()
		clock.advance(MINUTE)
		opened.trips.length = 0
		for (let i = 0; i < 100; i++) expect(await it.verificationKey(`unknown-${i}`)).toBeNull()
		expect(opened.trips).toHaveLength(1)
		clock.advance(29_999)
		await it.verificationKey('unknown')
		expect(opened.trips).toHaveLength(1)
		clock.advance(1)
		await it.verificationKey('unknown')
		expect(opened.trips).toHaveLength(2)
	})
})

describe('signatures', () => {
	test.each([...SIGNING_ALGS])('%s verifies with another library', async (alg) => {
		const it = ring()
		const key = await it.signingKey(alg)
		const keys = createLocalJWKSet(await setOf(it))
		for (let i = 0; i < (alg === 'ES256' ? 600 : 3); i++) {
			const payload = new TextEncoder().encode(JSON.stringify({ i, name: 'สมชาย' }))
			const verified = await compactVerify(await signJwt(key, { typ: 'JWT' }, payload), keys)
			expect(verified.protectedHeader).toEqual({ alg, kid: key.kid, typ: 'JWT' })
			expect(verified.payload).toEqual(payload)
		}
	})

	test.each([
		['both full', '3044', 32, 32],
		['r begins with a zero byte', '3043', 31, 32],
		['s is two bytes short', '3042', 32, 30],
		['r is one byte long', '3025', 1, 32],
	])('DER becomes r and s: %s', (_, head, lengthOfR, lengthOfS) => {
		const [r, s] = [new Uint8Array(lengthOfR).fill(0x11), new Uint8Array(lengthOfS).fill(0x22)]
		const der = Uint8Array.from([...Buffer.from(head, 'hex'), 2, lengthOfR, ...r, 2, lengthOfS, ...s])
		const raw = rawSignature(der)
		expect(Buffer.from(raw.subarray(0, 32)).toString('hex')).toBe('11'.repeat(lengthOfR).padStart(64, '0'))
		expect(Buffer.from(raw.subarray(32)).toString('hex')).toBe('22'.repeat(lengthOfS).padStart(64, '0'))
	})

	test('DER with a zero before a set first bit', () => {
		const r = new Uint8Array(32).fill(0xff)
		const raw = rawSignature(Uint8Array.from([0x30, 0x46, 2, 33, 0, ...r, 2, 33, 0, ...r]))
		expect(raw).toEqual(new Uint8Array(64).fill(0xff))
	})
})
