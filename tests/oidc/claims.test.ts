import { afterAll, describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import type { people } from '../../src/ports/civil-registry/index.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { ALL_SCOPES, LATER_SCOPES, type Rp, register } from './kit/relying-party.ts'
import { codeFor, exchange, tokensOf, userinfo } from './kit/requests.ts'

/** What each scope gives of whom, in userinfo and in the id_token alike. */
const provider = await openProvider()
afterAll(() => provider.close())
const buddhist = await register(provider)
const iso = await register(provider, { birthdateFormat: 'iso' })

const holders = new Map<string, Holder>()
async function holderOf(name: keyof typeof people): Promise<Holder> {
	const holder = holders.get(name) ?? (await enrolled(provider, name))
	holders.set(name, holder)
	return holder
}

type Claims = Record<string, unknown>
const OF_THE_TOKEN = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'sid', 'acr', 'amr', 'at_hash']

/** What the relying party gets for these scopes. */
async function claimsOf(name: keyof typeof people, scope: string, rp: Rp = buddhist): Promise<Claims> {
	const holder = await holderOf(name)
	await provider.db.delete(schema.grants)
	await consented(provider, holder, rp, scope)
	const browser = await signedIn(provider, holder)
	const tokens = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp, { scope })))
	const { sub, ...claims } = (await (await userinfo(provider, tokens.access_token)).json()) as Claims
	const payload = JSON.parse(Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString()) as Claims
	expect(payload.sub).toBe(sub)
	for (const [claim, value] of Object.entries(payload))
		if (!OF_THE_TOKEN.includes(claim)) expect(claims[claim]).toEqual(value)
	return claims
}

const address = {
	formatted: '99/1 หมู่ที่ 4 ตำบลคูคต อำเภอลำลูกกา จังหวัดปทุมธานี',
	street_address: '99/1 หมู่ที่ 4',
	locality: 'ลำลูกกา',
	region: 'ปทุมธานี',
	country: 'TH',
}

describe('each scope alone', () => {
	test.each<[string, Claims]>([
		['', {}],
		['pid', { pid: '1980000000019' }],
		['name', { name: 'สมชาย ใจดี' }],
		['name_en', { name_en: 'Somchai Jaidee' }],
		['birthdate', { birthdate: '25330512' }],
		['address', { address }],
		['given_name', { given_name: 'สมชาย' }],
		['middle_name', {}],
		['family_name', { family_name: 'ใจดี' }],
		['given_name_en', { given_name_en: 'Somchai' }],
		['middle_name_en', {}],
		['family_name_en', { family_name_en: 'Jaidee' }],
		['gender', { gender: 'male' }],
		['title', { title: 'นาย' }],
		['title_en', { title_en: 'Mr.' }],
		['ial', { ial: '2.1' }],
		['smartcard_code', { smartcard_code: expect.stringMatching(/^\d+$/) }],
		['date_of_issuance', { date_of_issuance: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) }],
		['date_of_expiry', { date_of_expiry: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) }],
		['house_address', { house_address: address }],
		['profile', { name: 'สมชาย ใจดี', given_name: 'สมชาย', family_name: 'ใจดี', gender: 'male', birthdate: '25330512' }],
	])('openid %s', async (scope, expected) => {
		expect(await claimsOf('somchai', `openid ${scope}`.trim())).toEqual(expected)
	})
})

describe('people of all kinds', () => {
	test.each<[keyof typeof people, string, Claims]>([
		['pimchanok', 'middle_name middle_name_en', { middle_name: 'มาลี', middle_name_en: 'Malee' }],
		['pimchanok', 'name name_en', { name: 'พิมพ์ชนก มาลี ศรีสุข', name_en: 'Pimchanok Malee Srisuk' }],
		['somying', 'gender title', { gender: 'female', title: 'นางสาว' }],
		['chanthra', 'birthdate', { birthdate: '25010700' }],
		['kham', 'birthdate', { birthdate: '24980000' }],
		['boonmee', 'date_of_expiry', {}],
	])('%s: %s', async (name, scopes, expected) => {
		expect(await claimsOf(name, `openid ${scopes}`)).toEqual(expected)
	})

	test.each<[keyof typeof people, string]>([
		['somchai', '1990-05-12'],
		// OpenID Connect Core §5.1: what is not known in full is told as the year.
		['chanthra', '1958'],
		['kham', '1955'],
	])('%s was born on %s for a client that is registered for ISO 8601', async (name, birthdate) => {
		expect(await claimsOf(name, 'openid birthdate', iso)).toEqual({ birthdate })
	})

	test('in Bangkok the street ends before แขวง', async () => {
		const { address } = (await claimsOf('somying', 'openid address')) as { address: Record<string, string> }
		expect(address.formatted).toMatch(/ แขวง\S+ เขต\S+ กรุงเทพมหานคร$/)
		expect(address.formatted).toStartWith(address.street_address ?? '?')
		expect(address.street_address).not.toContain('แขวง')
		expect(address.region).toBe('กรุงเทพมหานคร')
	})
})

test('a claim that two scopes stand for is given once, and nothing beyond what was asked', async () => {
	expect(Object.keys(await claimsOf('somchai', 'openid name profile gender')).sort()).toEqual([
		'birthdate',
		'family_name',
		'gender',
		'given_name',
		'name',
	])
})

test('all scopes at once', async () => {
	const claims = await claimsOf('pimchanok', `${ALL_SCOPES} ${LATER_SCOPES}`)
	expect(Object.keys(claims).sort()).toEqual(
		`${ALL_SCOPES} ${LATER_SCOPES}`
			.split(' ')
			.filter((scope) => !['openid', 'profile'].includes(scope))
			.sort(),
	)
})
