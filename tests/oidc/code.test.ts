import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { MINUTE, SECOND } from '../../src/lib/clock.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import { type Changes, codeFor, exchange, outcome, type Tokens, tokensOf, userinfo, VERIFIER } from './kit/requests.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider
const rp = await register(provider, { redirectUris: '["https://two.example/callback","https://two.example/second"]' })
const other = await register(provider)
const open = await register(provider, { authMethod: 'none' })

let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [rp, other, open]) await consented(provider, holder, each, 'openid pid name')
	browser = await signedIn(provider, holder)
})

const events = async (name: string) => (await db.select().from(schema.events)).filter((event) => event.name === name)
const alive = async ({ access_token }: Tokens) => (await userinfo(provider, access_token)).status === 200
const NO_PKCE = { code_challenge: null, code_challenge_method: null }

describe('a right code', () => {
	test('gives a bearer token and an id_token that nobody keeps', async () => {
		const response = await exchange(provider, rp, await codeFor(browser, rp))
		expect(response.headers.get('cache-control')).toBe('no-store')
		const { access_token, id_token, ...rest } = (await response.json()) as Tokens
		expect(rest).toEqual({ token_type: 'Bearer', expires_in: 900, scope: 'openid pid name' })
		expect(access_token).toMatch(/^[\w-]{43}$/)
		expect(id_token.split('.')).toHaveLength(3)
	})

	test('is stored as a hash, as is the token', async () => {
		const code = await codeFor(browser, rp)
		const { access_token } = await tokensOf(await exchange(provider, rp, code))
		const stored = JSON.stringify([await db.select().from(schema.codes), await db.select().from(schema.accessTokens)])
		expect(stored).not.toContain(code)
		expect(stored).not.toContain(access_token)
	})

	test('is written down: who was given which claims of whom', async () => {
		const before = (await events('claimsGiven')).length
		await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
		const written = (await events('claimsGiven')).slice(before)
		expect(written).toMatchObject([
			{ actorKind: 'client', actorId: rp.id, accountId: holder.accountId, at: clock.now() },
		])
		expect(JSON.parse(written[0]?.data ?? '')).toMatchObject({ clientId: rp.id, scope: 'openid pid name' })
	})

	test('lives for 60 s', async () => {
		const code = await codeFor(browser, rp)
		clock.advance(60 * SECOND - 1)
		expect(await outcome(await exchange(provider, rp, code))).toBe('200')
	})
})

describe('a wrong token request', () => {
	test.each<[string, Changes, Changes, string]>([
		['no grant_type', {}, { grant_type: null }, '400 invalid_request'],
		['grant_type=password', {}, { grant_type: 'password', username: 'a', password: 'b' }, '400 unsupported_grant_type'],
		['grant_type=client_credentials', {}, { grant_type: 'client_credentials' }, '400 unsupported_grant_type'],
		['grant_type=refresh_token', {}, { grant_type: 'refresh_token' }, '400 unauthorized_client'],
		['grant_type=implicit', {}, { grant_type: 'implicit' }, '400 unsupported_grant_type'],
		['grant_type in capitals', {}, { grant_type: 'AUTHORIZATION_CODE' }, '400 unsupported_grant_type'],
		['grant_type twice', {}, { grant_type: ['authorization_code', 'authorization_code'] }, '400 invalid_request'],
		['no code', {}, { code: null }, '400 invalid_request'],
		['an empty code', {}, { code: '' }, '400 invalid_request'],
		['an unknown code', {}, { code: 'x'.repeat(43) }, '400 invalid_grant'],
		['no redirect_uri', {}, { redirect_uri: null }, '400 invalid_request'],
		['another registered redirect_uri', {}, { redirect_uri: 'https://two.example/second' }, '400 invalid_grant'],
		['redirect_uri with a slash behind', {}, { redirect_uri: 'https://two.example/callback/' }, '400 invalid_grant'],
		['no code_verifier', {}, { code_verifier: null }, '400 invalid_grant'],
		['a wrong code_verifier', {}, { code_verifier: `${VERIFIER}x` }, '400 invalid_grant'],
		[
			'the challenge for a verifier',
			{},
			{ code_verifier: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' },
			'400 invalid_grant',
		],
		['a verifier that is too short', {}, { code_verifier: 'short' }, '400 invalid_grant'],
		['a verifier that is too long', {}, { code_verifier: 'v'.repeat(129) }, '400 invalid_grant'],
		['a verifier with a space', {}, { code_verifier: `${VERIFIER} ` }, '400 invalid_grant'],
		['a verifier where there was no challenge', NO_PKCE, {}, '400 invalid_grant'],
	])('%s', async (_, asked, changes, expected) => {
		const code = await codeFor(browser, rp, asked)
		expect(await outcome(await exchange(provider, rp, code, changes))).toBe(expected)
		// What was refused did not spend the code: its owner still gets the token.
		const right: Changes = asked === NO_PKCE ? { code_verifier: null } : {}
		expect(await outcome(await exchange(provider, rp, code, right))).toBe('200')
	})

	test('the descriptions are ASCII without quotation marks (RFC 6749 §5.2)', async () => {
		const response = await exchange(provider, rp, 'unknown')
		const { error_description } = (await response.json()) as { error_description: string }
		expect(error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
	})

	test('a code of another client, which does not spend it', async () => {
		const code = await codeFor(browser, rp)
		const changes = { redirect_uri: rp.redirectUri }
		expect(await outcome(await exchange(provider, other, code, changes))).toBe('400 invalid_grant')
		expect(await outcome(await exchange(provider, rp, code))).toBe('200')
	})

	test('a code after 60 s', async () => {
		const code = await codeFor(browser, rp)
		clock.advance(60 * SECOND)
		expect(await outcome(await exchange(provider, rp, code))).toBe('400 invalid_grant')
	})

	test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
		[
			'the grant ended',
			() => db.update(schema.grants).set({ endedAt: clock.now() }).where(eq(schema.grants.clientId, rp.id)),
			() => db.update(schema.grants).set({ endedAt: null }).where(eq(schema.grants.clientId, rp.id)),
		],
		[
			'the account was suspended',
			() => db.update(schema.accounts).set({ status: 'suspended' }),
			() => db.update(schema.accounts).set({ status: 'active' }),
		],
		[
			'the account ended',
			() => db.update(schema.accounts).set({ status: 'ended' }),
			() => db.update(schema.accounts).set({ status: 'active' }),
		],
		[
			'the client was suspended',
			() => db.update(schema.clients).set({ status: 'suspended' }).where(eq(schema.clients.id, rp.id)),
			() => db.update(schema.clients).set({ status: 'live' }).where(eq(schema.clients.id, rp.id)),
		],
	])('%s between code and token', async (_, happens, passes) => {
		const code = await codeFor(browser, rp)
		const before = (await events('codeReused')).length
		await happens()
		expect(await outcome(await exchange(provider, rp, code))).toMatch(/^400 invalid_grant$|^401 invalid_client$/)
		await passes()
		expect((await events('codeReused')).length).toBe(before)
		expect(await outcome(await exchange(provider, rp, code))).toBe('200')
	})
})

describe('a code that comes twice (RFC 6749 §4.1.2)', () => {
	test('gives nothing more, and what it gave ends; it is written down once', async () => {
		const before = (await events('codeReused')).length
		const code = await codeFor(browser, rp)
		const tokens = await tokensOf(await exchange(provider, rp, code))
		expect(await alive(tokens)).toBe(true)
		for (let again = 0; again < 3; again++)
			expect(await outcome(await exchange(provider, rp, code))).toBe('400 invalid_grant')
		expect(await alive(tokens)).toBe(false)
		const written = (await events('codeReused')).slice(before)
		expect(written).toMatchObject([{ actorId: rp.id, accountId: holder.accountId }])
	})

	test('ends nothing that another code gave', async () => {
		const mine = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
		const code = await codeFor(browser, rp)
		await exchange(provider, rp, code)
		await exchange(provider, rp, code)
		expect(await alive(mine)).toBe(true)
	})

	test('still does so after the 60 s', async () => {
		const code = await codeFor(browser, rp)
		const tokens = await tokensOf(await exchange(provider, rp, code))
		clock.advance(10 * MINUTE)
		expect(await outcome(await exchange(provider, rp, code))).toBe('400 invalid_grant')
		expect(await alive(tokens)).toBe(false)
	})

	// Whoever merely saw a code (a history, a log) must not be able to end somebody's tokens with it.
	test.each<[string, Rp, Rp, Changes]>([
		['another client', rp, other, { redirect_uri: rp.redirectUri }],
		['who has no verifier', open, open, { code_verifier: null }],
		['who guesses a verifier', open, open, { code_verifier: 'g'.repeat(43) }],
		['who names another redirect_uri', open, open, { redirect_uri: 'https://evil.example/' }],
	])('but not from %s', async (_, owner, thief, changes) => {
		const code = await codeFor(browser, owner)
		const tokens = await tokensOf(await exchange(provider, owner, code))
		expect(await outcome(await exchange(provider, thief, code, changes))).toBe('400 invalid_grant')
		expect(await alive(tokens)).toBe(true)
	})

	test('nor from who does not prove the client', async () => {
		const code = await codeFor(browser, rp)
		const tokens = await tokensOf(await exchange(provider, rp, code))
		expect(await outcome(await exchange(provider, { ...rp, secret: 'wrong' }, code))).toBe('401 invalid_client')
		expect(await alive(tokens)).toBe(true)
	})

	test('32 times at once: one answer has a token, and in the end none lives', async () => {
		const before = (await events('codeReused')).length
		const code = await codeFor(browser, rp)
		const responses = await Promise.all(Array.from({ length: 32 }, () => exchange(provider, rp, code)))
		const given = responses.filter(({ status }) => status === 200)
		expect(given).toHaveLength(1)
		for (const response of responses)
			if (response.status !== 200) expect(await outcome(response)).toBe('400 invalid_grant')
		// 31 others proved the client and held the code: it may be stolen, so the one token is dead too.
		for (const response of given) expect(await alive(await tokensOf(response))).toBe(false)
		expect((await events('codeReused')).length).toBe(before + 1)
	})
})

test('a code that was never given to anybody is random: 256 bits, never the same', async () => {
	const codes = new Set<string>()
	for (let i = 0; i < 20; i++) codes.add(await codeFor(browser, rp))
	expect(codes.size).toBe(20)
	for (const code of codes) expect(code).toMatch(/^[\w-]{43}$/)
})
