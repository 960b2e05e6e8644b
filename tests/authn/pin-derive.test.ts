import { describe, expect, test } from 'bun:test'
import { createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto'
import { derivePin, ITERATIONS, pinIsStale, pinMatches } from '../../src/authn/pin/index.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { cheap, PIN, root, vault } from './pin-kit.ts'

describe('what is stored', () => {
	test('HMAC(pepper, PBKDF2(PIN)), as another implementation computes it', async () => {
		const record = await derivePin(vault, systemRandom, PIN)
		const salt = Buffer.from(record.salt, 'base64url')
		expect(salt).toHaveLength(16)
		const stretched = pbkdf2Sync(PIN, salt, 100_000, 32, 'sha256')
		const pepper = Buffer.from(hkdfSync('sha256', root(1).key, Buffer.alloc(0), 'dopa-digital-id/pepper', 32))
		const hash = createHmac('sha256', pepper).update(stretched).digest('base64url')
		expect(record).toEqual({ hash, salt: record.salt, iterations: 100_000, pepperVersion: 1 })
	})

	test('no more iterations than Cloudflare computes', () => {
		expect(ITERATIONS).toBeLessThanOrEqual(100_000)
	})

	test('two equal PINs do not look alike', async () => {
		const [a, b] = [await derivePin(vault, systemRandom, PIN, cheap), await derivePin(vault, systemRandom, PIN, cheap)]
		expect(a.hash).not.toBe(b.hash)
		expect(a.salt).not.toBe(b.salt)
	})

	test('matches the PIN and no other', async () => {
		const record = await derivePin(vault, systemRandom, PIN)
		expect(await pinMatches(vault, record, PIN)).toBe(true)
		for (const wrong of ['60493818', '6049381', '', `${PIN}0`, '๖๐๔๙๓๘๑๗'])
			expect(await pinMatches(vault, record, wrong)).toBe(false)
	})

	test('an older pepper and older iterations still match, and are to be made anew', async () => {
		const old = await derivePin(vault, systemRandom, PIN)
		const rotated = createVault([root(2), root(1)], systemRandom)
		expect(await pinMatches(rotated, old, PIN)).toBe(true)
		expect([pinIsStale(vault, old), pinIsStale(rotated, old)]).toEqual([false, true])
		const fresh = await derivePin(rotated, systemRandom, PIN)
		expect(fresh).toMatchObject({ pepperVersion: 2 })
		expect([pinIsStale(rotated, fresh), pinIsStale(vault, { ...old, iterations: 1_000 })]).toEqual([false, true])
	})

	test('the iterations of the row count, not today’s', async () => {
		const record = await derivePin(vault, systemRandom, PIN, cheap)
		const asked: number[] = []
		await pinMatches(vault, { ...record, iterations: 1_234 }, PIN, (pin, salt, iterations) => {
			asked.push(iterations)
			return cheap(pin, salt, iterations)
		})
		expect(asked).toEqual([1_234])
	})

	test('a pepper that left the ring is an error and not a wrong PIN', async () => {
		const old = await derivePin(vault, systemRandom, PIN, cheap)
		await expect(pinMatches(createVault([root(2)], systemRandom), old, PIN, cheap)).rejects.toThrow('root key 1')
	})
})
