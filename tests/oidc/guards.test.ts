import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Db } from '../../db/client.ts'
import { createApp } from '../../src/app.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'
import { createBrowser } from '../kit/http-client.ts'
import { createPhone } from '../kit/phone.ts'
import { GUARDS, type Scene } from './kit/attacks.ts'
import { LOGOUT_GUARDS } from './kit/logout-attacks.ts'
import { consented, enrolled, type Holder, handClock, type Parts, signedIn } from './kit/provider.ts'
import { newKey, register } from './kit/relying-party.ts'
import { STORES, type Store } from './kit/stores.ts'
import { TOKEN_GUARDS } from './kit/token-attacks.ts'

/**
 * Every guard of the provider's batches bears its load: with it the bad thing does not happen, and with it taken out of
 * the SQL, under the same attack, it does.
 */
describe.each(Object.entries(STORES))('on %s', (_, open) => {
	let store: Store
	let provider: Parts
	let holder: Holder
	const clock = handClock()
	const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
	const issuer = 'http://localhost:8787'

	beforeAll(async () => {
		store = await open()
		const simulator = await openSimulator({ file: ':memory:', clock, population: 100 })
		provider = over(store.db(), simulator)
		holder = await enrolled(provider)
	})
	afterAll(() => store.close())

	function over(db: Db, simulator: Parts['simulator']): Parts {
		const rp = { id: 'localhost', name: 'DOPA Digital ID', origins: [issuer] }
		const app = createApp({
			db,
			clock,
			vault,
			random: systemRandom,
			registry: simulator,
			settings: { issuer, tiers: ['attested', 'device-bound', 'browser-bound'] },
			assets: async () => null,
			peer: () => ({ address: null, place: null }),
			log: () => {},
		})
		return {
			...{ app, db, clock, vault, simulator, issuer, rp },
			browser: () => createBrowser((request) => app.fetch(request), { origin: issuer, now: clock.now }),
			phone: () => createPhone({ rpId: rp.id, origin: issuer }),
		}
	}

	async function scene(): Promise<Scene> {
		const rp = await register(provider)
		await consented(provider, holder, rp, 'openid pid name')
		return {
			...{ db: provider.db, holder, rp, provider },
			browser: await signedIn(provider, holder),
			keyed: await register(provider, {}, [await newKey('ES256')]),
			attacked: (tap = {}) => over(store.db(tap), provider.simulator),
		}
	}

	test.each(Object.entries({ ...GUARDS, ...LOGOUT_GUARDS, ...TOKEN_GUARDS }))(
		'%s',
		async (_, { statement, guard, instead, attack, good }) => {
			expect(await attack(await scene(), undefined)).toBe(good)
			let removed = 0
			const rewrite = (sql: string) => {
				if (!statement.test(sql) || !guard.test(sql)) return sql
				removed++
				return sql.replace(guard, instead)
			}
			expect(await attack(await scene(), rewrite)).toBeGreaterThan(good)
			expect(removed).toBeGreaterThan(0)
		},
	)
})
