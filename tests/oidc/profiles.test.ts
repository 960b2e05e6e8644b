import { afterAll, describe, expect, test } from 'bun:test'
import { SignJWT } from 'jose'
import { hashSecret } from '../../src/lib/crypto.ts'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import {
	ASSERTION_TYPE,
	answerAt,
	assertion,
	authorizationParameters,
	authorize,
	basic,
	type Changes,
	changed,
	codeFor,
	outcome,
	post,
	push,
	tokenForm,
} from './kit/requests.ts'

/** What a profile lets pass is asked of each kind of client, and reached by no stricter one. */
const provider = await openProvider()
afterAll(() => provider.close())
const holder = await enrolled(provider)
const browser = await signedIn(provider, holder)

/** Characters that form-encoding would change. */
const ODD_SECRET = 'xpa+ss%zz/of=ThaID?>>>'
const withOddSecret = { secretHash: hashSecret(ODD_SECRET) }
const thaid = { profile: 'thaid-v2', scopes: '["pid","name"]' } as const
const rps = {
	thaid: await register(provider, { id: 'of-thaid', ...thaid }),
	thaidPost: await register(provider, { id: 'of-thaid-post', ...thaid, authMethod: 'client_secret_post' }),
	thaidOdd: await register(provider, { id: 'of-thaid-odd', ...thaid, ...withOddSecret }),
	oidc: await register(provider, { id: 'of-oidc' }),
	oidcPost: await register(provider, { id: 'of-oidc-post', authMethod: 'client_secret_post' }),
	oidcOdd: await register(provider, { id: 'of-oidc-odd', ...withOddSecret }),
	oidcKey: await register(provider, { id: 'of-oidc-key' }, [await newKey('ES256')]),
	oidcRsa: await register(provider, { id: 'of-oidc-rsa' }, [await newKey('RS256')]),
	public: await register(provider, { id: 'of-public', authMethod: 'none' }),
	fapi: await register(provider, { id: 'of-fapi', profile: 'fapi2' }, [await newKey('ES256')]),
	fapiRsa: await register(provider, { id: 'of-fapi-rsa', profile: 'fapi2' }, [await newKey('RS256')]),
	fapiPs: await register(provider, { id: 'of-fapi-ps', profile: 'fapi2' }, [await newKey('PS256')]),
}
for (const rp of Object.values(rps)) await consented(provider, holder, rp, 'openid pid name')

/** What the profile's way of asking comes to: `code`, `pushed`, or the error. */
async function asked(rp: Rp, changes: Changes): Promise<string> {
	const byPar = rp === rps.fapi
	if (byPar) {
		const response = await push(provider, rp, changes)
		return response.status === 201 ? 'pushed' : outcome(response)
	}
	const response = await authorize(browser, rp, changes)
	if (response.status === 400) return `400 ${/data-error="(\w+)"/.exec(await response.text())?.[1]}`
	const answer = answerAt(rp, response)
	return answer.error ?? (answer.code ? 'code' : 'nothing')
}

const NO_PKCE = { code_challenge: null, code_challenge_method: null }

describe('what an authorization request may leave out or repeat', () => {
	test.each<[string, Changes, Partial<Record<keyof typeof rps, string>>]>([
		['nothing of it', {}, { thaid: 'code', oidc: 'code', public: 'code', fapi: 'pushed' }],
		[
			'a parameter twice, the same',
			{ scope: ['openid pid', 'openid pid'] },
			{ thaid: 'code', oidc: '400 invalid_request', fapi: '400 invalid_request' },
		],
		['client_id twice, the same', { client_id: ['of-thaid', 'of-thaid'] }, { thaid: 'code' }],
		['client_id twice, the same, of others', { client_id: ['of-oidc', 'of-oidc'] }, { oidc: '400 invalid_request' }],
		[
			'client_id twice, another',
			{ client_id: ['of-thaid', 'of-oidc'] },
			{ thaid: '400 invalid_request', oidc: '400 invalid_request' },
		],
		[
			'redirect_uri twice, another',
			{ redirect_uri: [rps.thaid.redirectUri, 'https://evil.example/'] },
			{ thaid: '400 invalid_request' },
		],
		[
			'redirect_uri twice, another first',
			{ redirect_uri: ['https://evil.example/', rps.thaid.redirectUri] },
			{ thaid: '400 invalid_request' },
		],
		[
			'two values of state',
			{ state: ['a', 'b'] },
			{ thaid: 'code', oidc: '400 invalid_request', fapi: '400 invalid_request' },
		],
		[
			'two values of scope',
			{ scope: ['openid', 'pid'] },
			{ thaid: '400 invalid_request', oidc: '400 invalid_request' },
		],
		['two values of nonce', { nonce: ['a', 'b'] }, { thaid: '400 invalid_request', oidc: '400 invalid_request' }],
		[
			'two values of what nobody knows',
			{ x: ['a', 'b'] },
			{ thaid: '400 invalid_request', oidc: '400 invalid_request' },
		],
		['an empty second value', { scope: ['openid', ''] }, { thaid: 'code', oidc: 'code', fapi: 'pushed' }],
		['no PKCE', NO_PKCE, { thaid: 'code', oidc: 'code', public: 'invalid_request', fapi: '400 invalid_request' }],
		[
			'PKCE plain',
			{ code_challenge_method: 'plain' },
			{ thaid: 'code', oidc: 'invalid_request', public: 'invalid_request', fapi: '400 invalid_request' },
		],
		[
			'a challenge that is none',
			{ code_challenge: 'x' },
			{ thaid: 'code', oidc: 'invalid_request', fapi: '400 invalid_request' },
		],
		['no openid', { scope: 'pid name' }, { thaid: 'code', oidc: 'invalid_scope', fapi: '400 invalid_scope' }],
		['no scope', { scope: null }, { thaid: 'invalid_scope', oidc: 'invalid_scope', fapi: '400 invalid_scope' }],
		[
			'a scope that nobody knows',
			{ scope: 'openid telepathy' },
			{ thaid: 'invalid_scope', oidc: 'code', fapi: 'pushed' },
		],
		['a known scope beyond the registration', { scope: 'openid address' }, { thaid: 'invalid_scope' }],
	])('%s', async (_, changes, expected) => {
		for (const [name, outcome] of Object.entries(expected))
			expect([name, await asked(rps[name as keyof typeof rps], changes)]).toEqual([name, outcome])
	})

	test('of two values of state the last comes back', async () => {
		const answer = answerAt(rps.thaid, await authorize(browser, rps.thaid, { state: ['first', 'last'] }))
		expect(answer.state).toBe('last')
	})

	test('a query that begins with an ampersand is one', async () => {
		for (const rp of [rps.thaid, rps.oidc]) {
			const response = await browser.get(`/oauth/authorize?&${authorizationParameters(rp)}`)
			expect(answerAt(rp, response).code).toBeString()
		}
	})

	test('fapi2 takes no request that was not pushed', async () => {
		expect(answerAt(rps.fapi, await authorize(browser, rps.fapi)).error).toBe('invalid_request')
		const { request_uri } = (await (await push(provider, rps.fapi)).json()) as { request_uri: string }
		const query = new URLSearchParams({ client_id: rps.fapi.id, request_uri })
		expect(answerAt(rps.fapi, await browser.get(`/oauth/authorize?${query}`)).code).toBeString()
	})

	test('a pushed parameter twice, under the profile that lets it pass', async () => {
		expect(await outcome(await push(provider, rps.thaid, { scope: ['openid pid', 'openid pid'] }))).toBe('201')
		expect(await outcome(await push(provider, rps.thaid, { scope: ['openid pid', 'openid'] }))).toBe(
			'400 invalid_request',
		)
	})
})

describe('how a secret may come', () => {
	const header = (id: string, secret: string) => ({ authorization: basic(id, secret) })
	const asSpelt = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` })
	const asUrl = (id: string, secret: string) => ({
		authorization: asSpelt(id, secret).authorization.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
	})
	const inBody = (rp: Rp, secret = rp.secret) => ({ client_id: rp.id, client_secret: secret })
	type Try = [string, Rp, Record<string, string>, Changes, string]
	test.each<Try>([
		['thaid-v2: header', rps.thaid, header(rps.thaid.id, rps.thaid.secret), {}, '200'],
		['thaid-v2: body', rps.thaid, {}, inBody(rps.thaid), '200'],
		[
			'thaid-v2, registered with the body: header',
			rps.thaidPost,
			header(rps.thaidPost.id, rps.thaidPost.secret),
			{},
			'200',
		],
		['thaid-v2: both', rps.thaid, header(rps.thaid.id, rps.thaid.secret), inBody(rps.thaid), '200'],
		[
			'thaid-v2: both, the body wrong',
			rps.thaid,
			header(rps.thaid.id, rps.thaid.secret),
			inBody(rps.thaid, 'x'),
			'401 invalid_client',
		],
		['thaid-v2: both, the header wrong', rps.thaid, header(rps.thaid.id, 'x'), inBody(rps.thaid), '401 invalid_client'],
		[
			'thaid-v2: both, of two clients',
			rps.thaid,
			header(rps.thaid.id, rps.thaid.secret),
			inBody(rps.oidc),
			'400 invalid_request',
		],
		['thaid-v2: none', rps.thaid, {}, { client_id: rps.thaid.id }, '401 invalid_client'],
		['thaid-v2: not form-encoded', rps.thaidOdd, asSpelt(rps.thaidOdd.id, ODD_SECRET), {}, '200'],
		['thaid-v2: form-encoded', rps.thaidOdd, header(rps.thaidOdd.id, ODD_SECRET), {}, '200'],
		['thaid-v2: base64url', rps.thaidOdd, asUrl(rps.thaidOdd.id, ODD_SECRET), {}, '200'],
		[
			'thaid-v2: not form-encoded and wrong',
			rps.thaidOdd,
			asSpelt(rps.thaidOdd.id, `${ODD_SECRET}x`),
			{},
			'401 invalid_client',
		],
		[
			'thaid-v2: an assertion',
			rps.thaid,
			{},
			{ client_id: rps.thaid.id, client_assertion: 'e30.e30.e30', client_assertion_type: ASSERTION_TYPE },
			'401 invalid_client',
		],
		['oidc: body where the header is registered', rps.oidc, {}, inBody(rps.oidc), '401 invalid_client'],
		[
			'oidc: header where the body is registered',
			rps.oidcPost,
			header(rps.oidcPost.id, rps.oidcPost.secret),
			{},
			'401 invalid_client',
		],
		['oidc: both', rps.oidc, header(rps.oidc.id, rps.oidc.secret), inBody(rps.oidc), '400 invalid_request'],
		['oidc: not form-encoded', rps.oidcOdd, asSpelt(rps.oidcOdd.id, ODD_SECRET), {}, '401 invalid_client'],
		['oidc: form-encoded', rps.oidcOdd, header(rps.oidcOdd.id, ODD_SECRET), {}, '200'],
		['fapi2: header', rps.fapi, header(rps.fapi.id, 'x'), {}, '401 invalid_client'],
		['fapi2: body', rps.fapi, {}, inBody(rps.fapi, 'x'), '401 invalid_client'],
	])('%s', async (_, rp, headers, changes, expected) => {
		const code = expected === '200' ? await codeFor(browser, rp) : 'no-code'
		expect(await outcome(await post(provider, '/oauth/token', { form: tokenForm(rp, code, changes), headers }))).toBe(
			expected,
		)
	})

	test('the secret in question has bytes in which the two alphabets differ', () => {
		expect(asUrl(rps.thaidOdd.id, ODD_SECRET).authorization).toMatch(/[-_]/)
	})

	test('oidc: base64url is refused even where the secret inside is right', async () => {
		// Padding is left out and nothing else differs, but for one id whose bytes need the other alphabet.
		const rp = await register(provider, { id: 'ab>?' })
		const good = asSpelt(encodeURIComponent(rp.id), rp.secret)
		const form = tokenForm(rp, 'no-code')
		expect(await outcome(await post(provider, '/oauth/token', { form, headers: good }))).toBe('400 invalid_grant')
		const raw = `Basic ${Buffer.from(`${rp.id}:${rp.secret}`).toString('base64url')}`
		expect(raw).toMatch(/[-_]/)
		expect(await outcome(await post(provider, '/oauth/token', { form, headers: { authorization: raw } }))).toBe(
			'401 invalid_client',
		)
	})
})

test('thaid-v2: the verifier of another challenge, or of none, does no harm; others are refused', async () => {
	const exchanged = async (rp: Rp, asking: Changes, verifier: string) => {
		const code = await codeFor(browser, rp, asking)
		const headers = { authorization: basic(rp.id, rp.secret) }
		return outcome(
			await post(provider, '/oauth/token', { form: tokenForm(rp, code, { code_verifier: verifier }), headers }),
		)
	}
	const other = 'another-verifier-of-at-least-forty-three-characters'
	expect(await exchanged(rps.thaid, {}, other)).toBe('200')
	expect(await exchanged(rps.thaid, NO_PKCE, other)).toBe('200')
	expect(await exchanged(rps.oidc, {}, other)).toBe('400 invalid_grant')
	expect(await exchanged(rps.oidc, NO_PKCE, other)).toBe('400 invalid_grant')
})

describe('what an assertion may say', () => {
	const seconds = () => Math.floor(provider.clock.now() / 1_000)

	/** What PAR says to the client's assertion with some claims changed. */
	async function pushedWith(rp: Rp, claims: Record<string, unknown>): Promise<string> {
		const [key] = rp.keys
		if (!key) throw new Error('no key')
		const now = seconds()
		const jti = newSecret(systemRandom)
		const good = { iss: rp.id, sub: rp.id, aud: provider.issuer, jti, iat: now, exp: now + 60 }
		const client_assertion = await new SignJWT({ ...good, ...claims })
			.setProtectedHeader({ alg: key.alg, kid: key.kid })
			.sign(key.privateKey)
		const form = changed(Object.fromEntries(authorizationParameters(rp)), {
			client_assertion,
			client_assertion_type: ASSERTION_TYPE,
		})
		return outcome(await post(provider, '/oauth/par', { form, headers: {} }))
	}

	const at = (path: string) => `${provider.issuer}${path}`
	test.each<[string, () => Record<string, unknown>, oidc: string, fapi: string]>([
		['aud: the issuer', () => ({}), '201', '201'],
		['aud: the issuer in a list', () => ({ aud: [provider.issuer] }), '201', '401 invalid_client'],
		['aud: the token endpoint', () => ({ aud: at('/oauth/token') }), '201', '401 invalid_client'],
		['aud: the PAR endpoint', () => ({ aud: at('/oauth/par') }), '201', '401 invalid_client'],
		[
			'aud: issuer and token endpoint',
			() => ({ aud: [provider.issuer, at('/oauth/token')] }),
			'201',
			'401 invalid_client',
		],
		['nbf and iat 10 s ahead', () => ({ nbf: seconds() + 10, iat: seconds() + 10 }), '201', '201'],
		['nbf 60 s ahead', () => ({ nbf: seconds() + 60 }), '401 invalid_client', '401 invalid_client'],
		['iat 60 s ahead', () => ({ iat: seconds() + 60 }), '401 invalid_client', '401 invalid_client'],
		['exp 5 min ahead', () => ({ exp: seconds() + 300 }), '201', '201'],
		['exp an hour ahead', () => ({ exp: seconds() + 3_600 }), '401 invalid_client', '401 invalid_client'],
		['exp 5 min ago', () => ({ exp: seconds() - 300 }), '401 invalid_client', '401 invalid_client'],
		['no sub', () => ({ sub: undefined }), '401 invalid_client', '401 invalid_client'],
	])('%s', async (_, claims, oidc, fapi) => {
		expect([await pushedWith(rps.oidcKey, claims()), await pushedWith(rps.fapi, claims())]).toEqual([oidc, fapi])
	})

	test('RS256 is for oidc alone, PS256 for both', async () => {
		expect(await pushedWith(rps.oidcRsa, {})).toBe('201')
		expect(await pushedWith(rps.fapiRsa, {})).toBe('401 invalid_client')
		expect(await pushedWith(rps.fapiPs, {})).toBe('201')
	})

	test('fapi2 is proved by an assertion and by nothing else', async () => {
		const form = tokenForm(rps.fapi, 'no-code', { client_id: rps.fapi.id })
		expect(await outcome(await post(provider, '/oauth/token', { form, headers: {} }))).toBe('401 invalid_client')
	})
})

const misfits: Record<string, Rp> = {
	'fapi2 with a secret': await register(provider, { profile: 'fapi2', authMethod: 'client_secret_basic' }),
	'fapi2 with a secret in the body': await register(provider, { profile: 'fapi2', authMethod: 'client_secret_post' }),
	'fapi2 that is public': await register(provider, { profile: 'fapi2', authMethod: 'none' }),
	'thaid-v2 that is public': await register(provider, { profile: 'thaid-v2', authMethod: 'none' }),
	'thaid-v2 with a key': await register(provider, { profile: 'thaid-v2' }, [await newKey('ES256')]),
}

describe('a row that does not fit its profile', () => {
	test.each(Object.entries(misfits))('%s is served nowhere', async (_, rp) => {
		expect(await outcome(await push(provider, rp))).toBe('400 unauthorized_client')
		const page = await authorize(browser, rp)
		expect(page.status).toBe(400)
		expect(await page.text()).toContain('data-error="unauthorized_client"')
		const headers = { authorization: basic(rp.id, rp.secret) }
		const body: Changes =
			rp.authMethod === 'private_key_jwt'
				? { client_assertion: await assertion(provider, rp), client_assertion_type: ASSERTION_TYPE }
				: {}
		const sent =
			rp.authMethod === 'client_secret_basic'
				? { form: tokenForm(rp, 'x'), headers }
				: { form: tokenForm(rp, 'x', { client_id: rp.id, ...body }), headers: {} }
		expect(await outcome(await post(provider, '/oauth/token', sent))).toBe('400 unauthorized_client')
	})
})
