import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { generateKeyPair, SignJWT } from 'jose'
import { schema } from '../../db/client.ts'
import { MINUTE, SECOND } from '../../src/lib/clock.ts'
import type { Browser } from '../kit/http-client.ts'
import { boundUserinfo, type DpopKey, newDpopKey, type ProofChanges, proof } from './kit/dpop.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import { answerAt, authorizationParameters, codeFor, exchange, outcome, tokensOf, userinfo } from './kit/requests.ts'
import { exchangeWith, send } from './kit/tokens.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const { clock, db, issuer } = provider
const TOKEN = '/oauth/token'

const rp = await register(provider)
const bound = await register(provider, { dpopBound: true })
const thaid = await register(provider, { profile: 'thaid-v2', idTokenAlg: 'ES256' })
const key = await newDpopKey()
const other = await newDpopKey()
let browser: Browser
beforeAll(async () => {
	const holder = await enrolled(provider)
	for (const each of [rp, bound, thaid]) await consented(provider, holder, each, 'openid pid name')
	browser = await signedIn(provider, holder)
})

/** The exchange of a fresh code with a proof. */
const exchanged = async (dpop: string, client: Rp = rp) =>
	exchangeWith(provider, client, await codeFor(browser, client), { dpop })
const boundToken = async (by: DpopKey = key) =>
	(await tokensOf(await exchanged(await proof(provider, by, TOKEN)))).access_token

describe('a right proof at the token endpoint', () => {
	test.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('by %s binds the token to its key', async (alg) => {
		const by = await newDpopKey(alg)
		const response = await exchanged(await proof(provider, by, TOKEN))
		const nonce = response.headers.get('dpop-nonce') ?? ''
		expect(nonce).toMatch(/^[\w-]{1,64}$/)
		const tokens = await tokensOf(response)
		expect(tokens.token_type).toBe('DPoP')
		expect((await boundUserinfo(provider, by, tokens.access_token)).status).toBe(200)
	})

	test('is not asked of others, who get a bearer token and no nonce', async () => {
		const response = await exchange(provider, rp, await codeFor(browser, rp))
		expect(response.headers.has('dpop-nonce')).toBe(false)
		expect((await tokensOf(response)).token_type).toBe('Bearer')
	})

	test('is needed where the client is registered so', async () => {
		const code = await codeFor(browser, bound)
		expect(await outcome(await exchange(provider, bound, code))).toBe('400 invalid_dpop_proof')
		expect(await outcome(await exchangeWith(provider, bound, code, { dpop: await proof(provider, key, TOKEN) }))).toBe(
			'200',
		)
	})

	test('is no header that a client of ThaID knows', async () => {
		const { token_type } = await tokensOf(await exchanged('whatever', thaid))
		expect(token_type).toBe('Bearer')
	})

	test.each<[string, ProofChanges]>([
		['from 10 s ahead', { claims: { iat: 10 } }],
		['from 10 s ago', { claims: { iat: -10 } }],
		['with nbf and exp', { claims: { nbf: 0, exp: 60 } }],
		['whose exp is 8 s ago', { claims: { exp: -8 } }],
	])('may come %s', async (_, changes) => {
		expect(await outcome(await exchanged(await proof(provider, key, TOKEN, inTime(changes))))).toBe('200')
	})

	test.each([
		['with a query and a fragment', `${issuer}/oauth/token?a=b#c`],
		['with capitals in scheme and host', issuer.replace('http://localhost', 'HTTP://LOCALHOST') + TOKEN],
		['with dots in its path', `${issuer}/x/../oauth/token`],
	])('may spell its address %s (RFC 9449 §4.3)', async (_, htu) => {
		expect(await outcome(await exchanged(await proof(provider, key, TOKEN, { claims: { htu } })))).toBe('200')
	})
})

/** Times are written as seconds from now. */
function inTime(changes: ProofChanges): ProofChanges {
	const now = Math.floor(clock.now() / 1_000)
	const claims = Object.entries(changes.claims ?? {}).map(([name, value]) => [
		name,
		['iat', 'nbf', 'exp'].includes(name) && typeof value === 'number' ? now + value : value,
	])
	return { ...changes, claims: Object.fromEntries(claims) }
}

const privateOf = async () => {
	const { privateKey } = await generateKeyPair('ES256', { extractable: true })
	const { exportJWK } = await import('jose')
	return { jwk: await exportJWK(privateKey), privateKey }
}

/** Each point of RFC 9449 §4.3, broken once. */
const WRONG: Record<string, ProofChanges | (() => Promise<ProofChanges | string>)> = {
	'of another typ': { header: { typ: 'JWT' } },
	'without typ': { header: { typ: undefined } },
	'without jwk': { header: { jwk: undefined } },
	'with a jwk that is a text': { header: { jwk: 'key' } },
	'with a jwk that is a list': { header: { jwk: [key.jwk] } },
	'with a kid instead of a jwk': { header: { jwk: undefined, kid: 'key-1' } },
	'by another key than its jwk': { privateKey: other.privateKey },
	'with a private jwk': async () => {
		const { jwk, privateKey } = await privateOf()
		return { header: { jwk }, privateKey }
	},
	'with a jwk of no known kind': { header: { jwk: { ...key.jwk, kty: 'AKP' } } },
	'with a jwk that lacks a member': { header: { jwk: { ...key.jwk, y: undefined } } },
	'with a jwk that is no point of the curve': { header: { jwk: { ...key.jwk, y: key.jwk.x } } },
	'with a critical header': async () => {
		const [, payload, signature] = (await proof(provider, key, TOKEN)).split('.')
		const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, crit: ['x'], x: 1 }
		return `${btoa(JSON.stringify(header)).replaceAll('=', '')}.${payload}.${signature}`
	},
	'for another method': { claims: { htm: 'GET' } },
	'for the method in small letters': { claims: { htm: 'post' } },
	'without htm': { claims: { htm: undefined } },
	'for another endpoint': { claims: { htu: `${issuer}/oauth/userinfo` } },
	'for another host': { claims: { htu: `https://evil.example${TOKEN}` } },
	'for another scheme': { claims: { htu: `https://localhost:8787${TOKEN}` } },
	'for the address with a slash behind': { claims: { htu: `${issuer}${TOKEN}/` } },
	'for the path alone': { claims: { htu: TOKEN } },
	'for an address with a user': { claims: { htu: issuer.replace('//', '//user@') + TOKEN } },
	'without htu': { claims: { htu: undefined } },
	'without jti': { claims: { jti: undefined } },
	'with an empty jti': { claims: { jti: '' } },
	'with a jti that is a number': { claims: { jti: 1 } },
	'with a jti of 257 characters': { claims: { jti: 'j'.repeat(257) } },
	'without iat': { claims: { iat: undefined } },
	'with an iat that is a text': { claims: { iat: '1768446000' } },
	'whose nbf is 60 s ahead': { claims: { nbf: 60 } },
	'whose nbf is a text': { claims: { nbf: 'now' } },
	'whose exp is 60 s ago': { claims: { exp: -60 } },
	'whose exp is a text': { claims: { exp: 'never' } },
	'by RS256': async () => {
		const rsa = await newDpopKey('RS256')
		return proof(provider, rsa, TOKEN)
	},
	'by ES384': async () => proof(provider, await newDpopKey('ES384'), TOKEN),
	'by a secret': async () =>
		new SignJWT({ htm: 'POST', htu: issuer + TOKEN, jti: 'j', iat: Math.floor(clock.now() / 1_000) })
			.setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } as object })
			.sign(new TextEncoder().encode('secret')),
	'by nobody': async () => {
		const [, payload] = (await proof(provider, key, TOKEN)).split('.')
		return `${btoa(JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk: key.jwk })).replaceAll('=', '')}.${payload}.`
	},
	'twice, with a comma between': async () =>
		`${await proof(provider, key, TOKEN)}, ${await proof(provider, key, TOKEN)}`,
	'that is no JWT': async () => 'proof',
	'that is empty': async () => ' ',
	'whose header is no JSON': async () => `e30x.${(await proof(provider, key, TOKEN)).split('.').slice(1).join('.')}`,
	'whose payload is a list': async () => {
		const { CompactSign } = await import('jose')
		return new CompactSign(new TextEncoder().encode('[]'))
			.setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk })
			.sign(key.privateKey)
	},
}

describe('a wrong proof', () => {
	test.each(Object.entries(WRONG))('%s gives nothing and spends no code', async (_, make) => {
		const code = await codeFor(browser, rp)
		const made = typeof make === 'function' ? await make() : make
		const dpop = typeof made === 'string' ? made : await proof(provider, key, TOKEN, inTime(made))
		expect(await outcome(await exchangeWith(provider, rp, code, { dpop }))).toBe('400 invalid_dpop_proof')
		expect(await outcome(await exchange(provider, rp, code))).toBe('200')
	})

	test('of one header more is refused', async () => {
		const headers = new Headers({ dpop: await proof(provider, key, TOKEN) })
		headers.append('dpop', await proof(provider, key, TOKEN))
		expect(await outcome(await exchanged(headers.get('dpop') ?? ''))).toBe('400 invalid_dpop_proof')
	})
})

describe('the nonce (RFC 9449 §8)', () => {
	const asked = async (changes: ProofChanges) => exchanged(await proof(provider, key, TOKEN, inTime(changes)))

	test.each<[string, ProofChanges]>([
		['a proof from 20 s ago', { claims: { iat: -20 } }],
		['a proof from 15 s ahead', { claims: { iat: 15 } }],
		['a made-up nonce', { claims: { nonce: 'n'.repeat(22) } }],
		['a nonce that is a number', { claims: { nonce: 1 } }],
		['an empty nonce', { claims: { nonce: '' } }],
	])('%s is told one, with which it gets through', async (_, changes) => {
		const refused = await asked(changes)
		const nonce = refused.headers.get('dpop-nonce')
		expect(await outcome(refused)).toBe('400 use_dpop_nonce')
		// A client's clock may be as wrong as it likes: the time is the nonce's.
		for (const iat of [0, -3_600, 3_600]) expect(await outcome(await asked({ claims: { iat, nonce } }))).toBe('200')
	})

	test('counts for 5 minutes at least and 10 at most', async () => {
		const nonce = (await asked({})).headers.get('dpop-nonce')
		clock.advance(5 * MINUTE)
		expect(await outcome(await asked({ claims: { nonce } }))).toBe('200')
		clock.advance(5 * MINUTE)
		expect(await outcome(await asked({ claims: { nonce } }))).toBe('400 use_dpop_nonce')
	})
})

describe('a proof counts once', () => {
	test('at the token endpoint, and the second code is not spent', async () => {
		const [first, second] = [await codeFor(browser, rp), await codeFor(browser, rp)]
		const dpop = await proof(provider, key, TOKEN)
		expect(await outcome(await exchangeWith(provider, rp, first, { dpop }))).toBe('200')
		expect(await outcome(await exchangeWith(provider, rp, second, { dpop }))).toBe('400 invalid_dpop_proof')
		expect(await outcome(await exchange(provider, rp, second))).toBe('200')
	})

	test('of 16 codes at once one is exchanged with it', async () => {
		const codes: string[] = []
		for (let i = 0; i < 16; i++) codes.push(await codeFor(browser, rp))
		const dpop = await proof(provider, key, TOKEN)
		const outcomes = await Promise.all(
			codes.map(async (code) => outcome(await exchangeWith(provider, rp, code, { dpop }))),
		)
		expect(outcomes.filter((each) => each === '200')).toHaveLength(1)
	})

	test('at userinfo', async () => {
		const token = await boundToken()
		const claims = { jti: 'once' }
		expect((await boundUserinfo(provider, key, token, { claims })).status).toBe(200)
		const again = await boundUserinfo(provider, key, token, { claims })
		expect(again.status).toBe(401)
		expect(again.headers.get('www-authenticate')).toContain('error="invalid_dpop_proof"')
	})

	test('but the same jti of another key is another', async () => {
		const claims = { jti: 'shared' }
		for (const by of [key, other])
			expect(await outcome(await exchanged(await proof(provider, by, TOKEN, { claims })))).toBe('200')
	})

	test('and its row is kept no longer than it could be used', async () => {
		await db.delete(schema.usedAssertions)
		await exchanged(await proof(provider, key, TOKEN))
		const [row] = await db.select().from(schema.usedAssertions)
		const left = (row?.expiresAt ?? 0) - clock.now()
		expect(left).toBeGreaterThanOrEqual(15 * SECOND)
		expect(left).toBeLessThan(20 * SECOND)
	})
})

describe('a bound token at userinfo', () => {
	let token: string
	beforeEach(async () => {
		token = await boundToken()
	})
	const challenge = (error: string) => `DPoP algs="ES256 PS256 EdDSA Ed25519", error="${error}"`

	test('comes with a proof of its key', async () => {
		const response = await boundUserinfo(provider, key, token)
		expect(response.status).toBe(200)
		expect(response.headers.get('dpop-nonce')).toBeTruthy()
	})

	test('counts for nothing as a bearer token (§7.2)', async () => {
		const response = await userinfo(provider, token)
		expect(response.status).toBe(401)
		expect(response.headers.get('www-authenticate')).toBe(challenge('invalid_token'))
	})

	test('nor does a bearer token by the scheme DPoP', async () => {
		const { access_token } = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
		const response = await boundUserinfo(provider, key, access_token)
		expect(response.status).toBe(401)
		expect(response.headers.get('www-authenticate')).toBe(challenge('invalid_token'))
	})

	test('nor with a proof of another key', async () => {
		const response = await boundUserinfo(provider, other, token)
		expect(response.status).toBe(401)
		expect(response.headers.get('www-authenticate')).toBe(challenge('invalid_token'))
	})

	test('nor without a proof', async () => {
		const init = { headers: { authorization: `DPoP ${token}` } }
		const response = await userinfo(provider, token, init)
		expect(response.status).toBe(401)
		expect(response.headers.get('www-authenticate')).toBe(challenge('invalid_dpop_proof'))
	})

	test.each<[string, ProofChanges]>([
		['without ath', { claims: { ath: undefined } }],
		['for another token', { claims: { ath: 'a'.repeat(43) } }],
		['for another method', { claims: { htm: 'POST' } }],
		['for another endpoint', { claims: { htu: issuer + TOKEN } }],
	])('nor with a proof %s', async (_, changes) => {
		const response = await boundUserinfo(provider, key, token, changes)
		expect(response.status).toBe(401)
		expect(response.headers.get('www-authenticate')).toBe(challenge('invalid_dpop_proof'))
	})

	test('is told a nonce where the proof is old', async () => {
		const iat = Math.floor(clock.now() / 1_000) - 60
		const refused = await boundUserinfo(provider, key, token, { claims: { iat } })
		expect(refused.status).toBe(401)
		expect(refused.headers.get('www-authenticate')).toBe(challenge('use_dpop_nonce'))
		const nonce = refused.headers.get('dpop-nonce')
		expect((await boundUserinfo(provider, key, token, { claims: { iat, nonce } })).status).toBe(200)
	})
})

test('the scheme is written in any case (RFC 9110 §11.1)', async () => {
	const token = await boundToken()
	const dpop = await proof(provider, key, '/oauth/userinfo', { claims: { htm: 'GET' } }, token)
	const response = await userinfo(provider, token, { headers: { authorization: `dpop ${token}`, dpop } })
	expect(response.status).toBe(200)
})

describe('a proof at PAR (RFC 9449 §10.1)', () => {
	const pushed = async (dpop: string) => send(provider, rp, '/oauth/par', authorizationParameters(rp), { dpop })

	test('binds the code to its key', async () => {
		const { request_uri } = (await (await pushed(await proof(provider, key, '/oauth/par'))).json()) as {
			request_uri: string
		}
		const query = new URLSearchParams({ client_id: rp.id, request_uri })
		const { code = '' } = answerAt(rp, await browser.get(`/oauth/authorize?${query}`))
		const dpop = async (by: DpopKey) => ({ dpop: await proof(provider, by, TOKEN) })
		expect(await outcome(await exchange(provider, rp, code))).toBe('400 invalid_grant')
		expect(await outcome(await exchangeWith(provider, rp, code, await dpop(other)))).toBe('400 invalid_grant')
		expect(await outcome(await exchangeWith(provider, rp, code, await dpop(key)))).toBe('200')
	})

	test('is checked as at the token endpoint, and counts once', async () => {
		expect(await outcome(await pushed(await proof(provider, key, TOKEN)))).toBe('400 invalid_dpop_proof')
		const dpop = await proof(provider, key, '/oauth/par')
		expect((await pushed(dpop)).status).toBe(201)
		expect(await outcome(await pushed(dpop))).toBe('400 invalid_dpop_proof')
	})
})

describe('a code that is bound to a key (RFC 9449 §10)', () => {
	const boundCode = async () => {
		const code = await codeFor(browser, rp)
		await db.update(schema.codes).set({ dpopJkt: key.jkt })
		return code
	}
	test.each<[string, () => Promise<Record<string, string>>, string]>([
		['is exchanged with that key', async () => ({ dpop: await proof(provider, key, TOKEN) }), '200'],
		['not with another', async () => ({ dpop: await proof(provider, other, TOKEN) }), '400 invalid_grant'],
		['not without a proof', async () => ({}), '400 invalid_grant'],
	])('%s', async (_, headers, expected) => {
		expect(await outcome(await exchangeWith(provider, rp, await boundCode(), await headers()))).toBe(expected)
	})
})
