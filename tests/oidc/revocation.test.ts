import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { authenticated, codeFor, exchange, outcome, post, userinfo } from './kit/requests.ts'
import { allTokens, refresh, send } from './kit/tokens.ts'

/** RFC 7009. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db } = provider
const GRANTS = { grantTypes: '["authorization_code","refresh_token"]' }
const PATH = '/oauth/revoke'
const rp = await register(provider, GRANTS)
const other = await register(provider, GRANTS)
const open = await register(provider, { ...GRANTS, authMethod: 'none' })
const keyed = await register(provider, GRANTS, [await newKey('ES256')])
const thaid = await register(provider, { profile: 'thaid-v2', idTokenAlg: 'ES256' })
let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [rp, other, open, keyed, thaid]) await consented(provider, holder, each, 'openid pid name')
	browser = await signedIn(provider, holder)
})

const tokensFor = async (client: Rp = rp) => allTokens(await exchange(provider, client, await codeFor(browser, client)))
const revoke = (client: Rp, token: string, more: Record<string, string> = {}) =>
	send(provider, client, PATH, new URLSearchParams({ token, ...more }))
const alive = async (token: string) => (await userinfo(provider, token)).status === 200
const renews = async (client: Rp, token: string) => (await refresh(provider, client, token)).status === 200
const written = async () => (await db.select().from(schema.events)).filter(({ name }) => name === 'tokensRevoked')

test('an access token ends alone, and it is written down once', async () => {
	const { access_token, refresh_token } = await tokensFor()
	const before = (await written()).length
	for (let again = 0; again < 2; again++) expect((await revoke(rp, access_token)).status).toBe(200)
	expect(await alive(access_token)).toBe(false)
	const events = (await written()).slice(before)
	expect(events).toMatchObject([{ actorId: rp.id, accountId: holder.accountId }])
	expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({ kind: 'access_token' })
	expect(await renews(rp, refresh_token)).toBe(true)
})

test('with a refresh token all ends that its code gave (§2.1)', async () => {
	const first = await tokensFor()
	const second = await allTokens(await refresh(provider, rp, first.refresh_token))
	const before = (await written()).length
	for (let again = 0; again < 2; again++) expect((await revoke(rp, second.refresh_token)).status).toBe(200)
	for (const { access_token, refresh_token } of [first, second]) {
		expect(await alive(access_token)).toBe(false)
		expect(await renews(rp, refresh_token)).toBe(false)
	}
	const events = (await written()).slice(before)
	expect(events.map(({ data }) => JSON.parse(data))).toMatchObject([{ kind: 'family' }])
})

test('so it does with one that was replaced', async () => {
	const first = await tokensFor()
	const second = await allTokens(await refresh(provider, rp, first.refresh_token))
	await revoke(rp, first.refresh_token)
	expect(await renews(rp, second.refresh_token)).toBe(false)
})

test('nothing ends that another code gave', async () => {
	const [mine, ended] = [await tokensFor(), await tokensFor()]
	await revoke(rp, ended.refresh_token)
	expect(await alive(mine.access_token)).toBe(true)
	expect(await renews(rp, mine.refresh_token)).toBe(true)
})

test.each(['access_token', 'refresh_token', 'unknown'])('the hint %s may be wrong', async (token_type_hint) => {
	const { access_token, refresh_token } = await tokensFor()
	await revoke(rp, access_token, { token_type_hint })
	expect(await alive(access_token)).toBe(false)
	await revoke(rp, refresh_token, { token_type_hint })
	expect(await renews(rp, refresh_token)).toBe(false)
})

describe('the answer', () => {
	test('is 200 and JSON, for an unknown token too (§2.2)', async () => {
		for (const token of [(await tokensFor()).access_token, 'unknown']) {
			const response = await revoke(rp, token)
			expect(response.status).toBe(200)
			expect(response.headers.get('content-type')).toStartWith('application/json')
			expect(response.headers.get('cache-control')).toBe('no-store')
			expect(await response.json()).toEqual({})
		}
	})

	test('is the same for another’s token, which lives on', async () => {
		const { access_token, refresh_token } = await tokensFor()
		for (const thief of [other, open])
			for (const token of [access_token, refresh_token]) expect(await (await revoke(thief, token)).json()).toEqual({})
		expect(await alive(access_token)).toBe(true)
		expect(await renews(rp, refresh_token)).toBe(true)
	})
})

describe('whoever revokes', () => {
	test('may be a public client, for its own', async () => {
		const { access_token } = await tokensFor(open)
		expect((await revoke(open, access_token)).status).toBe(200)
		expect(await alive(access_token)).toBe(false)
	})

	test('proves who it is, and names a token', async () => {
		const { access_token } = await tokensFor()
		expect(await outcome(await revoke({ ...rp, secret: 'wrong' }, access_token))).toBe('401 invalid_client')
		expect(await outcome(await send(provider, rp, PATH, new URLSearchParams()))).toBe('400 invalid_request')
		expect(await alive(access_token)).toBe(true)
	})

	test('uses an assertion once, whatever the token', async () => {
		const { access_token, refresh_token } = await tokensFor(keyed)
		for (const first of ['unknown', access_token, refresh_token]) {
			const sent = await authenticated(provider, keyed, new URLSearchParams({ token: first }))
			expect((await post(provider, PATH, sent)).status).toBe(200)
			expect(await outcome(await post(provider, PATH, sent))).toBe('401 invalid_client')
		}
	})

	test('may put the scheme before it where it comes from ThaID, and nowhere else', async () => {
		for (const [client, lives] of [
			[rp, true],
			[thaid, false],
		] as const) {
			const { access_token } = await tokensFor(client)
			await revoke(client, `Bearer ${access_token}`)
			expect(await alive(access_token)).toBe(lives)
		}
	})
})
