import { afterAll, describe, expect, test } from 'bun:test'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import {
	ASSERTION_TYPE,
	assertion,
	authorizationParameters,
	basic,
	type Changes,
	changed,
	codeFor,
	exchange,
	outcome,
	post,
	push,
	tokenForm,
} from './kit/requests.ts'

/** RFC 6749 §2.3, RFC 7523 §2.2: the registered method and no other, one at a time. */
const provider = await openProvider()
afterAll(() => provider.close())
const holder = await enrolled(provider)
const browser = await signedIn(provider, holder)

const rps = {
	basic: await register(provider, { id: 'with-basic' }),
	post: await register(provider, { id: 'with-post', authMethod: 'client_secret_post' }),
	jwt: await register(provider, { id: 'with-jwt' }, [await newKey('ES256')]),
	public: await register(provider, { id: 'public', authMethod: 'none', requirePkce: true }),
	odd: await register(provider, { id: 'a:b c%d+e/ü' }),
	suspended: await register(provider, { id: 'suspended', status: 'suspended' }),
	other: await register(provider, { id: 'other' }),
}
for (const rp of Object.values(rps)) await consented(provider, holder, rp, 'openid pid name')

const codes: Record<string, string> = {}
/** One code an agency is enough: a request whose client is not proved spends none. */
async function codeOf(rp: Rp): Promise<string> {
	codes[rp.id] ??= rp === rps.suspended ? 'no-code' : await codeFor(browser, rp)
	return codes[rp.id] ?? ''
}

describe('the registered method', () => {
	test.each<[string, Rp]>([
		['client_secret_basic', rps.basic],
		['client_secret_post', rps.post],
		['private_key_jwt', rps.jwt],
		['none, with PKCE', rps.public],
	])('%s gets a token, and may push', async (_, rp) => {
		expect(await outcome(await exchange(provider, rp, await codeFor(browser, rp)))).toBe('200')
		expect(await outcome(await push(provider, rp))).toBe('201')
	})

	test('Basic with what has to be percent-encoded', async () => {
		const code = await codeFor(browser, rps.odd, { redirect_uri: rps.odd.redirectUri })
		expect(await outcome(await exchange(provider, rps.odd, code))).toBe('200')
	})

	test('Basic with client_id in the body beside it, when it is the same', async () => {
		const code = await codeFor(browser, rps.basic)
		expect(await outcome(await exchange(provider, rps.basic, code, { client_id: rps.basic.id }))).toBe('200')
	})

	test('the scheme is told in any case', async () => {
		const headers = { authorization: basic(rps.basic.id, rps.basic.secret).replace('Basic', 'bASIC') }
		const form = tokenForm(rps.basic, await codeFor(browser, rps.basic))
		expect(await outcome(await post(provider, '/oauth/token', { form, headers }))).toBe('200')
	})
})

type Try = [name: string, rp: Rp, headers: Record<string, string>, changes: Changes, outcome: string]

const { basic: b, post: p, jwt: j, public: n, suspended: s, other: o } = rps
const header = (authorization: string) => ({ authorization })
const REFUSED = '401 invalid_client'
const TWICE = '400 invalid_request'
const raw = (text: string) => header(`Basic ${btoa(text)}`)

const WRONG: Try[] = [
	['nothing at all', b, {}, {}, TWICE],
	['a wrong secret', b, header(basic(b.id, 'wrong')), {}, REFUSED],
	['the secret of another', b, header(basic(b.id, o.secret)), {}, REFUSED],
	['an empty secret', b, raw(`${b.id}:`), {}, REFUSED],
	['a secret cut short', b, header(basic(b.id, b.secret.slice(0, -1))), {}, REFUSED],
	['a secret with more behind', b, header(basic(b.id, `${b.secret}x`)), {}, REFUSED],
	['the hash of the secret', b, header(basic(b.id, 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg')), {}, REFUSED],
	['an unknown client', b, header(basic('nobody', b.secret)), {}, REFUSED],
	['a suspended client', s, header(basic(s.id, s.secret)), {}, REFUSED],
	['Basic without a colon', b, raw(b.id), {}, REFUSED],
	['Basic that is no base64', b, header('Basic %%%'), {}, REFUSED],
	['Basic of one letter', b, header('Basic A'), {}, REFUSED],
	['Basic of five letters', b, header('Basic AAAAA'), {}, REFUSED],
	['Basic with too much padding', b, header('Basic YQ===='), {}, REFUSED],
	['Basic with padding only', b, header('Basic ='), {}, REFUSED],
	['Basic with nothing', b, header('Basic '), {}, REFUSED],
	['Basic with broken percent-encoding', b, raw(`${b.id}:%zz`), {}, REFUSED],
	['Basic with bytes that are no UTF-8', b, raw(`${b.id}:\u00ff\u00fe`), {}, REFUSED],
	['Bearer', b, header(`Bearer ${b.secret}`), {}, REFUSED],
	['Basic, and another client_id in the body', b, header(basic(b.id, b.secret)), { client_id: o.id }, REFUSED],
	[
		'Basic and secret in the body',
		b,
		header(basic(b.id, b.secret)),
		{ client_id: b.id, client_secret: b.secret },
		TWICE,
	],
	['secret in the body where Basic is registered', b, {}, { client_id: b.id, client_secret: b.secret }, REFUSED],
	['client_id alone where Basic is registered', b, {}, { client_id: b.id }, REFUSED],
	['Basic where the body is registered', p, header(basic(p.id, p.secret)), {}, REFUSED],
	['a wrong secret in the body', p, {}, { client_id: p.id, client_secret: 'wrong' }, REFUSED],
	['secret in the body without client_id', p, {}, { client_secret: p.secret }, TWICE],
	['secret in the body twice', p, {}, { client_id: p.id, client_secret: [p.secret, p.secret] }, TWICE],
	['an empty secret in the body', p, {}, { client_id: p.id, client_secret: '' }, REFUSED],
	['a secret of a public client', n, {}, { client_id: n.id, client_secret: 'any' }, REFUSED],
	['Basic of a public client', n, header(basic(n.id, '')), {}, REFUSED],
	['client_id alone where a key is registered', j, {}, { client_id: j.id }, REFUSED],
	['a secret where a key is registered', j, {}, { client_id: j.id, client_secret: 'any' }, REFUSED],
]

describe('anything else gets nothing', () => {
	test.each(WRONG)('%s', async (_, rp, headers, changes, expected) => {
		const form = tokenForm(rp, await codeOf(rp), changes)
		const response = await post(provider, '/oauth/token', { form, headers })
		// RFC 6749 §5.2: who tried the Authorization header is told the scheme.
		if (response.status === 401 && headers.authorization)
			expect(response.headers.get('www-authenticate')).toStartWith('Basic ')
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(await outcome(response)).toBe(expected)
	})

	test.each(WRONG)('%s: nor at PAR', async (_, rp, headers, changes, expected) => {
		const form = changed(Object.fromEntries(authorizationParameters(rp)), { client_id: null, ...changes })
		expect(await outcome(await post(provider, '/oauth/par', { form, headers }))).toBe(expected)
	})

	test('and the code is not spent by it', async () => {
		for (const rp of [b, p, n, j]) expect(await outcome(await exchange(provider, rp, await codeOf(rp)))).toBe('200')
	})
})

describe('an assertion', () => {
	const signed = () => assertion(provider, j)
	test.each<[string, () => Promise<Changes>, Record<string, string>, string]>([
		[
			'with a secret',
			async () => ({ client_assertion: await signed(), client_id: j.id, client_secret: 'x' }),
			{},
			TWICE,
		],
		['with Basic', async () => ({ client_assertion: await signed() }), header(basic(b.id, b.secret)), TWICE],
		['of an unknown type', async () => ({ client_assertion: await signed(), client_assertion_type: 'jwt' }), {}, TWICE],
		['without a type', async () => ({ client_assertion: await signed(), client_assertion_type: null }), {}, TWICE],
		['twice', async () => ({ client_assertion: [await signed(), await signed()] }), {}, TWICE],
		['with another client_id', async () => ({ client_assertion: await signed(), client_id: o.id }), {}, REFUSED],
		['by its type alone', async () => ({ client_id: j.id }), {}, REFUSED],
	])('%s gets nothing', async (_, make, headers, expected) => {
		const form = tokenForm(j, 'no-code', { client_assertion_type: ASSERTION_TYPE, ...(await make()) })
		expect(await outcome(await post(provider, '/oauth/token', { form, headers }))).toBe(expected)
	})

	test('needs no client_id beside it', async () => {
		const changes = { client_assertion: await signed(), client_assertion_type: ASSERTION_TYPE }
		const form = tokenForm(j, await codeFor(browser, j), changes)
		expect(await outcome(await post(provider, '/oauth/token', { form, headers: {} }))).toBe('200')
	})
})
