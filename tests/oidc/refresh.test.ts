import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { schema } from '../../db/client.ts'
import { DAY, SECOND } from '../../src/lib/clock.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import type { Browser } from '../kit/http-client.ts'
import { boundUserinfo, newDpopKey, proof } from './kit/dpop.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { type Changes, codeFor, exchange, outcome, userinfo } from './kit/requests.ts'
import { allTokens, exchangeWith, type MoreTokens, refresh } from './kit/tokens.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider
const { accessTokens, accounts, clients, codes, grants, refreshTokens } = schema
const GRANTS = { grantTypes: '["authorization_code","refresh_token"]' }
const TOKEN = '/oauth/token'

const rp = await register(provider, GRANTS)
const other = await register(provider, GRANTS)
const open = await register(provider, { ...GRANTS, authMethod: 'none' })
const without = await register(provider)
const thaid = await register(provider, { profile: 'thaid-v2', idTokenAlg: 'ES256' })
const fapi = await register(provider, { ...GRANTS, profile: 'fapi2', idTokenAlg: 'ES256' }, [await newKey('ES256')])

const SCOPE = 'openid pid name'
let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [rp, other, open, without, thaid, fapi]) await consented(provider, holder, each, SCOPE)
	browser = await signedIn(provider, holder)
})

const tokensFor = async (client: Rp = rp) => allTokens(await exchange(provider, client, await codeFor(browser, client)))
const refreshed = async (token: string, client: Rp = rp, changes: Changes = {}) =>
	allTokens(await refresh(provider, client, token, changes))
const alive = async ({ access_token }: MoreTokens) => (await userinfo(provider, access_token)).status === 200
const events = async (name: string) => (await db.select().from(schema.events)).filter((event) => event.name === name)

describe('a refresh token is given', () => {
	test('to whom is registered for it', async () => {
		expect((await tokensFor()).refresh_token).toMatch(/^[\w-]{43}$/)
	})

	test('to every agency that comes from ThaID', async () => {
		expect((await tokensFor(thaid)).refresh_token).toMatch(/^[\w-]{43}$/)
	})

	test('to nobody else, who cannot use one either', async () => {
		const tokens = await tokensFor(without)
		expect(tokens).not.toHaveProperty('refresh_token')
		const { refresh_token } = await tokensFor()
		expect(await outcome(await refresh(provider, without, refresh_token))).toBe('400 unauthorized_client')
	})

	test('and stored as a hash', async () => {
		const { refresh_token } = await tokensFor()
		expect(JSON.stringify(await db.select().from(refreshTokens))).not.toContain(refresh_token)
	})
})

describe('a refresh', () => {
	test('gives a new access token, a new refresh token and an id_token of the same sign-in', async () => {
		const first = await tokensFor()
		clock.advance(60 * SECOND)
		const response = await refresh(provider, rp, first.refresh_token)
		expect(response.headers.get('cache-control')).toBe('no-store')
		const second = await allTokens(response)
		expect(second).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: SCOPE })
		expect(second.access_token).not.toBe(first.access_token)
		expect(second.refresh_token).not.toBe(first.refresh_token)
		expect(await alive(second)).toBe(true)
		// OpenID Connect Core §12.2
		const { iat, exp, at_hash, nonce, ...same } = decodeJwt(first.id_token)
		const renewed = decodeJwt(second.id_token)
		expect(renewed).toMatchObject(same)
		expect(renewed.iat).toBe((iat ?? 0) + 60)
		expect(renewed).not.toHaveProperty('nonce')
		expect(renewed.at_hash).not.toBe(at_hash)
		expect(nonce).toBeDefined()
		expect(exp).toBeDefined()
	})

	test('is written down', async () => {
		const before = (await events('tokensRefreshed')).length
		await refreshed((await tokensFor()).refresh_token)
		const written = (await events('tokensRefreshed')).slice(before)
		expect(written).toMatchObject([{ actorId: rp.id, accountId: holder.accountId }])
		expect(JSON.parse(written[0]?.data ?? '')).toMatchObject({ clientId: rp.id, scope: SCOPE })
	})

	test('may ask for less, which binds that access token alone', async () => {
		const { refresh_token } = await tokensFor()
		const less = await refreshed(refresh_token, rp, { scope: 'pid openid' })
		expect(less.scope).toBe('openid pid')
		expect(Object.keys((await (await userinfo(provider, less.access_token)).json()) as object)).toEqual(['sub', 'pid'])
		expect(decodeJwt(less.id_token)).not.toHaveProperty('name')
		expect((await refreshed(less.refresh_token)).scope).toBe(SCOPE)
	})

	test('without openid gives no id_token', async () => {
		const less = await refreshed((await tokensFor()).refresh_token, rp, { scope: 'pid' })
		expect(less).not.toHaveProperty('id_token')
	})

	test('goes on until the family is 30 days old, not longer', async () => {
		let { refresh_token } = await tokensFor()
		for (let day = 0; day < 29; day++) {
			clock.advance(DAY)
			refresh_token = (await refreshed(refresh_token)).refresh_token
		}
		clock.advance(DAY)
		expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('400 invalid_grant')
		browser = await signedIn(provider, holder)
	})
})

describe('a wrong refresh', () => {
	test.each<[string, Changes, string]>([
		['without the token', { refresh_token: null }, '400 invalid_request'],
		['with an unknown token', { refresh_token: 'x'.repeat(43) }, '400 invalid_grant'],
		['for more than was granted', { scope: `${SCOPE} address` }, '400 invalid_scope'],
		['for a scope that nobody knows', { scope: 'openid unknown' }, '400 invalid_scope'],
		['with the token twice', { refresh_token: ['a', 'b'] }, '400 invalid_request'],
		['for a resource that was not granted', { resource: 'https://api.example/' }, '400 invalid_target'],
	])('%s', async (_, changes, expected) => {
		const { refresh_token } = await tokensFor()
		expect(await outcome(await refresh(provider, rp, refresh_token, changes))).toBe(expected)
		expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('200')
	})

	test('of another client', async () => {
		const { refresh_token } = await tokensFor()
		expect(await outcome(await refresh(provider, other, refresh_token))).toBe('400 invalid_grant')
		expect(await outcome(await refresh(provider, open, refresh_token))).toBe('400 invalid_grant')
		expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('200')
	})

	test('with an access token, or a code, or the hash that is stored', async () => {
		const { access_token } = await tokensFor()
		const [row] = await db.select().from(refreshTokens)
		for (const token of [access_token, await codeFor(browser, rp), row?.hash ?? ''])
			expect(await outcome(await refresh(provider, rp, token))).toBe('400 invalid_grant')
	})

	test('without proving the client', async () => {
		const { refresh_token } = await tokensFor()
		expect(await outcome(await refresh(provider, { ...rp, secret: 'wrong' }, refresh_token))).toBe('401 invalid_client')
	})

	const restore = () =>
		Promise.all([
			db.update(accounts).set({ status: 'active' }),
			db.update(clients).set({ status: 'live' }),
			db.update(grants).set({ endedAt: null }),
		])
	test.each<[string, () => Promise<unknown>]>([
		['the account was suspended', () => db.update(accounts).set({ status: 'suspended' })],
		['the account ended', () => db.update(accounts).set({ status: 'ended' })],
		['the client was suspended', () => db.update(clients).set({ status: 'suspended' }).where(eq(clients.id, rp.id))],
		['the grant ended', () => db.update(grants).set({ endedAt: 1 }).where(eq(grants.clientId, rp.id))],
	])('where %s; it spends nothing', async (_, happens) => {
		const before = (await events('refreshReused')).length
		const { refresh_token } = await tokensFor()
		await happens()
		const response = await outcome(await refresh(provider, rp, refresh_token))
		await restore()
		expect(response).toMatch(/^400 invalid_grant$|^401 invalid_client$/)
		expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('200')
		expect((await events('refreshReused')).length).toBe(before)
	})
})

describe('a refresh token that was replaced (RFC 9700 §4.14.2)', () => {
	test('answers for 30 s with the same successor, and nothing ends', async () => {
		const first = await tokensFor()
		const second = await refreshed(first.refresh_token)
		clock.advance(30 * SECOND)
		const again = await refreshed(first.refresh_token)
		expect(again.refresh_token).toBe(second.refresh_token)
		expect(again.access_token).not.toBe(second.access_token)
		expect(await alive(second)).toBe(true)
		expect(await alive(again)).toBe(true)
		expect(await outcome(await refresh(provider, rp, second.refresh_token))).toBe('200')
	})

	test('ends the family after that, written down once', async () => {
		const before = (await events('refreshReused')).length
		const first = await tokensFor()
		const second = await refreshed(first.refresh_token)
		clock.advance(30 * SECOND + 1)
		for (let i = 0; i < 3; i++)
			expect(await outcome(await refresh(provider, rp, first.refresh_token))).toBe('400 invalid_grant')
		expect(await alive(second)).toBe(false)
		expect(await alive(first)).toBe(false)
		expect(await outcome(await refresh(provider, rp, second.refresh_token))).toBe('400 invalid_grant')
		expect((await events('refreshReused')).slice(before)).toMatchObject([{ actorId: rp.id }])
	})

	test('has one grace, which repeating it does not prolong', async () => {
		const { refresh_token } = await tokensFor()
		await refreshed(refresh_token)
		clock.advance(20 * SECOND)
		await refreshed(refresh_token)
		clock.advance(20 * SECOND)
		expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('400 invalid_grant')
	})

	test('ends it however many came between', async () => {
		const first = await tokensFor()
		const second = await refreshed(first.refresh_token)
		clock.advance(20 * SECOND)
		const third = await refreshed(second.refresh_token)
		clock.advance(20 * SECOND)
		expect(await outcome(await refresh(provider, rp, first.refresh_token))).toBe('400 invalid_grant')
		expect(await alive(third)).toBe(false)
	})

	test('ends nothing from another client', async () => {
		const first = await tokensFor()
		const second = await refreshed(first.refresh_token)
		clock.advance(60 * SECOND)
		expect(await outcome(await refresh(provider, other, first.refresh_token))).toBe('400 invalid_grant')
		expect(await alive(second)).toBe(true)
	})

	test('is no reuse where only the grant has ended, within the grace', async () => {
		const before = (await events('refreshReused')).length
		const { refresh_token } = await tokensFor()
		await refreshed(refresh_token)
		await db.update(grants).set({ endedAt: 1 })
		expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('400 invalid_grant')
		await db.update(grants).set({ endedAt: null })
		expect((await events('refreshReused')).length).toBe(before)
		expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('200')
	})

	test('64 at once have one successor', async () => {
		const { refresh_token } = await tokensFor()
		const answers = await Promise.all(Array.from({ length: 64 }, () => refreshed(refresh_token)))
		expect(new Set(answers.map((each) => each.refresh_token)).size).toBe(1)
		const rows = await db.select().from(refreshTokens).where(eq(refreshTokens.clientId, rp.id))
		const family = rows.filter(({ codeHash }) => codeHash === rows.at(-1)?.codeHash)
		expect(family.filter(({ replacedAt }) => replacedAt === null)).toHaveLength(1)
		expect(family).toHaveLength(2)
	})
})

test('a code that comes twice ends its refresh tokens too (RFC 6749 §4.1.2)', async () => {
	const code = await codeFor(browser, rp)
	const { refresh_token } = await allTokens(await exchange(provider, rp, code))
	expect(await outcome(await exchange(provider, rp, code))).toBe('400 invalid_grant')
	expect(await outcome(await refresh(provider, rp, refresh_token))).toBe('400 invalid_grant')
})

describe('bound to a key (RFC 9449 §5)', () => {
	const key = () => newDpopKey()
	/** FAPI's codes come by PAR; what the code was given for matters not here. */
	const fapiCode = async () => {
		const code = await codeFor(browser, rp)
		const itself = eq(codes.hash, hashSecret(code))
		await db.update(codes).set({ clientId: fapi.id, redirectUri: fapi.redirectUri }).where(itself)
		return code
	}

	test('is a public client’s, where a proof came with the code', async () => {
		const [mine, thiefs] = [await key(), await key()]
		const dpop = async (by = mine) => ({ dpop: await proof(provider, by, TOKEN) })
		const { refresh_token } = await allTokens(
			await exchangeWith(provider, open, await codeFor(browser, open), await dpop()),
		)
		expect(await outcome(await refresh(provider, open, refresh_token))).toBe('400 invalid_grant')
		expect(await outcome(await refresh(provider, open, refresh_token, {}, await dpop(thiefs)))).toBe(
			'400 invalid_grant',
		)
		const second = await allTokens(await refresh(provider, open, refresh_token, {}, await dpop()))
		expect(second.token_type).toBe('DPoP')
		expect((await boundUserinfo(provider, mine, second.access_token)).status).toBe(200)
		// Its successor too.
		expect(await outcome(await refresh(provider, open, second.refresh_token))).toBe('400 invalid_grant')
	})

	test('not a confidential client’s, which may change its key', async () => {
		const dpop = async () => ({ dpop: await proof(provider, await key(), TOKEN) })
		const { refresh_token } = await allTokens(
			await exchangeWith(provider, rp, await codeFor(browser, rp), await dpop()),
		)
		expect(await outcome(await refresh(provider, rp, refresh_token, {}, await dpop()))).toBe('200')
	})

	test('is every token of fapi2, and stays the same one', async () => {
		const mine = await key()
		const code = await fapiCode()
		const dpop = async (by = mine) => ({ dpop: await proof(provider, by, TOKEN) })
		expect(await outcome(await exchange(provider, fapi, code))).toBe('400 invalid_dpop_proof')
		const { refresh_token } = await allTokens(await exchangeWith(provider, fapi, code, await dpop()))
		expect(await outcome(await refresh(provider, fapi, refresh_token))).toBe('400 invalid_dpop_proof')
		expect(await outcome(await refresh(provider, fapi, refresh_token, {}, await dpop(await key())))).toBe(
			'400 invalid_grant',
		)
		for (let i = 0; i < 3; i++) {
			clock.advance(DAY)
			const again = await allTokens(await refresh(provider, fapi, refresh_token, {}, await dpop()))
			expect(again).not.toHaveProperty('refresh_token')
			expect(again.token_type).toBe('DPoP')
			expect((await boundUserinfo(provider, mine, again.access_token)).status).toBe(200)
		}
	})
})

test('what is over is swept, and its expiry is the family’s', async () => {
	const { sweep } = await import('../../src/sweep.ts')
	const { systemRandom } = await import('../../src/lib/random.ts')
	await db.delete(refreshTokens)
	browser = await signedIn(provider, holder)
	await refreshed((await tokensFor()).refresh_token)
	await sweep({ db, clock, random: systemRandom })
	expect(await db.select().from(refreshTokens)).toHaveLength(2)
	clock.advance(31 * DAY)
	await sweep({ db, clock, random: systemRandom })
	expect(await db.select().from(refreshTokens)).toHaveLength(0)
	expect(await db.select().from(accessTokens)).toHaveLength(0)
})
