import { exportJWK, generateKeyPair } from 'jose'
import type { Mutation } from './mutation.ts'
import { encode, type Good, header, seal } from './seal.ts'

/** The order of Ed25519's group. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const fromLittleEndian = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`)
const littleEndian = (value: bigint) =>
	new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex')).toReversed()
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** Points of small order: with one of them for a key or for R, some libraries take one signature for every message. */
export const SMALL_ORDER: Record<string, string> = {
	'the neutral point': `01${'00'.repeat(31)}`,
	'the point of order 2': `ec${'ff'.repeat(30)}7f`,
	'a point of order 4': '00'.repeat(32),
	'a point of order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'the neutral point, not reduced': `ee${'ff'.repeat(30)}7f`,
}
export const point = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const ZERO = new Uint8Array(32)
/** R the neutral point, S nothing: right for every message under a key of order 1, and for half of them under order 2. */
export const forgedForAll = join(point(`01${'00'.repeat(31)}`), ZERO)

const signature = (what: string, by: (signature: Uint8Array) => Uint8Array): Mutation => ({
	what,
	forge: (good) => seal(good, { signature: by }),
})

/** RFC 8032 §5.1.7: signatures by Ed25519. */
export const ed25519: Mutation[] = [
	signature('S plus the order of the group', (all) =>
		join(all.slice(0, 32), littleEndian(fromLittleEndian(all.slice(32)) + L)),
	),
	signature('S negated', (all) => join(all.slice(0, 32), littleEndian(L - fromLittleEndian(all.slice(32))))),
	signature('S = 0', (all) => join(all.slice(0, 32), ZERO)),
	signature('all zeros', () => new Uint8Array(64)),
	signature('all ones', () => new Uint8Array(64).fill(255)),
	signature('its highest bit set', (all) => all.with(63, (all[63] ?? 0) | 0x80)),
	signature('R and S turned round', (all) => join(all.slice(32), all.slice(0, 32))),
	signature('a byte short', (all) => all.slice(0, -1)),
	signature('a byte long', (all) => join(all, new Uint8Array(1))),
	...Object.entries(SMALL_ORDER).map(([name, hex]) => signature(`R is ${name}, S = 0`, () => join(point(hex), ZERO))),
	...[0, 31, 32, 62].map((at) => signature(`a bit of byte ${at} turned`, (all) => all.with(at, (all[at] ?? 0) ^ 1))),
]

/** The same, where whoever sends the proof also chooses the key. */
export const smallOrderKeys: Mutation[] = Object.entries(SMALL_ORDER).map(([name, hex]) => ({
	what: `jwk is ${name}, and so is R`,
	async forge(good: Good) {
		const jwk = { kty: 'OKP', crv: 'Ed25519', x: encode(point(hex)) }
		const parts = header(good, { alg: 'EdDSA', jwk })
		return seal(good, { ...parts, signature: () => forgedForAll })
	},
}))

const pss = (what: string, saltLength: number): Mutation => ({
	what,
	async forge(good) {
		const signed = (await seal(good)).split('.').slice(0, 2).join('.')
		const algorithm = { name: 'RSA-PSS', saltLength }
		const made = await crypto.subtle.sign(algorithm, good.key.privateKey, new TextEncoder().encode(signed))
		return `${signed}.${encode(new Uint8Array(made))}`
	},
})

/** RFC 7518 §3.3, §3.5: signatures by RSA. */
export const rsa: Mutation[] = [
	pss('no salt', 0),
	pss('a salt of 20 bytes', 20),
	pss('a salt of 64 bytes', 64),
	signature('all zeros', (all) => new Uint8Array(all.length)),
	signature('one', (all) => new Uint8Array(all.length).with(all.length - 1, 1)),
	signature('a byte short', (all) => all.slice(1)),
	signature('a zero before', (all) => join(new Uint8Array(1), all)),
	...[0, 127, 255].map((at) => signature(`a bit of byte ${at} turned`, (all) => all.with(at, (all[at] ?? 0) ^ 1))),
	{
		what: 'PKCS #1 v1.5 by the same key',
		async forge(good) {
			const { privateKey } = good.key
			const jwk = { ...(await exportJWK(privateKey)), alg: 'RS256', key_ops: ['sign'] }
			const key = await crypto.subtle.importKey('jwk', jwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, [
				'sign',
			])
			return seal(good, { ...header(good, { alg: 'RS256' }), key: { ...good.key, alg: 'RS256', privateKey: key } })
		},
	},
	{
		what: 'an RSA key of 1,024 bits',
		async forge(good) {
			const how = { name: 'RSA-PSS', modulusLength: 1_024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
			const { privateKey } = (await crypto.subtle.generateKey(how, true, ['sign', 'verify'])) as CryptoKeyPair
			return seal(good, { key: { ...good.key, privateKey } })
		},
	},
	{
		what: 'a key of a curve under the same kid',
		async forge(good) {
			const { privateKey } = await generateKeyPair('ES256')
			return seal(good, { ...header(good, { alg: 'ES256' }), key: { ...good.key, alg: 'ES256', privateKey } })
		},
	},
]
