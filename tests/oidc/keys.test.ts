import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { DAY, MINUTE } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { createKeyRing } from '../../src/oidc/index.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'
import { type HandClock, handClock } from './kit/provider.ts'

const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
const { signingKeys } = schema
let opened: TestDb
let clock: HandClock
beforeEach(async () => {
	opened = await memoryDb()
	clock = handClock()
})
afterEach(() => opened.close())

const ring = () => createKeyRing({ db: opened.db, vault, clock })
const published = async (of: ReturnType<typeof ring>) =>
	(JSON.parse(new TextDecoder().decode(await of.jwks())) as { keys: { kid: string; alg: string }[] }).keys

/** A key that signs from an instant on, made from one of another ring. */
async function addKey(alg: 'ES256', activeFrom: number): Promise<string> {
	const elsewhere = await memoryDb()
	await createKeyRing({ db: elsewhere.db, vault, clock }).jwks()
	const row = (await elsewhere.db.select().from(signingKeys)).find((key) => key.alg === alg)
	elsewhere.close()
	if (!row) throw new Error('no key was made')
	await opened.db.insert(signingKeys).values({ ...row, activeFrom })
	return row.kid
}

describe('the ring of signing keys', () => {
	test('makes the keys that are missing, once, whoever comes first', async () => {
		const rings = Array.from({ length: 4 }, ring)
		await Promise.all(rings.map((each) => each.jwks()))
		const stored = await opened.db.select().from(signingKeys)
		expect(stored.map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA', 'PS256', 'RS256'])
		const kids = new Set(stored.map(({ kid }) => kid))
		for (const each of rings) {
			const { kid } = await each.signingKey('RS256')
			expect(kids.has(kid)).toBe(true)
		}
	})

	test('keeps no private key in the open', async () => {
		await ring().jwks()
		for (const { privateJwk, publicJwk } of await opened.db.select().from(signingKeys)) {
			expect(privateJwk).toMatch(/^1\.[\w-]+\.[\w-]+$/)
			expect(publicJwk).not.toContain('"d"')
		}
	})

	test('a key that was moved to the row of another does not open', async () => {
		await ring().jwks()
		const [first, second] = await opened.db.select().from(signingKeys)
		await opened.db.update(signingKeys).set({ privateJwk: second?.privateJwk ?? '' })
		await expect(ring().signingKey(first?.alg ?? 'RS256')).rejects.toThrow()
	})

	test('publishes a new key before it signs', async () => {
		const it = ring()
		const { kid: old } = await it.signingKey('ES256')
		const coming = await addKey('ES256', clock.now() + DAY)
		clock.advance(5 * MINUTE + 1)
		await it.jwks()
		expect((await published(it)).map(({ kid }) => kid)).toContain(coming)
		expect((await it.signingKey('ES256')).kid).toBe(old)
		clock.advance(DAY)
		expect((await it.signingKey('ES256')).kid).toBe(coming)
		expect((await published(it)).map(({ kid }) => kid)).toContain(old)
	})

	test('signs on where the clock is set back to before its keys were made', async () => {
		const it = ring()
		const { kid } = await it.signingKey('ES256')
		clock.advance(-DAY)
		expect((await it.signingKey('ES256')).kid).toBe(kid)
		expect((await ring().signingKey('ES256')).kid).toBe(kid)
	})

	test('a key whose time is over signs no more and is published on', async () => {
		const it = ring()
		const { kid } = await it.signingKey('ES256')
		await opened.db
			.update(signingKeys)
			.set({ activeUntil: clock.now() + DAY })
			.where(eq(signingKeys.kid, kid))
		const next = await addKey('ES256', clock.now() - DAY)
		clock.advance(DAY)
		const anew = ring()
		expect((await anew.signingKey('ES256')).kid).toBe(next)
		expect((await published(anew)).map((key) => key.kid)).toContain(kid)
	})

	test('answers from memory where the database does not: keys change once in months', async () => {
		const it = ring()
		const before = await published(it)
		opened.close()
		for (let i = 0; i < 3; i++) {
			clock.advance(10 * MINUTE)
			expect(await published(it)).toEqual(before)
			expect((await it.signingKey('EdDSA')).alg).toBe('EdDSA')
		}
	})

	test('looks again once the database is back', async () => {
		const it = ring()
		await it.jwks()
		const batch = opened.client.execute.bind(opened.client)
		opened.client.execute = () => Promise.reject(new Error('down'))
		clock.advance(10 * MINUTE)
		await it.jwks()
		await it.jwks()
		opened.client.execute = batch
		const coming = await addKey('ES256', clock.now())
		clock.advance(10 * MINUTE)
		await it.jwks()
		expect((await published(it)).map(({ kid }) => kid)).toContain(coming)
	})

	test('waits for the first answer and tells where there is none', async () => {
		const it = ring()
		const execute = opened.client.execute.bind(opened.client)
		opened.client.execute = () => Promise.reject(new Error('down'))
		await expect(it.jwks()).rejects.toThrow()
		opened.client.execute = execute
		expect(await published(it)).toHaveLength(4)
	})

	test('asks the database once for many at once', async () => {
		const it = ring()
		await it.jwks()
		opened.trips.length = 0
		clock.advance(10 * MINUTE)
		await Promise.all(Array.from({ length: 50 }, () => it.jwks()))
		await it.jwks()
		expect(opened.trips.length).toBeLessThanOrEqual(1)
	})
})
