import { afterAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { answerAt, authorize, codeFor, exchange, outcome, push, tokensOf, userinfo } from './kit/requests.ts'

/** OpenID Connect Core §5.5: data asked for by name, each in the place where it was asked for. */
const provider = await openProvider()
afterAll(() => provider.close())
const rp = await register(provider, { scopes: '["openid","pid","name","birthdate","gender","address"]' })
const ofProfile = await register(provider, { scopes: '["openid","profile"]' })
const holder = await enrolled(provider)
for (const each of [rp, ofProfile])
	await consented(provider, holder, each, 'openid name birthdate gender address profile')
const browser = await signedIn(provider, holder)

type Claims = Record<string, unknown>
const OF_THE_TOKEN = 'iss sub aud exp iat auth_time nonce acr amr at_hash sid version'.split(' ')

/** The names of what came, in both places. */
async function given(
	claims: unknown,
	scope = 'openid',
	client: Rp = rp,
): Promise<{ idToken: string[]; userinfo: string[] }> {
	const asked = { scope, claims: typeof claims === 'string' ? claims : JSON.stringify(claims) }
	const tokens = await tokensOf(await exchange(provider, client, await codeFor(browser, client, asked)))
	const payload = JSON.parse(Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString()) as Claims
	const answer = (await (await userinfo(provider, tokens.access_token)).json()) as Claims
	const names = (from: Claims) => Object.keys(from).filter((name) => !OF_THE_TOKEN.includes(name))
	return { idToken: names(payload).sort(), userinfo: names(answer).sort() }
}

describe('a claim by name', () => {
	test.each<[string, unknown, string, string[], string[]]>([
		['in userinfo', { userinfo: { name: null } }, 'openid', [], ['name']],
		['in the id_token', { id_token: { name: null } }, 'openid', ['name'], []],
		['essential', { userinfo: { name: { essential: true } } }, 'openid', [], ['name']],
		[
			'in both',
			{ userinfo: { name: null }, id_token: { gender: { essential: false } } },
			'openid',
			['gender'],
			['name'],
		],
		['with a value', { userinfo: { gender: { value: 'female' } } }, 'openid', [], ['gender']],
		['with values', { userinfo: { gender: { values: ['female', 'male'] } } }, 'openid', [], ['gender']],
		['beside its scope', { userinfo: { name: null } }, 'openid name', ['name'], ['name']],
		['that nobody knows', { userinfo: { shoe_size: null, name: null } }, 'openid', [], ['name']],
		['essential that nobody knows', { userinfo: { shoe_size: { essential: true } } }, 'openid', [], []],
		['that is not approved', { userinfo: { smartcard_code: { essential: true } } }, 'openid', [], []],
		['of every object’s making', '{"userinfo":{"__proto__":null,"constructor":null,"toString":{}}}', 'openid', [], []],
		['in a place that nobody knows', { access_token: { name: null } }, 'openid', [], []],
		['nowhere', {}, 'openid', [], []],
		['in an empty place', { userinfo: null, id_token: {} }, 'openid', [], []],
	])('%s', async (_, claims, scope, idToken, inUserinfo) => {
		expect(await given(claims, scope)).toEqual({ idToken, userinfo: inUserinfo })
	})

	test('is approved with the scope that stands for it', async () => {
		const claims = { userinfo: { given_name: null, gender: null, pid: null } }
		expect(await given(claims, 'openid', ofProfile)).toEqual({ idToken: [], userinfo: ['gender', 'given_name'] })
	})

	test('is kept by its name alone: a value that was wished for may be a citizen’s number', async () => {
		const claims = {
			userinfo: { gender: { essential: true, value: holder.pid } },
			id_token: { name: { values: ['ก'] } },
		}
		const code = await codeFor(browser, rp, { scope: 'openid', claims: JSON.stringify(claims) })
		const [row] = await provider.db
			.select()
			.from(schema.codes)
			.where(eq(schema.codes.hash, hashSecret(code)))
		const asked = provider.vault.open(['codes', hashSecret(code), 'asked'], row?.asked ?? '')
		expect(JSON.parse(asked)).toEqual({ claims: { userinfo: { gender: null }, id_token: { name: null } } })
	})

	test('does not widen the scope that the client is told', async () => {
		const asked = { scope: 'openid', claims: '{"userinfo":{"name":null}}' }
		const tokens = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp, asked)))
		expect(tokens.scope).toBe('openid')
	})

	test('that was not consented to is asked about', async () => {
		const asked = { scope: 'openid', claims: '{"userinfo":{"pid":null}}' }
		expect((await authorize(browser, rp, asked)).headers.get('location')).toContain('/sign-in/')
		expect(answerAt(rp, await authorize(browser, rp, { ...asked, prompt: 'none' })).error).toBe('consent_required')
	})
})

const subjectOf = async (client: Rp) => {
	const { id_token } = await tokensOf(
		await exchange(provider, client, await codeFor(browser, client, { scope: 'openid' })),
	)
	return (JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub
}
/** What the relying party hears with prompt=none. */
const silently = async (claims: unknown, more = {}) => {
	const asked = { scope: 'openid', prompt: 'none', claims: JSON.stringify(claims), ...more }
	const { code, error } = answerAt(rp, await authorize(browser, rp, asked))
	return error ?? (code ? 'code' : 'nothing')
}

describe('sub with a value means one citizen', () => {
	test('who is signed in', async () => {
		const sub = await subjectOf(rp)
		expect(await silently({ id_token: { sub: { value: sub } } })).toBe('code')
		expect(await silently({ userinfo: { sub: { values: [sub] } } })).toBe('code')
	})

	test('who is not', async () => {
		expect(await silently({ id_token: { sub: { value: 'somebody-else' } } })).toBe('login_required')
		expect(await silently({ userinfo: { sub: { value: 'somebody-else' } } })).toBe('login_required')
	})

	test('and no other than the hint’s', async () => {
		const { id_token } = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp, { scope: 'openid' })))
		const hint = { id_token_hint: id_token }
		expect(await silently({ id_token: { sub: { value: await subjectOf(rp) } } }, hint)).toBe('code')
		expect(await silently({ id_token: { sub: { value: 'somebody-else' } } }, hint)).toBe('invalid_request')
	})
})

describe('acr with a value', () => {
	const QR = 'urn:dopa:digital-id:acr:aal2:qr'
	test.each<[string, unknown, Record<string, string>, string]>([
		['that was reached', { value: 'phr' }, {}, 'code'],
		['essential, that was reached', { essential: true, value: 'phr' }, {}, 'code'],
		['of several', { essential: true, values: ['urn:unknown', QR] }, {}, 'code'],
		['that was not', { value: 'phrh' }, {}, 'unmet_authentication_requirements'],
		['essential, that was not', { essential: true, value: 'phrh' }, {}, 'unmet_authentication_requirements'],
		['that nobody knows, a wish', { value: 'urn:unknown' }, {}, 'code'],
		[
			'essential, that nobody knows',
			{ essential: true, value: 'urn:unknown' },
			{},
			'unmet_authentication_requirements',
		],
		['a wish, where the parameter says another', { value: 'phrh' }, { acr_values: 'phr' }, 'code'],
		[
			'essential, where the parameter says another',
			{ essential: true, value: 'phrh' },
			{ acr_values: 'phr' },
			'unmet_authentication_requirements',
		],
		['essential, without a value', { essential: true }, {}, 'code'],
	])('%s', async (_, acr, more, expected) => {
		expect(await silently({ id_token: { acr } }, more)).toBe(expected)
	})

	test('essential, that nobody knows: not even where the citizen could be asked, nor at PAR', async () => {
		const claims = '{"id_token":{"acr":{"essential":true,"value":"urn:unknown"}}}'
		expect(answerAt(rp, await authorize(browser, rp, { claims })).error).toBe('unmet_authentication_requirements')
		expect(await outcome(await push(provider, rp, { claims }))).toBe('400 unmet_authentication_requirements')
	})
})

describe('what is malformed is refused', () => {
	const deep = (inner: string) => `{"userinfo":{"name":${inner}}}`
	test.each([
		['no JSON', '{'],
		['a text', '"name"'],
		['a number', '1'],
		['a list', '[{"userinfo":{}}]'],
		['null', 'null'],
		['userinfo a list', '{"userinfo":["name"]}'],
		['id_token a text', '{"id_token":"name"}'],
		['a claim that is true', deep('true')],
		['a claim that is a text', deep('"essential"')],
		['a claim that is a list', deep('[]')],
		['essential a text', deep('{"essential":"true"}')],
		['values no list', deep('{"values":"x"}')],
		['value and values', deep('{"value":"x","values":["y"]}')],
		['sub a number', '{"id_token":{"sub":{"value":1}}}'],
		['sub of two', '{"id_token":{"sub":{"values":["a","b"]}}}'],
		['acr a number', '{"id_token":{"acr":{"value":1}}}'],
		['acr an object', '{"id_token":{"acr":{"value":{}}}}'],
		['longer than 8 kB', `{"userinfo":{"name":null}}${' '.repeat(8_192)}`],
		['deeper than anybody reads', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
	])('%s', async (_, claims) => {
		expect(answerAt(rp, await authorize(browser, rp, { claims })).error).toBe('invalid_request')
		expect(await outcome(await push(provider, rp, { claims }))).toBe('400 invalid_request')
	})

	test('a deep claim that nobody knows is none of our business', async () => {
		const claims = `{"userinfo":{"x":{"value":${'['.repeat(500)}${']'.repeat(500)}}}}`
		expect(await outcome(await push(provider, rp, { claims }))).toBe('201')
	})
})

test('in a pushed request, and in a signed one', async () => {
	const key = await newKey('ES256')
	const keyed = await register(provider, { scopes: '["openid","name"]' }, [key])
	await consented(provider, holder, keyed, 'openid name')
	const { request_uri } = (await (
		await push(provider, keyed, { scope: 'openid', claims: '{"userinfo":{"name":null}}' })
	).json()) as { request_uri: string }
	const query = new URLSearchParams({ client_id: keyed.id, request_uri })
	const { code = '' } = answerAt(keyed, await browser.get(`/oauth/authorize?${query}`))
	const { access_token } = await tokensOf(await exchange(provider, keyed, code))
	expect(await (await userinfo(provider, access_token)).json()).toMatchObject({ name: 'สมชาย ใจดี' })
})
