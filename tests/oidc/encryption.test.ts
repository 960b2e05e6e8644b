import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { eq } from 'drizzle-orm'
import {
	compactDecrypt,
	createLocalJWKSet,
	decodeJwt,
	exportJWK,
	generateKeyPair,
	type JSONWebKeySet,
	type JWK,
	jwtVerify,
} from 'jose'
import { schema } from '../../db/client.ts'
import { fromUtf8 } from '../../src/lib/bytes.ts'
import { ENCRYPTION_ALGS, ENCRYPTION_ENCS } from '../../src/oidc/artifacts/encryption.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import { codeFor, exchange, outcome, tokensOf, userinfo } from './kit/requests.ts'

/** OpenID Connect Core §5.3.2, §10: answers that are signed, encrypted, or both. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock, issuer } = provider
const SCOPE = 'openid pid name'
let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	browser = await signedIn(provider, holder)
})

type Row = Partial<typeof schema.clients.$inferInsert>
async function client(said: Row): Promise<Rp> {
	const rp = await register(provider, said)
	await consented(provider, holder, rp, SCOPE)
	return rp
}

interface Pair {
	jwk: JWK
	privateKey: CryptoKey
}
async function newPair(alg: string, said: JWK | Record<string, unknown> = {}, crv?: string): Promise<Pair> {
	const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...(crv ? { crv } : {}) })
	return { jwk: { ...(await exportJWK(publicKey)), ...said } as JWK, privateKey }
}
const jwks = (...pairs: Pair[]) => JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) })
const both = (alg: string, enc: string) => {
	const encryption = JSON.stringify({ alg, enc })
	return { idTokenEncryption: encryption, userinfoEncryption: encryption }
}
const tokensFor = async (rp: Rp) => tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
const verified = async (jwt: string, rp: Rp) => {
	const response = await provider.app.fetch(new Request(`${issuer}/.well-known/jwks.json`))
	const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet)
	return jwtVerify(jwt, keys, { issuer, audience: rp.id, currentDate: new Date(clock.now()) })
}
const opened = async (jwe: string, { privateKey }: Pair) => {
	const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey)
	return { text: fromUtf8(plaintext), protectedHeader }
}

const pairs = Object.fromEntries(
	await Promise.all(ENCRYPTION_ALGS.map(async (alg) => [alg, await newPair(alg, { use: 'enc', kid: alg })] as const)),
) as Record<string, Pair>
const curves = await Promise.all(
	['P-256', 'P-384', 'P-521', 'X25519'].map(async (crv) => [crv, await newPair('ECDH-ES', {}, crv)] as const),
)

describe('the id_token', () => {
	test.each(ENCRYPTION_ALGS.flatMap((alg) => ENCRYPTION_ENCS.map((enc) => [alg, enc] as const)))(
		'is signed, then encrypted with %s and %s',
		async (alg, enc) => {
			const pair = pairs[alg] as Pair
			const rp = await client({ jwks: jwks(pair), ...both(alg, enc) })
			const { id_token } = await tokensFor(rp)
			const { text, protectedHeader } = await opened(id_token, pair)
			expect(protectedHeader).toMatchObject({ alg, enc, cty: 'JWT', kid: alg })
			expect((await verified(text, rp)).payload).toMatchObject({ pid: holder.pid, nonce: 'nonce-of-the-rp' })
		},
	)

	test.each(curves)('is encrypted to a key on %s', async (_, pair) => {
		const rp = await client({ jwks: jwks(pair), ...both('ECDH-ES', 'A256GCM') })
		const { text } = await opened((await tokensFor(rp)).id_token, pair)
		expect(decodeJwt(text).aud).toBe(rp.id)
	})

	test('is not encrypted for who did not ask for it', async () => {
		const rp = await client({ jwks: jwks(pairs['ECDH-ES'] as Pair) })
		expect((await tokensFor(rp)).id_token.split('.')).toHaveLength(3)
	})
})

describe('the key', () => {
	const enc = 'A256GCM'
	const RSA = both('RSA-OAEP-256', enc).idTokenEncryption
	// RFC 7748 §6.1: whatever is agreed on with it is zero. It is none of Ed25519's.
	const SMALL_ORDER = '{"keys":[{"kty":"OKP","crv":"X25519","x":"4Ot6fDtBuK4WVuP68Z_EatoJjeucMrH9hmIFFl9JuAA"}]}'
	/** As a library would not make it, but some server has it published. */
	async function shortPair(): Promise<Pair> {
		const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 })
		return { jwk: publicKey.export({ format: 'jwk' }) as JWK, privateKey: privateKey as unknown as CryptoKey }
	}
	test('is the one that says it is for encryption, not one for signatures or of another algorithm', async () => {
		const [signs, other, silent, right] = await Promise.all([
			newPair('ECDH-ES', { use: 'sig', kid: 'signs' }),
			newPair('ECDH-ES', { use: 'enc', alg: 'ECDH-ES+A256KW', kid: 'other' }),
			newPair('ECDH-ES', { kid: 'silent' }),
			newPair('ECDH-ES', { use: 'enc', alg: 'ECDH-ES', kid: 'right' }),
		])
		const rp = await client({ jwks: jwks(signs, other, silent, right), ...both('ECDH-ES', enc) })
		expect((await opened((await tokensFor(rp)).id_token, right)).protectedHeader.kid).toBe('right')
		await db
			.update(schema.clients)
			.set({ jwks: jwks(signs, other, silent) })
			.where(eq(schema.clients.id, rp.id))
		expect((await opened((await tokensFor(rp)).id_token, silent)).protectedHeader.kid).toBe('silent')
	})

	test('is not one for signatures that does not say so, on a curve that is only for them', async () => {
		const [signs, right] = await Promise.all([newPair('Ed25519'), newPair('ECDH-ES')])
		const rp = await client({ jwks: jwks(signs, right), ...both('ECDH-ES', enc) })
		expect((await opened((await tokensFor(rp)).id_token, right)).protectedHeader.alg).toBe('ECDH-ES')
	})

	test.each<[string, () => Promise<Row>]>([
		['is not there', async () => ({ jwks: jwks(await newPair('RSA-OAEP-256')) })],
		['is only for signatures', async () => ({ jwks: jwks(await newPair('ECDH-ES', { use: 'sig' })) })],
		['is on a curve that is not for it', async () => ({ jwks: jwks(await newPair('Ed25519')) })],
		['is no key at all', async () => ({ jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}' })],
		['is too short', async () => ({ jwks: jwks(await shortPair()), idTokenEncryption: RSA })],
		['proves nothing, on X25519', async () => ({ jwks: SMALL_ORDER })],
		['cannot be fetched', async () => ({ jwks: null, jwksUri: 'https://keys.example/jwks' })],
		['is nowhere', async () => ({ jwks: null })],
	])('that %s loses no code', async (_, make) => {
		const rp = await client({ idTokenEncryption: both('ECDH-ES', enc).idTokenEncryption, ...(await make()) })
		const code = await codeFor(browser, rp)
		expect(await outcome(await exchange(provider, rp, code))).toBe('400 invalid_request')
		const right = pairs['ECDH-ES'] as Pair
		await db
			.update(schema.clients)
			.set({ jwks: jwks(right), jwksUri: null, idTokenEncryption: both('ECDH-ES', enc).idTokenEncryption })
			.where(eq(schema.clients.id, rp.id))
		const { id_token } = await tokensOf(await exchange(provider, rp, code))
		expect(id_token.split('.')).toHaveLength(5)
	})
})

describe('userinfo', () => {
	const asked = async (rp: Rp) => {
		const { access_token, id_token } = await tokensFor(rp)
		const response = await userinfo(provider, access_token)
		expect(response.status).toBe(200)
		return { response, text: await response.text(), id_token }
	}

	test.each(['RS256', 'ES256', 'EdDSA'] as const)('is signed with %s, with iss and aud', async (userinfoAlg) => {
		const rp = await client({ userinfoAlg })
		const { response, text, id_token } = await asked(rp)
		expect(response.headers.get('content-type')).toBe('application/jwt')
		const { payload, protectedHeader } = await verified(text, rp)
		expect(protectedHeader.alg).toBe(userinfoAlg)
		expect(payload).toEqual({
			...{ sub: decodeJwt(id_token).sub, pid: holder.pid, name: 'สมชาย ใจดี' },
			...{ iss: issuer, aud: rp.id },
		})
	})

	test('is encrypted without a signature, and then no JWT is inside', async () => {
		const pair = pairs['RSA-OAEP-256'] as Pair
		const { userinfoEncryption } = both('RSA-OAEP-256', 'A128CBC-HS256')
		const { response, text } = await asked(await client({ jwks: jwks(pair), userinfoEncryption }))
		expect(response.headers.get('content-type')).toBe('application/jwt')
		const inside = await opened(text, pair)
		expect(inside.protectedHeader).not.toHaveProperty('cty')
		expect(JSON.parse(inside.text)).toMatchObject({ pid: holder.pid })
	})

	test('is signed, then encrypted', async () => {
		const pair = pairs['ECDH-ES'] as Pair
		const rp = await client({ jwks: jwks(pair), userinfoAlg: 'ES256', ...both('ECDH-ES', 'A128GCM') })
		const inside = await opened((await asked(rp)).text, pair)
		expect(inside.protectedHeader.cty).toBe('JWT')
		expect((await verified(inside.text, rp)).payload).toMatchObject({ pid: holder.pid })
	})

	test('is refused where the client has no key', async () => {
		const rp = await client({ userinfoEncryption: both('ECDH-ES', 'A128GCM').userinfoEncryption })
		const { access_token } = await tokensFor(rp)
		expect(await outcome(await userinfo(provider, access_token))).toBe('400 invalid_request')
	})
})
