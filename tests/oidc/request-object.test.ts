import { afterAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { base64url, type CompactJWSHeaderParameters, CompactSign, EncryptJWT, importJWK } from 'jose'
import { schema } from '../../db/client.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, type RpKey, register } from './kit/relying-party.ts'
import {
	answerAt,
	assertion,
	authenticated,
	authorizationParameters,
	type Changes,
	changed,
	exchange,
	outcome,
	post,
	push,
	pushedParameters,
} from './kit/requests.ts'

/** RFC 9101 by value: what the client has signed is the request, and nothing beside it. */
const provider = await openProvider()
afterAll(() => provider.close())
const key = await newKey('ES256')
const rsa = await newKey('RS256')
const rp = await register(provider, { id: 'signing' }, [key, rsa])
const strict = await register(provider, { id: 'strict', profile: 'fapi2' }, [key])
const must = await register(provider, { id: 'must', requireRequestObject: true }, [key])
const onlyRs = await register(provider, { id: 'only-rs', requestObjectAlg: 'RS256' }, [key, rsa])
const otherKey = await newKey('ES256')
const other = await register(provider, { id: 'other' }, [otherKey])
const keyless = await register(provider, { id: 'keyless' })
const thaid = await register(provider, { id: 'thaid', profile: 'thaid-v2' })
const holder = await enrolled(provider)
for (const each of [rp, strict, must, onlyRs]) await consented(provider, holder, each, 'openid pid name')
const browser = await signedIn(provider, holder)

type Claims = Record<string, unknown>
const seconds = () => Math.floor(provider.clock.now() / 1_000)

function claims(of: Rp): Claims {
	const now = seconds()
	const about = { iss: of.id, aud: provider.issuer, iat: now, nbf: now, exp: now + 300 }
	return { ...about, ...Object.fromEntries(authorizationParameters(of)) }
}

interface Forged {
	of?: Rp
	claims?: (good: Claims) => Claims
	header?: Partial<CompactJWSHeaderParameters>
	key?: RpKey
	json?: (text: string) => string
}

/** A good request object with one thing changed. */
async function forge({ of = rp, claims: change = (c) => c, header = {}, key: by = key, json = (t) => t }: Forged = {}) {
	const made = { alg: by.alg, kid: by.kid, typ: 'oauth-authz-req+jwt', ...header } as CompactJWSHeaderParameters
	return new CompactSign(new TextEncoder().encode(json(JSON.stringify(change(claims(of))))))
		.setProtectedHeader(made)
		.sign(by.privateKey, { crit: { exp: true, b64: true, odd: true } })
}

const withClaims = (more: (now: number) => Claims) => (good: Claims) => ({ ...good, ...more(seconds()) })

/** What PAR says. */
async function pushed(request: string, of: Rp = rp, beside: Changes = {}): Promise<string> {
	const form = changed({ client_id: of.id, request }, beside)
	return outcome(await post(provider, '/oauth/par', await authenticated(provider, of, form)))
}

const open = (parameters: Record<string, string>) => browser.get(`/oauth/authorize?${new URLSearchParams(parameters)}`)

describe('a signed request', () => {
	test.each<[string, Forged]>([
		['as it is', {}],
		['with typ JWT', { header: { typ: 'JWT' } }],
		['with the whole media type', { header: { typ: 'application/oauth-authz-req+jwt' } }],
		['without typ', { header: { typ: undefined } }],
		['without kid', { header: { kid: undefined } }],
		['of another of its keys', { key: rsa }],
		['for us and another server', { claims: withClaims(() => ({ aud: [provider.issuer, 'https://other.example'] })) }],
		['without nbf and iat', { claims: withClaims(() => ({ nbf: undefined, iat: undefined })) }],
		['for an hour', { claims: withClaims((now) => ({ exp: now + 3_600 })) }],
		['of a clock 10 s ahead', { claims: withClaims((now) => ({ iat: now + 10, nbf: now + 10 })) }],
		['with a jti', { claims: withClaims(() => ({ jti: 'any' })) }],
		['with a number for a number', { claims: withClaims(() => ({ max_age: 3_600 })) }],
		['with an object for an object', { claims: withClaims(() => ({ claims: { userinfo: { name: null } } })) }],
	])('%s is taken at PAR and at the authorization endpoint', async (_, forged) => {
		expect(await pushed(await forge(forged))).toBe('201')
		const answer = answerAt(rp, await open({ client_id: rp.id, request: await forge(forged) }))
		expect(answer).toMatchObject({ code: expect.any(String), state: 'state-of-the-rp' })
	})

	test('may come again: it is a request and no proof', async () => {
		const request = await forge()
		expect(await pushed(request)).toBe('201')
		expect(await pushed(request)).toBe('201')
	})

	test('by POST too', async () => {
		const form = new URLSearchParams({ client_id: rp.id, request: await forge() })
		expect(answerAt(rp, await browser.post('/oauth/authorize', form)).code).toBeString()
	})

	test('is all that counts', async () => {
		const beside = {
			response_type: 'token',
			redirect_uri: 'https://evil.example/',
			scope: 'openid address',
			state: 'evil',
			prompt: 'login',
			code_challenge: 'x',
		}
		const answer = answerAt(rp, await open({ client_id: rp.id, ...beside, request: await forge() }))
		expect(answer.state).toBe('state-of-the-rp')
		const tokens = (await (await exchange(provider, rp, answer.code ?? '')).json()) as { scope: string }
		expect(tokens.scope).toBe('openid pid name')
	})

	test('what it does not say is not said beside it', async () => {
		const request = await forge({ claims: withClaims(() => ({ redirect_uri: undefined })) })
		const response = await open({ client_id: rp.id, redirect_uri: rp.redirectUri, request })
		expect(response.status).toBe(400)
		const noState = await forge({ claims: withClaims(() => ({ state: undefined })) })
		expect(answerAt(rp, await open({ client_id: rp.id, state: 'beside', request: noState })).state).toBeUndefined()
	})

	test('what is wrong inside is told as it would be without a signature', async () => {
		const wrong = (more: Claims) => forge({ claims: withClaims(() => more) })
		expect(await pushed(await wrong({ response_type: 'token' }))).toBe('400 unsupported_response_type')
		expect(await pushed(await wrong({ redirect_uri: 'https://evil.example/' }))).toBe('400 invalid_request')
		expect(await pushed(await wrong({ code_challenge_method: 'plain' }))).toBe('400 invalid_request')
		const answer = answerAt(rp, await open({ client_id: rp.id, request: await wrong({ prompt: 'none login' }) }))
		expect(answer).toMatchObject({ error: 'invalid_request', state: 'state-of-the-rp' })
	})

	test('pushed, it is answered like any other, and the object itself is not kept', async () => {
		const form = new URLSearchParams({ client_id: rp.id, request: await forge() })
		const sent = await authenticated(provider, rp, form)
		const { request_uri } = (await (await post(provider, '/oauth/par', sent)).json()) as { request_uri: string }
		expect(answerAt(rp, await open({ client_id: rp.id, request_uri })).code).toBeString()
		expect((await pushedParameters(provider)).some((params) => 'request' in params)).toBe(false)
	})
})

const MUTATIONS: Record<string, Forged | (() => Promise<string>)> = {
	'no iss': { claims: withClaims(() => ({ iss: undefined })) },
	'iss of another client': { claims: withClaims(() => ({ iss: other.id })) },
	'iss in a list': { claims: withClaims(() => ({ iss: [rp.id] })) },
	'no aud': { claims: withClaims(() => ({ aud: undefined })) },
	'aud of another server': { claims: withClaims(() => ({ aud: 'https://other.example' })) },
	'aud of other servers': { claims: withClaims(() => ({ aud: ['https://other.example', 'https://b.example'] })) },
	'aud of an endpoint': { claims: withClaims(() => ({ aud: `${provider.issuer}/oauth/par` })) },
	'aud empty': { claims: withClaims(() => ({ aud: '' })) },
	'no exp': { claims: withClaims(() => ({ exp: undefined })) },
	'exp 11 s ago': { claims: withClaims((now) => ({ nbf: now - 60, iat: now - 60, exp: now - 11 })) },
	'exp beyond an hour': { claims: withClaims((now) => ({ exp: now + 3_601 })) },
	'exp beyond an hour, without nbf': {
		claims: withClaims((now) => ({ nbf: undefined, iat: undefined, exp: now + 3_611 })),
	},
	'exp in ms': { claims: withClaims((now) => ({ exp: now * 1_000 })) },
	'exp a text': { claims: withClaims((now) => ({ exp: String(now + 60) })) },
	'nbf 11 s ahead': { claims: withClaims((now) => ({ nbf: now + 11 })) },
	'nbf more than an hour ago': { claims: withClaims((now) => ({ nbf: now - 3_611, exp: now - 11 })) },
	'nbf long ago, good for long': { claims: withClaims((now) => ({ nbf: now - 7_200, exp: now + 60 })) },
	'iat 11 s ahead': { claims: withClaims((now) => ({ iat: now + 11 })) },
	'iat a text': { claims: withClaims((now) => ({ iat: String(now) })) },
	'no client_id': { claims: withClaims(() => ({ client_id: undefined })) },
	'client_id of another': { claims: withClaims(() => ({ client_id: other.id })) },
	'client_id in a list': { claims: withClaims(() => ({ client_id: [rp.id] })) },
	'a request inside': { claims: withClaims(() => ({ request: 'x' })) },
	'a request_uri inside': { claims: withClaims(() => ({ request_uri: 'urn:ietf:params:oauth:request_uri:x' })) },
	'sub of the client, as in an assertion': { claims: withClaims(() => ({ sub: rp.id })) },
	'a claim that is true': { claims: withClaims(() => ({ prompt: true })) },
	'a claim that is null': { claims: withClaims(() => ({ nonce: null })) },
	'a list for claims': { json: (text) => `[${text}]` },
	'no JSON': { json: () => 'client_id=rp' },
	'another client’s key': { key: otherKey },
	'another client’s key under our kid': { key: otherKey, header: { kid: key.kid } },
	'an unknown kid': { header: { kid: 'unknown' } },
	'crit of exp': { header: { crit: ['exp'], exp: 1 } },
	'crit of b64': { header: { crit: ['b64'], b64: true } },
	'crit of what nobody knows': { header: { crit: ['odd'], odd: true } },
	'typ of an assertion': { header: { typ: 'client-authentication+jwt' } },
	'typ of a DPoP proof': { header: { typ: 'dpop+jwt' } },
	'typ of an access token': { header: { typ: 'at+jwt' } },
	'typ of a logout token': { header: { typ: 'logout+jwt' } },
	'a key in the header': { key: otherKey, header: { jwk: otherKey.publicJwk, kid: undefined } },
	'a URL of keys in the header': { key: otherKey, header: { jku: 'https://evil.example/jwks', kid: otherKey.kid } },
	'a client assertion': () => assertion(provider, rp),
	'alg none': async () => `${encode({ alg: 'none' })}.${encode(claims(rp))}.`,
	'alg none with kid and signature': async () => `${encode({ alg: 'none', kid: key.kid })}.${encode(claims(rp))}.c2ln`,
	'alg None': async () => `${encode({ alg: 'None', kid: key.kid })}.${encode(claims(rp))}.`,
	'alg missing': async () => `${encode({ kid: key.kid })}.${encode(claims(rp))}.c2ln`,
	'HS256 with the public key': async () => hs256(JSON.stringify(key.publicJwk)),
	'HS256 with the secret': async () => hs256(rp.secret),
	'a payload with one scope more': async () =>
		(await forge())
			.split('.')
			.with(1, encode({ ...claims(rp), scope: 'openid pid name address' }))
			.join('.'),
	'no signature': async () => (await forge()).split('.').with(2, '').join('.'),
	'four parts': async () => `${await forge()}.x`,
	'two parts': async () => (await forge()).split('.').slice(0, 2).join('.'),
	'a space behind': async () => `${await forge()} `,
	encrypted: async () =>
		new EncryptJWT(claims(rp))
			.setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
			.encrypt((await importJWK({ kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'A128GCM')) as Uint8Array),
	'five parts of nothing': async () => 'e30.e30.e30.e30.e30',
	'no JWT at all': async () => 'request',
	'a URL': async () => 'https://signing.example/request.jwt',
}

function encode(value: unknown): string {
	return base64url.encode(JSON.stringify(value))
}

function hs256(secret: string): string {
	const signed = `${encode({ alg: 'HS256', kid: key.kid })}.${encode(claims(rp))}`
	return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

describe('a request that is not this client’s, or not for us, or not now', () => {
	const made = (forged: Forged | (() => Promise<string>)) => (typeof forged === 'function' ? forged() : forge(forged))

	test.each(Object.entries(MUTATIONS))('%s: nothing at PAR', async (_, forged) => {
		expect(await pushed(await made(forged))).toBe('400 invalid_request_object')
	})

	test.each(Object.entries(MUTATIONS))('%s: nor at the authorization endpoint', async (_, forged) => {
		const before = await provider.db.$count(schema.codes)
		// RFC 9101 §7, RFC 6749 §4.1.2.1: to a registered address, or else to the person.
		const beside = { client_id: rp.id, redirect_uri: rp.redirectUri, state: 'beside' }
		const told = answerAt(rp, await open({ ...beside, request: await made(forged) }))
		expect(told).toMatchObject({ error: 'invalid_request_object', state: 'beside', iss: provider.issuer })
		for (const redirect of [{}, { redirect_uri: 'https://evil.example/' }] as Record<string, string>[]) {
			const page = await open({ client_id: rp.id, ...redirect, request: await made(forged) })
			expect(page.headers.get('location')).toBeNull()
			expect(await page.text()).toContain('data-error="invalid_request_object"')
		}
		expect(await provider.db.$count(schema.codes)).toBe(before)
	})

	test('a state beside it that is too long does not come back', async () => {
		const beside = { client_id: rp.id, redirect_uri: rp.redirectUri, state: 's'.repeat(2_049), request: 'x' }
		const told = answerAt(rp, await open(beside))
		expect(told.error).toBe('invalid_request_object')
		expect(told.state).toBeUndefined()
	})

	test('the log learns why', async () => {
		provider.logged.length = 0
		await pushed('a.b.c.d.e')
		expect(provider.logged.map(({ fields }) => fields.detail)).toEqual(['request object: encrypted, or no compact JWS'])
	})
})

describe('what a registration says of it', () => {
	const unsigned = (of: Rp) => Object.fromEntries(authorizationParameters(of))

	test('a client that must sign is not heard otherwise', async () => {
		expect(await outcome(await push(provider, must))).toBe('400 invalid_request')
		expect(answerAt(must, await open(unsigned(must)))).toMatchObject({
			error: 'invalid_request',
			state: 'state-of-the-rp',
		})
		expect(await pushed(await forge({ of: must }), must)).toBe('201')
		expect(answerAt(must, await open({ client_id: must.id, request: await forge({ of: must }) })).code).toBeString()
	})

	test('what it signed and pushed may then be opened', async () => {
		const form = new URLSearchParams({ client_id: must.id, request: await forge({ of: must }) })
		const sent = await authenticated(provider, must, form)
		const { request_uri } = (await (await post(provider, '/oauth/par', sent)).json()) as { request_uri: string }
		expect(answerAt(must, await open({ client_id: must.id, request_uri })).code).toBeString()
	})

	test('the registered algorithm and no other', async () => {
		expect(await pushed(await forge({ of: onlyRs, key: rsa }), onlyRs)).toBe('201')
		expect(await pushed(await forge({ of: onlyRs }), onlyRs)).toBe('400 invalid_request_object')
	})

	test('fapi2: PAR alone, nbf, and no RS256', async () => {
		expect(await pushed(await forge({ of: strict }), strict)).toBe('201')
		const direct = answerAt(strict, await open({ client_id: strict.id, request: await forge({ of: strict }) }))
		expect(direct.error).toBe('invalid_request')
		const noNbf = await forge({ of: strict, claims: withClaims(() => ({ nbf: undefined })) })
		expect(await pushed(noNbf, strict)).toBe('400 invalid_request_object')
		const both = await register(provider, { profile: 'fapi2' }, [key, rsa])
		expect(await pushed(await forge({ of: both, key: rsa }), both)).toBe('400 invalid_request_object')
	})

	test('a client without keys signs nothing that counts; thaid-v2 knows no request objects', async () => {
		expect(await pushed(await forge({ of: keyless }), keyless)).toBe('400 invalid_request_object')
		expect(await pushed(await forge({ of: thaid }), thaid)).toBe('400 request_not_supported')
	})
})

describe('an address of a request', () => {
	test('is never fetched and never pushed', async () => {
		const page = await open({ client_id: rp.id, request_uri: 'https://signing.example/request.jwt' })
		expect(await page.text()).toContain('data-error="request_uri_not_supported"')
		const uri = { request_uri: 'urn:ietf:params:oauth:request_uri:x' }
		expect(await pushed(await forge(), rp, uri)).toBe('400 invalid_request')
	})

	test('does not come beside a request', async () => {
		const { request_uri } = (await (await push(provider, rp)).json()) as { request_uri: string }
		const page = await open({ client_id: rp.id, request_uri, request: await forge() })
		expect(await page.text()).toContain('data-error="invalid_request"')
	})
})
