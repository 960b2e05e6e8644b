import { afterAll, describe, expect, test } from 'bun:test'
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts'
import { type Outbound, OutboundRefused } from '../../src/lib/outbound.ts'
import { readKeySet } from '../../src/oidc/client-auth/jwks-cache.ts'
import { openProvider } from './kit/provider.ts'
import { newKey, type Rp, type RpKey, register } from './kit/relying-party.ts'
import { outcome, push } from './kit/requests.ts'

/** Keys that a client publishes at its `jwks_uri`, and changes without asking anybody. */
const published = new Map<string, () => Promise<{ status: number; text: string }>>()
const fetched: string[] = []
const outbound: Outbound = {
	async get(url) {
		fetched.push(url)
		const answer = published.get(url)
		if (!answer) throw new OutboundRefused('unreachable')
		return { contentType: 'application/json', ...(await answer()) }
	},
	post: () => Promise.reject(new OutboundRefused('unreachable')),
}
const provider = await openProvider({ outbound })
afterAll(() => provider.close())
const { clock } = provider

const keySet = (...keys: RpKey[]) => JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) })
let count = 0

interface Publisher {
	rp: Rp
	uri: string
	publish(text: string, status?: number): void
	vanish(): void
	/** What PAR says when the client signs with the key. */
	pushed(key: RpKey): Promise<string>
}

async function publisher(...keys: RpKey[]): Promise<Publisher> {
	const uri = `https://rp-${++count}.example/jwks`
	const rp = await register(provider, { authMethod: 'private_key_jwt', jwksUri: uri })
	const publish = (text: string, status = 200) =>
		void published.set(uri, async () => {
			// A moment in which others come.
			await Bun.sleep(5)
			return { status, text }
		})
	publish(keySet(...keys))
	const pushed = async (key: RpKey) => outcome(await push(provider, { ...rp, keys: [key] }))
	fetched.length = 0
	return { rp, uri, publish, vanish: () => void published.delete(uri), pushed }
}

const [one, two, three] = [await newKey('ES256'), await newKey('ES256'), await newKey('PS256')]
const REFUSED = '401 invalid_client'

test('keys are fetched once in five minutes', async () => {
	const { pushed, uri } = await publisher(one)
	for (let i = 0; i < 3; i++) expect(await pushed(one)).toBe('201')
	clock.advance(5 * MINUTE - 1)
	expect(await pushed(one)).toBe('201')
	expect(fetched).toEqual([uri])
	clock.advance(1)
	expect(await pushed(one)).toBe('201')
	expect(fetched).toHaveLength(2)
})

test('many at once wait for one fetch', async () => {
	const { pushed } = await publisher(one)
	const outcomes = await Promise.all(Array.from({ length: 16 }, () => pushed(one)))
	expect(new Set(outcomes)).toEqual(new Set(['201']))
	expect(fetched).toHaveLength(1)
})

describe('a client that changes its keys', () => {
	test('is understood at once: an unknown kid makes the set be fetched anew', async () => {
		const { pushed, publish } = await publisher(one)
		expect(await pushed(one)).toBe('201')
		clock.advance(30 * SECOND)
		publish(keySet(two, three))
		expect(await pushed(three)).toBe('201')
		expect(await pushed(two)).toBe('201')
		expect(fetched).toHaveLength(2)
		expect(await pushed(one)).toBe(REFUSED)
	})

	test('under the same kid too', async () => {
		const { pushed, publish } = await publisher(one)
		expect(await pushed(one)).toBe('201')
		clock.advance(30 * SECOND)
		const sameName = { ...two, kid: one.kid, publicJwk: { ...two.publicJwk, kid: one.kid } }
		publish(keySet(sameName))
		expect(await pushed(sameName)).toBe('201')
	})

	test('many at once with the new key wait for one fetch', async () => {
		const { pushed, publish } = await publisher(one)
		expect(await pushed(one)).toBe('201')
		clock.advance(30 * SECOND)
		publish(keySet(two))
		const outcomes = await Promise.all(Array.from({ length: 16 }, () => pushed(two)))
		expect(new Set(outcomes)).toEqual(new Set(['201']))
		expect(fetched).toHaveLength(2)
	})

	test('is not asked more often than once in 30 s, whatever kid anybody invents', async () => {
		const { pushed } = await publisher(one)
		expect(await pushed(one)).toBe('201')
		for (let i = 0; i < 5; i++) expect(await pushed(await newKey('ES256'))).toBe(REFUSED)
		expect(fetched).toHaveLength(1)
		clock.advance(30 * SECOND)
		for (let i = 0; i < 5; i++) expect(await pushed(await newKey('ES256'))).toBe(REFUSED)
		expect(fetched).toHaveLength(2)
	})

	test('a key that it has taken back is good for five minutes at most', async () => {
		const { pushed, publish } = await publisher(one)
		expect(await pushed(one)).toBe('201')
		publish(keySet(two))
		clock.advance(5 * MINUTE)
		expect(await pushed(one)).toBe(REFUSED)
	})
})

describe('a host that does not answer', () => {
	test('does its owner no harm for an hour', async () => {
		const { pushed, vanish, publish } = await publisher(one)
		expect(await pushed(one)).toBe('201')
		vanish()
		clock.advance(30 * MINUTE)
		expect(await pushed(one)).toBe('201')
		clock.advance(30 * MINUTE - 1)
		expect(await pushed(one)).toBe('201')
		clock.advance(1)
		expect(await pushed(one)).toBe(REFUSED)
		publish(keySet(one))
		clock.advance(30 * SECOND)
		expect(await pushed(one)).toBe('201')
	})

	test('is tried again after 30 s and not before', async () => {
		const { pushed, vanish, publish } = await publisher(one)
		vanish()
		expect(await pushed(one)).toBe(REFUSED)
		publish(keySet(one))
		clock.advance(30 * SECOND - 1)
		expect(await pushed(one)).toBe(REFUSED)
		expect(fetched).toHaveLength(1)
		clock.advance(1)
		expect(await pushed(one)).toBe('201')
	})

	test('the log learns why, and nothing of the address', async () => {
		const { pushed, vanish } = await publisher(one)
		vanish()
		provider.logged.length = 0
		await pushed(one)
		expect(provider.logged).toEqual([
			{
				event: 'protocol_error',
				fields: { endpoint: 'par', error: 'invalid_client', detail: 'jwks_uri: unreachable' },
			},
		])
	})
})

describe('what is published there', () => {
	const jwk = (more: object) => JSON.stringify({ keys: [{ ...one.publicJwk, ...more }] })
	test.each([
		['nothing', '', 200],
		['a page', '<!doctype html>', 200],
		['null', 'null', 200],
		['a list', '[]', 200],
		['no keys', '{"keys":[]}', 200],
		['keys that are no list', '{"keys":{}}', 200],
		['keys that are no keys', '{"keys":[null,1,"a",[]]}', 200],
		['an error with the keys', keySet(one), 500],
		['too many keys', JSON.stringify({ keys: Array(51).fill(one.publicJwk) }), 200],
		['the private half beside', jwk({ d: 'AAAA' }), 200],
		['a key for encryption', jwk({ use: 'enc' }), 200],
		['a key for another algorithm', jwk({ alg: 'ES384' }), 200],
		['half a key', jwk({ y: undefined }), 200],
		['a point that lies on no curve', jwk({ y: one.publicJwk.x }), 200],
		['a shared secret', '{"keys":[{"kty":"oct","k":"AAAA","alg":"HS256"}]}', 200],
	])('%s proves nobody', async (_, text, status) => {
		const { pushed, publish } = await publisher()
		publish(text, status)
		expect(await pushed(one)).toBe(REFUSED)
	})

	test('a private half makes a key useless for anything', () => {
		expect(readKeySet(jwk({ d: 'AAAA' })).keys).toEqual([])
		expect(readKeySet(keySet(one)).keys).toHaveLength(1)
	})

	test('kinds of keys that nobody knows do no harm beside one that is known', async () => {
		const { pushed, publish } = await publisher()
		publish(JSON.stringify({ keys: [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }, null, one.publicJwk] }))
		expect(await pushed(one)).toBe('201')
	})
})

test('a client with neither keys nor an address proves nothing', async () => {
	const rp = await register(provider, { authMethod: 'private_key_jwt' })
	expect(await outcome(await push(provider, { ...rp, keys: [one] }))).toBe(REFUSED)
})

test('keys that are registered are not looked for elsewhere', async () => {
	const uri = 'https://rp.example/unused'
	published.set(uri, async () => ({ status: 200, text: keySet(two) }))
	const rp = await register(provider, { jwksUri: uri }, [one])
	fetched.length = 0
	expect(await outcome(await push(provider, { ...rp, keys: [two] }))).toBe(REFUSED)
	expect(await outcome(await push(provider, rp))).toBe('201')
	expect(fetched).toEqual([])
	clock.advance(HOUR)
})
