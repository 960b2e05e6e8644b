import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { decodeJwt } from 'jose'
import { schema } from '../../db/client.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import { codeFor, exchange, userinfo } from './kit/requests.ts'
import { codeIsFor } from './kit/resource.ts'
import { allTokens, refresh } from './kit/tokens.ts'

/** What a request asked for beside scopes comes in the place in which it was asked for. */
const provider = await openProvider()
afterAll(() => provider.close())
const rp = await register(provider, { grantTypes: '["authorization_code","refresh_token"]' })
let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	await consented(provider, holder, rp, 'openid pid name')
	browser = await signedIn(provider, holder)
})

type Values = Partial<typeof schema.codes.$inferInsert>
const tokensFor = async (values: Values, client: Rp = rp) =>
	allTokens(await exchange(provider, client, await codeIsFor(provider, await codeFor(browser, client), values)))
const told = async (token: string) => (await (await userinfo(provider, token)).json()) as Record<string, unknown>

describe('the claims parameter (OpenID Connect Core §5.5)', () => {
	const claims = {
		id_token: { gender: null, nickname: { essential: true }, constructor: null },
		userinfo: { given_name: { essential: true }, middle_name: null, birthdate: { value: 'x' } },
	}
	test('puts each claim where it was asked for, with those of the scopes in both', async () => {
		const { access_token, id_token } = await tokensFor({ scope: 'openid pid', asked: JSON.stringify({ claims }) })
		const inToken = decodeJwt(id_token)
		expect(inToken).toMatchObject({ pid: holder.pid, gender: expect.any(String) })
		const atUserinfo = await told(access_token)
		// A claim that the registry does not have is left out, be it essential.
		expect(atUserinfo).toEqual({
			...{ sub: inToken.sub, pid: holder.pid },
			...{ given_name: 'สมชาย', birthdate: expect.any(String) },
		})
		for (const name of ['given_name', 'nickname', 'constructor', 'birthdate'])
			expect(Object.keys(inToken)).not.toContain(name)
		expect(Object.values({ ...inToken, ...atUserinfo })).not.toContain(null)
	})

	test('is written down with what was given', async () => {
		await tokensFor({ scope: 'openid', asked: JSON.stringify({ claims }) })
		const written = (await provider.db.select().from(schema.events)).filter(({ name }) => name === 'claimsGiven').at(-1)
		const { scope } = JSON.parse(written?.data ?? '{}') as { scope: string }
		expect(scope.split(' ')).toEqual(expect.arrayContaining(['openid', 'gender', 'given_name']))
	})

	test('counts after a refresh as well', async () => {
		const first = await tokensFor({ scope: 'openid', asked: JSON.stringify({ claims }) })
		const second = await allTokens(await refresh(provider, rp, first.refresh_token))
		expect(decodeJwt(second.id_token)).toHaveProperty('gender')
		expect(await told(second.access_token)).toHaveProperty('given_name')
	})
})

describe('sid (OpenID Connect Back-Channel Logout §2.1)', () => {
	test('is in the id_token where the session has a name, after a refresh too', async () => {
		const first = await tokensFor({ sid: 'name-of-the-session' })
		expect(decodeJwt(first.id_token).sid).toBe('name-of-the-session')
		const second = await allTokens(await refresh(provider, rp, first.refresh_token))
		expect(decodeJwt(second.id_token).sid).toBe('name-of-the-session')
		expect(decodeJwt((await tokensFor({ sid: null })).id_token)).not.toHaveProperty('sid')
	})
})

describe('sub', () => {
	const subs = async (said: Parameters<typeof register>[1]) => {
		const client = await register(provider, { idTokenAlg: 'ES256', ...said })
		await consented(provider, holder, client, 'openid pid name')
		const code = await codeFor(browser, client)
		const response = await exchange(provider, client, code)
		const { access_token, id_token } = (await response.json()) as { access_token: string; id_token: string }
		return [decodeJwt(id_token).sub, (await told(access_token)).sub]
	}
	test('is the citizen number for an approved agency that comes from ThaID, and for nobody else', async () => {
		expect(await subs({ profile: 'thaid-v2', pidAsSubject: true })).toEqual([holder.pid, holder.pid])
		for (const said of [{ profile: 'thaid-v2' }, { profile: 'oidc', pidAsSubject: true }] as const) {
			const [inToken, atUserinfo] = await subs(said)
			expect(inToken).toMatch(/^[\w-]{43}$/)
			expect(atUserinfo).toBe(inToken)
		}
	})

	test('is one for a sector, another for the next', async () => {
		const [[a], [b], [c]] = [
			await subs({ sector: 'one.example' }),
			await subs({ sector: 'one.example' }),
			await subs({ sector: 'two.example' }),
		]
		expect(a).toBe(b)
		expect(a).not.toBe(c)
	})
})

test('what was asked for is sealed with code and tokens, by the family: it may name other people', async () => {
	const said = { grantTypes: '["authorization_code","refresh_token"]', authorizationDetailsTypes: '["dopa_mandate"]' }
	const agency = await register(provider, said)
	await consented(provider, holder, agency, 'openid pid name')
	const detail = {
		type: 'dopa_mandate',
		act: 'x',
		delegate: 'นางสาวอื่น คนอื่น',
		valid_from: '2026-01-01',
		valid_until: '2026-01-02',
	}
	const asked = JSON.stringify({ authorization_details: [detail] })
	const tokens = await tokensFor({ scope: 'openid', asked }, agency)
	const again = await allTokens(await refresh(provider, agency, tokens.refresh_token))
	expect(again).toMatchObject({ authorization_details: [detail] })
	for (const table of [schema.codes, schema.accessTokens, schema.refreshTokens])
		expect(JSON.stringify(await provider.db.select().from(table))).not.toContain('คนอื่น')
})
