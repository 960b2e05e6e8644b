import { afterAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { base64url, type CompactJWSHeaderParameters, CompactSign, exportSPKI, importJWK, type JWTPayload } from 'jose'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { sweep } from '../../src/sweep.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, type RpKey, register } from './kit/relying-party.ts'
import {
	ASSERTION_TYPE,
	assertion,
	authorizationParameters,
	changed,
	codeFor,
	outcome,
	post,
	tokenForm,
} from './kit/requests.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const es256 = await newKey('ES256')
const rp = await register(provider, {}, [es256])
const otherKey = await newKey('ES256')
const other = await register(provider, {}, [otherKey])

const seconds = () => Math.floor(provider.clock.now() / 1_000)

function claims(of: Rp = rp): JWTPayload {
	const now = seconds()
	return { iss: of.id, sub: of.id, aud: provider.issuer, jti: newSecret(systemRandom), iat: now, exp: now + 60 }
}

type Change = (claims: JWTPayload) => unknown

interface Forged {
	claims?: Change
	header?: Partial<CompactJWSHeaderParameters> | ((good: CompactJWSHeaderParameters) => object)
	key?: RpKey
	/** The JSON as it is signed, where no object could say it. */
	json?: (text: string) => string
}

/** A good assertion with one thing changed. */
async function forge({
	claims: change = (c) => c,
	header = {},
	key = es256,
	json = (text) => text,
}: Forged = {}): Promise<string> {
	const good = { alg: key.alg, kid: key.kid }
	const made = (typeof header === 'function' ? header(good) : { ...good, ...header }) as CompactJWSHeaderParameters
	return new CompactSign(new TextEncoder().encode(json(JSON.stringify(change(claims())))))
		.setProtectedHeader(made)
		.sign(key.privateKey, { crit: { exp: true, b64: true, odd: true } })
}

/** What PAR says to it: the client's proof is all that can be wrong there. */
async function pushWith(client_assertion: string, of: Rp = rp, path = '/oauth/par'): Promise<string> {
	const form = changed(Object.fromEntries(authorizationParameters(of)), {
		client_assertion,
		client_assertion_type: ASSERTION_TYPE,
	})
	return outcome(await post(provider, path, { form, headers: {} }))
}

const without =
	(name: string): Change =>
	(c) => ({ ...c, [name]: undefined })
const withClaims =
	(more: (now: number) => object): Change =>
	(c) => ({ ...c, ...more(seconds()) })
const encode = (value: unknown) => base64url.encode(typeof value === 'string' ? value : JSON.stringify(value))

describe('a right assertion', () => {
	test.each(['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'])('%s', async (alg) => {
		const client = await register(provider, {}, [await newKey(alg)])
		expect(await pushWith(await assertion(provider, client), client)).toBe('201')
	})

	const endpoint = (path: string): Change => withClaims(() => ({ aud: `${provider.issuer}${path}` }))
	test.each<[string, Forged]>([
		['for the token endpoint', { claims: endpoint('/oauth/token') }],
		['for the PAR endpoint', { claims: endpoint('/oauth/par') }],
		[
			'for issuer and token endpoint',
			{ claims: withClaims(() => ({ aud: [provider.issuer, `${provider.issuer}/oauth/token`] })) },
		],
		['without iat', { claims: without('iat') }],
		['without kid, by the one key of its algorithm', { header: { kid: undefined } }],
		['with typ JWT', { header: { typ: 'JWT' } }],
		['with typ client-authentication+jwt', { header: { typ: 'client-authentication+jwt' } }],
		['of a clock 10 s ahead', { claims: withClaims((now) => ({ iat: now + 10, nbf: now + 10 })) }],
		['ended 9 s ago by our clock', { claims: withClaims((now) => ({ iat: now - 69, exp: now - 9 })) }],
		['for the longest time', { claims: withClaims((now) => ({ exp: now + 300 })) }],
		['with claims that nobody asked for', { claims: withClaims(() => ({ scope: 'x', name: 'y' })) }],
	])('%s', async (_, forged) => {
		expect(await pushWith(await forge(forged))).toBe('201')
	})

	test('without kid, by whichever of the keys of its algorithm it was', async () => {
		const keys = [await newKey('ES256'), await newKey('RS256'), await newKey('ES256'), await newKey('ES256')]
		const client = await register(provider, {}, keys)
		for (const key of keys) {
			const payload = new TextEncoder().encode(JSON.stringify(claims(client)))
			const jwt = await new CompactSign(payload).setProtectedHeader({ alg: key.alg }).sign(key.privateKey)
			expect(await pushWith(jwt, client)).toBe('201')
		}
		const stranger = new CompactSign(new TextEncoder().encode(JSON.stringify(claims(client))))
		expect(await pushWith(await stranger.setProtectedHeader({ alg: 'ES256' }).sign(es256.privateKey), client)).toBe(
			'401 invalid_client',
		)
	})
})

const MUTATIONS: Record<string, Forged | (() => Promise<string>)> = {
	'aud of another server': { claims: withClaims(() => ({ aud: 'https://other.example' })) },
	'aud with a slash behind': { claims: withClaims(() => ({ aud: `${provider.issuer}/` })) },
	'aud of another endpoint': { claims: withClaims(() => ({ aud: `${provider.issuer}/oauth/userinfo` })) },
	'aud of us and of another server': {
		claims: withClaims(() => ({ aud: [provider.issuer, 'https://other.example'] })),
	},
	'aud of nobody': { claims: withClaims(() => ({ aud: [] })) },
	'aud empty': { claims: withClaims(() => ({ aud: '' })) },
	'aud of the client': { claims: withClaims(() => ({ aud: rp.id })) },
	'aud in an object': { claims: withClaims(() => ({ aud: { iss: provider.issuer } })) },
	'no aud': { claims: without('aud') },
	'no iss': { claims: without('iss') },
	'iss of another client': { claims: withClaims(() => ({ iss: other.id })) },
	'iss in a list': { claims: withClaims(() => ({ iss: [rp.id] })) },
	'no sub': { claims: without('sub') },
	'sub of another client': { claims: withClaims(() => ({ sub: other.id })) },
	'sub in a list': { claims: withClaims(() => ({ sub: [rp.id] })) },
	'sub of nobody': { claims: withClaims(() => ({ sub: 'nobody' })) },
	'no exp': { claims: without('exp') },
	'exp 11 s ago': { claims: withClaims((now) => ({ exp: now - 11 })) },
	'exp an hour ago': { claims: withClaims((now) => ({ exp: now - 3_600 })) },
	'exp in 311 s': { claims: withClaims((now) => ({ exp: now + 311 })) },
	'exp in ms': { claims: withClaims((now) => ({ exp: now * 1_000 })) },
	'exp a text': { claims: withClaims((now) => ({ exp: String(now + 60) })) },
	'exp null': { claims: withClaims(() => ({ exp: null })) },
	'iat 11 s ahead': { claims: withClaims((now) => ({ iat: now + 11 })) },
	'iat a text': { claims: withClaims((now) => ({ iat: String(now) })) },
	'nbf 11 s ahead': { claims: withClaims((now) => ({ nbf: now + 11 })) },
	'nbf a text': { claims: withClaims(() => ({ nbf: 'now' })) },
	'no jti': { claims: without('jti') },
	'jti empty': { claims: withClaims(() => ({ jti: '' })) },
	'jti a number': { claims: withClaims(() => ({ jti: 1 })) },
	'jti an object': { claims: withClaims(() => ({ jti: {} })) },
	'jti null': { claims: withClaims(() => ({ jti: null })) },
	'a list for claims': { json: (text) => `[${text}]` },
	'no JSON': { json: () => 'iss=rp' },
	'two aud, the last one wrong': { json: (text) => text.replace(/}$/, ',"aud":"https://other.example"}') },
	'two sub, the last one another client': { json: (text) => text.replace(/}$/, `,"sub":"${other.id}"}`) },
	'two exp, the last one past': { json: (text) => text.replace(/}$/, ',"exp":1}') },
	"another client's key": { key: otherKey },
	"another client's key under our kid": { key: otherKey, header: { kid: es256.kid } },
	'an unknown kid': { header: { kid: 'unknown' } },
	'a kid that is a path': { header: { kid: '../../etc/passwd' } },
	'crit of exp': { header: { crit: ['exp'], exp: 1 } },
	'crit of what nobody knows': { header: { crit: ['odd'], odd: true } },
	'crit of b64': { header: { crit: ['b64'], b64: true } },
	'typ of a DPoP proof': { header: { typ: 'dpop+jwt' } },
	'typ of an access token': { header: { typ: 'at+jwt' } },
	'typ of a request object': { header: { typ: 'oauth-authz-req+jwt' } },
	'typ of a logout token': { header: { typ: 'logout+jwt' } },
	'a key in the header': { key: otherKey, header: { jwk: otherKey.publicJwk, kid: undefined } },
	'a URL of keys in the header': { key: otherKey, header: { jku: 'https://evil.example/jwks', kid: otherKey.kid } },
	'a certificate in the header': { key: otherKey, header: { x5c: ['MIIB'], kid: otherKey.kid } },
	'alg none': async () => `${encode({ alg: 'none' })}.${encode(claims())}.`,
	'alg none with kid and signature': async () => `${encode({ alg: 'none', kid: es256.kid })}.${encode(claims())}.c2ln`,
	'alg None': async () => `${encode({ alg: 'None', kid: es256.kid })}.${encode(claims())}.`,
	'alg missing': async () => `${encode({ kid: es256.kid })}.${encode(claims())}.c2ln`,
	'HS256 with the public key as PEM': async () => hs256(await exportSPKI(await publicKey(es256))),
	'HS256 with the public key as JWK': async () => hs256(JSON.stringify(es256.publicJwk)),
	'HS256 with an empty key': async () => hs256(''),
	'a key of another algorithm under our kid': async () => forge({ key: await newKey('RS256', es256.kid) }),
	'ES384 under our kid': async () => forge({ key: await newKey('ES384', es256.kid) }),
	'another payload': async () => replacePart(await forge(), 1, encode(claims())),
	'another header': async () => replacePart(await forge(), 0, encode({ alg: 'ES256', kid: es256.kid, typ: 'JWT' })),
	'a signature of nothing': async () => replacePart(await forge(), 2, ''),
	'a signature of zeros': async () => replacePart(await forge(), 2, base64url.encode(new Uint8Array(64))),
	'one bit of the signature': async () => flipLast(await forge()),
	'four parts': async () => `${await forge()}.x`,
	'two parts': async () => (await forge()).split('.').slice(0, 2).join('.'),
	'five parts, as if encrypted': async () => `${await forge()}.x.y`,
	'a space behind': async () => `${await forge()} `,
	'padding behind': async () => `${await forge()}==`,
	'no JWT at all': async () => 'assertion',
	'only dots': async () => '..',
	'JSON for a JWT': async () => JSON.stringify({ payload: encode(claims()), signatures: [] }),
}

async function publicKey(key: RpKey): Promise<CryptoKey> {
	return (await importJWK(key.publicJwk, key.alg, { extractable: true })) as CryptoKey
}

function hs256(secret: string): string {
	const signed = `${encode({ alg: 'HS256', kid: es256.kid })}.${encode(claims())}`
	return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const replacePart = (jwt: string, index: number, by: string) => jwt.split('.').with(index, by).join('.')

function flipLast(jwt: string): string {
	const signature = base64url.decode(jwt.split('.')[2] ?? '')
	signature[63] = (signature[63] ?? 0) ^ 1
	return replacePart(jwt, 2, base64url.encode(signature))
}

describe('a wrong assertion proves nobody', () => {
	test.each(Object.entries(MUTATIONS))('%s', async (_, forged) => {
		const jwt = typeof forged === 'function' ? await forged() : await forge(forged)
		expect(await pushWith(jwt)).toBe('401 invalid_client')
	})

	test('the log learns why and nothing of the assertion', async () => {
		provider.logged.length = 0
		const jwt = await forge({ claims: withClaims(() => ({ aud: 'https://other.example' })) })
		await pushWith(jwt)
		expect(provider.logged).toEqual([
			{
				event: 'protocol_error',
				fields: { endpoint: 'par', error: 'invalid_client', detail: 'assertion: ERR_JWT_CLAIM_VALIDATION_FAILED' },
			},
		])
	})
})

describe('a jti', () => {
	test('counts once, at whichever endpoint', async () => {
		const jwt = await forge()
		expect(await pushWith(jwt)).toBe('201')
		expect(await pushWith(jwt)).toBe('401 invalid_client')
		expect(await pushWith(jwt)).toBe('401 invalid_client')
	})

	test('counts once in 32 at the same time', async () => {
		const jwt = await forge()
		const outcomes = await Promise.all(Array.from({ length: 32 }, () => pushWith(jwt)))
		expect(outcomes.filter((each) => each === '201')).toHaveLength(1)
		expect(outcomes.filter((each) => each === '401 invalid_client')).toHaveLength(31)
	})

	test('of another client is another one', async () => {
		const jti = newSecret(systemRandom)
		const of = async (client: Rp, key: RpKey) =>
			new CompactSign(new TextEncoder().encode(JSON.stringify({ ...claims(client), jti })))
				.setProtectedHeader({ alg: key.alg, kid: key.kid })
				.sign(key.privateKey)
		expect(await pushWith(await of(rp, es256))).toBe('201')
		expect(await pushWith(await of(other, otherKey), other)).toBe('201')
	})

	test('is not used up by an assertion that is wrong', async () => {
		const jti = newSecret(systemRandom)
		expect(await pushWith(await forge({ claims: withClaims((now) => ({ jti, exp: now - 11 })) }))).toBe(
			'401 invalid_client',
		)
		expect(await pushWith(await forge({ claims: withClaims(() => ({ jti })) }))).toBe('201')
	})

	test('is remembered as long as its assertion could be taken', async () => {
		const jwt = await forge({ claims: withClaims((now) => ({ exp: now + 300 })) })
		expect(await pushWith(jwt)).toBe('201')
		provider.clock.advance(309_000)
		await sweep({ ...provider, random: systemRandom })
		expect(await pushWith(jwt)).toBe('401 invalid_client')
	})

	test('that comes again with a used code does not end the tokens', async () => {
		const holder = await enrolled(provider)
		await consented(provider, holder, rp, 'openid pid name')
		const code = await codeFor(await signedIn(provider, holder), rp)
		const form = tokenForm(rp, code, { client_assertion: await forge(), client_assertion_type: ASSERTION_TYPE })
		const first = await post(provider, '/oauth/token', { form, headers: {} })
		const { access_token } = (await first.json()) as { access_token: string }
		// Somebody who saw the request go by sends it again, byte by byte.
		expect(await outcome(await post(provider, '/oauth/token', { form, headers: {} }))).toBe('401 invalid_client')
		const headers = { authorization: `Bearer ${access_token}` }
		expect((await provider.app.fetch(new Request(`${provider.issuer}/oauth/userinfo`, { headers }))).status).toBe(200)
	})
})
