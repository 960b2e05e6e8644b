import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { schema } from '../../db/client.ts'
import type { Browser } from '../kit/http-client.ts'
import { newDpopKey, proof } from './kit/dpop.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { register } from './kit/relying-party.ts'
import { answerAt, authorize, codeFor, exchange, outcome, userinfo } from './kit/requests.ts'
import { codeIsFor, resourceServer } from './kit/resource.ts'
import { allTokens, exchangeWith, refresh } from './kit/tokens.ts'

/** RFC 8707, RFC 9068: access tokens for a resource server. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock, issuer } = provider
const rp = await register(provider, { grantTypes: '["authorization_code","refresh_token"]' })
const resource = await resourceServer(provider)
let browser: Browser
beforeAll(async () => {
	await consented(provider, await enrolled(provider), rp, 'openid pid name')
	const holder = (await db.select().from(schema.accounts))[0]
	browser = await signedIn(provider, { accountId: holder?.id ?? '', pid: '' })
})

const codeForIt = async (values: Parameters<typeof codeIsFor>[2] = { resource }) =>
	codeIsFor(provider, await codeFor(browser, rp), values)
const verified = async (token: string) => {
	const response = await provider.app.fetch(new Request(`${issuer}/.well-known/jwks.json`))
	const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet)
	return jwtVerify(token, keys, { issuer, audience: resource, typ: 'at+jwt', currentDate: new Date(clock.now()) })
}

describe('a token for a resource server', () => {
	test('is a JWT that it can read by itself (RFC 9068 §2)', async () => {
		const tokens = await allTokens(await exchange(provider, rp, await codeForIt()))
		const { payload, protectedHeader } = await verified(tokens.access_token)
		expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
		const now = Math.floor(clock.now() / 1_000)
		const { sub, auth_time, acr, amr } = decodeJwt(tokens.id_token)
		expect(payload).toEqual({
			...{ iss: issuer, aud: resource, sub, client_id: rp.id, iat: now, exp: now + 900, auth_time, acr, amr },
			jti: expect.stringMatching(/^at_[\w-]{22}$/),
			// Of what was granted, what the server has to do with.
			scope: 'pid name',
		})
		expect(tokens.scope).toBe('pid name')
	})

	test('bears its key and authorization_details', async () => {
		const key = await newDpopKey()
		const authorization_details = [{ type: 'sample', act: 'read' }]
		const code = await codeForIt({ resource, asked: JSON.stringify({ authorization_details }) })
		const dpop = await proof(provider, key, '/oauth/token')
		const tokens = (await allTokens(await exchangeWith(provider, rp, code, { dpop }))) as unknown as Record<
			string,
			string
		>
		const { payload } = await verified(tokens.access_token ?? '')
		expect(payload).toMatchObject({ cnf: { jkt: key.jkt }, authorization_details })
		// RFC 9396 §7
		expect(tokens).toMatchObject({ authorization_details, token_type: 'DPoP' })
	})

	test('is not one for us', async () => {
		const { access_token } = await allTokens(await exchange(provider, rp, await codeForIt()))
		expect(await outcome(await userinfo(provider, access_token))).toBe('401 invalid_token')
	})

	test('comes by refresh as well', async () => {
		const first = await allTokens(await exchange(provider, rp, await codeForIt()))
		const second = await allTokens(await refresh(provider, rp, first.refresh_token, { resource }))
		const { payload } = await verified(second.access_token)
		expect(payload.jti).not.toBe(decodeJwt(first.access_token).jti)
		// What was left out by the server's scopes is granted still.
		expect(second).toHaveProperty('id_token')
	})
})

describe('the resource of a token request (RFC 8707 §2.2)', () => {
	test.each<[string, string | null, string, string]>([
		['may be named again', resource, resource, '200'],
		['is no other', resource, 'https://other.example/', '400 invalid_target'],
		['is not spelt otherwise', resource, resource.slice(0, -1), '400 invalid_target'],
		['is none where none was granted', null, resource, '400 invalid_target'],
	])('%s', async (_, granted, asked, expected) => {
		const code = await codeForIt({ resource: granted })
		expect(await outcome(await exchange(provider, rp, code, { resource: asked }))).toBe(expected)
		expect(await outcome(await exchange(provider, rp, code))).toBe(expected === '200' ? '400 invalid_grant' : '200')
	})

	test('gets nothing once its server is suspended or gone', async () => {
		const { resourceServers } = schema
		const code = await codeForIt()
		await db.update(resourceServers).set({ status: 'suspended' }).where(eq(resourceServers.id, resource))
		expect(await outcome(await exchange(provider, rp, code))).toBe('400 invalid_target')
		await db.update(resourceServers).set({ status: 'live' }).where(eq(resourceServers.id, resource))
		const gone = await codeForIt({ resource: 'https://gone.example/' })
		expect(await outcome(await exchange(provider, rp, gone))).toBe('400 invalid_target')
		expect(await outcome(await exchange(provider, rp, code))).toBe('200')
	})
})

test('an agency that knows citizens by their number gets none for a resource: the API would learn it as `sub`', async () => {
	const agency = await register(provider, { profile: 'thaid-v2', idTokenAlg: 'ES256', pidAsSubject: true })
	expect(answerAt(agency, await authorize(browser, agency, { resource, scope: 'openid pid' })).error).toBe(
		'invalid_target',
	)
	const plain = await register(provider, { profile: 'thaid-v2', idTokenAlg: 'ES256' })
	expect((await authorize(browser, plain, { resource, scope: 'openid pid' })).headers.get('location')).toContain(
		'/sign-in/',
	)
})
