import { afterAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { createLocalJWKSet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import { schema } from '../../db/client.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { ALL_SCOPES, LATER_SCOPES, newKey, type Rp, register } from './kit/relying-party.ts'
import {
	answerAt,
	authorize,
	type Changes,
	codeFor,
	exchange,
	type Tokens,
	tokensOf,
	userinfo,
	VERIFIER,
} from './kit/requests.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const holder = await enrolled(provider)
const longest = await enrolled(provider, 'phimphattra')
const jwks = createLocalJWKSet(
	await (await provider.app.fetch(new Request(`${provider.issuer}/.well-known/jwks.json`))).json(),
)

const ALGS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
const byAlg = Object.fromEntries(
	await Promise.all(ALGS.map(async (idTokenAlg) => [idTokenAlg, await register(provider, { idTokenAlg })] as const)),
) as Record<(typeof ALGS)[number], Rp>

async function tokensFor(rp: Rp, changes: Changes = {}, of: Holder = holder, acr?: string): Promise<Tokens> {
	await consented(provider, of, rp, String(changes.scope ?? 'openid pid name'))
	return tokensOf(await exchange(provider, rp, await codeFor(await signedIn(provider, of, acr), rp, changes)))
}

const verified = async (rp: Rp, { id_token }: Tokens) =>
	jwtVerify(id_token, jwks, { issuer: provider.issuer, audience: rp.id, currentDate: new Date(provider.clock.now()) })

describe.each(ALGS)('%s, by the registration of the client', (alg) => {
	const rp = byAlg[alg]

	test('verifies by the published key of that name', async () => {
		const { protectedHeader } = await verified(rp, await tokensFor(rp))
		expect(protectedHeader).toEqual({ alg, kid: expect.any(String), typ: 'JWT' })
	})

	test('satisfies the strictest client, at_hash and nonce included', async () => {
		const as = await discover()
		const [client, fetching] = [{ client_id: rp.id, id_token_signed_response_alg: alg }, clientOptions()]
		await consented(provider, holder, rp, 'openid pid name')
		const response = await authorize(await signedIn(provider, holder), rp)
		const location = new URL(response.headers.get('location') ?? '')
		const params = oauth.validateAuthResponse(as, client, location, 'state-of-the-rp')
		const granted = await oauth.authorizationCodeGrantRequest(
			as,
			client,
			oauth.ClientSecretBasic(rp.secret),
			params,
			rp.redirectUri,
			VERIFIER,
			fetching,
		)
		const tokens = await oauth.processAuthorizationCodeResponse(as, withSkew(client), granted, {
			expectedNonce: 'nonce-of-the-rp',
			maxAge: 60,
			requireIdToken: true,
		})
		await oauth.validateApplicationLevelSignature(as, granted, fetching)
		const claims = oauth.getValidatedIdTokenClaims(tokens)
		const info = await oauth.userInfoRequest(as, client, tokens.access_token, fetching)
		expect(await oauth.processUserInfoResponse(as, client, claims?.sub ?? '', info)).toMatchObject({ pid: holder.pid })
	})

	test('has the left half of the right hash for at_hash (OpenID Connect Core §3.1.3.6)', async () => {
		const tokens = await tokensFor(rp)
		const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
			.update(tokens.access_token)
			.digest()
		const { payload } = await verified(rp, tokens)
		expect(payload.at_hash).toBe(digest.subarray(0, digest.length / 2).toString('base64url'))
	})
})

const clientOptions = () => ({
	[oauth.allowInsecureRequests]: true,
	[oauth.customFetch]: (url: string, init: object) => Promise.resolve(provider.app.fetch(new Request(url, init))),
})

/** The library has the machine's clock, the provider that of the test. */
const withSkew = (client: oauth.Client): oauth.Client => ({
	...client,
	[oauth.clockSkew]: Math.floor((provider.clock.now() - Date.now()) / 1_000),
})

async function discover(): Promise<oauth.AuthorizationServer> {
	const issuer = new URL(provider.issuer)
	return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, clientOptions()))
}

describe('what it says', () => {
	const rp = byAlg.RS256

	test('is for one audience, as a text, and for an hour', async () => {
		const { payload } = await verified(rp, await tokensFor(rp))
		const now = provider.clock.now() / 1_000
		expect(payload).toMatchObject({ iss: provider.issuer, aud: rp.id, iat: now, exp: now + 3_600, auth_time: now })
		expect(payload).toMatchObject({ nonce: 'nonce-of-the-rp', pid: holder.pid, name: 'สมชาย ใจดี' })
	})

	test('has no nonce where none was sent, and each nonce byte by byte', async () => {
		expect((await verified(rp, await tokensFor(rp, { nonce: null }))).payload).not.toHaveProperty('nonce')
		for (const nonce of ['n'.repeat(512), 'a\u0000b', 'ไทย "&<\\', ' ', '0']) {
			const { payload } = await verified(rp, await tokensFor(rp, { nonce, scope: 'openid' }))
			expect(payload.nonce).toBe(nonce)
		}
	})

	test.each([
		['phr', ['user', 'pin', 'mfa']],
		['urn:dopa:digital-id:acr:aal2:qr', ['user', 'pin', 'mfa']],
	])('tells how the citizen signed in: %s', async (acr, amr) => {
		expect((await verified(rp, await tokensFor(rp, {}, holder, acr))).payload).toMatchObject({ acr, amr })
	})

	test('a claim of the person cannot take the place of one of the protocol', async () => {
		const scope = `${ALL_SCOPES} ${LATER_SCOPES}`
		const { payload } = await verified(rp, await tokensFor(rp, { scope }))
		expect(payload).toMatchObject({ iss: provider.issuer, aud: rp.id })
	})
})

describe('sub is pairwise', () => {
	const subOf = async (rp: Rp, of: Holder = holder) => (await verified(rp, await tokensFor(rp, {}, of))).payload.sub

	test('the same at each sign-in, for each client of one sector', async () => {
		const [first, second] = [
			await register(provider, { sector: 'ministry.example' }),
			await register(provider, { sector: 'ministry.example' }),
		]
		expect(await subOf(first)).toBe(await subOf(first))
		expect(await subOf(second)).toBe(await subOf(first))
	})

	test('another for each sector and each person, and it tells nothing', async () => {
		const { RS256, ES256 } = byAlg
		const somying = await enrolled(provider, 'somying')
		const subs = [await subOf(RS256), await subOf(ES256), await subOf(RS256, somying), await subOf(ES256, somying)]
		expect(new Set(subs).size).toBe(4)
		for (const sub of subs) {
			expect(sub).toMatch(/^[\w-]{43}$/)
			expect([holder.accountId, somying.accountId]).not.toContain(sub ?? '')
		}
	})

	test('survives a digital ID that ended and was made anew', async () => {
		const before = await enrolled(provider, 'boonmee')
		const sub = await subOf(byAlg.RS256, before)
		await provider.db.update(schema.accounts).set({ status: 'ended' }).where(eq(schema.accounts.id, before.accountId))
		expect(await subOf(byAlg.RS256, await enrolled(provider, 'boonmee'))).toBe(sub)
	})
})

describe('its length: relying parties keep it in a cookie of 4 kB with everything else', () => {
	const everything = `${ALL_SCOPES} ${LATER_SCOPES}`
	/** The client with the longest name that anybody would register, and what it sends. */
	const LONG_ID = 'a-client-id-of-sixty-four-characters-as-the-console-gives-them-0'
	const nonces = { 'a usual nonce': 'n'.repeat(43), 'the longest nonce': 'n'.repeat(512) }

	test.each(ALGS.flatMap((alg) => Object.entries(nonces).map(([what, nonce]) => [alg, what, nonce] as const)))(
		'is 2,000 bytes at most with %s, %s, and the longest names of the country',
		async (idTokenAlg, _, nonce) => {
			const rp = await register(provider, { id: `${LONG_ID}${idTokenAlg}${nonce.length}`, idTokenAlg })
			const tokens = await tokensFor(rp, { scope: everything, nonce }, longest)
			expect(tokens.id_token.length).toBeLessThanOrEqual(2_000)
			const { payload } = await verified(rp, tokens)
			expect(payload).toMatchObject({ pid: people.phimphattra.pid, nonce, acr: 'phr' })
			const info = await (await userinfo(provider, tokens.access_token)).json()
			expect(Object.keys(info).sort()).toEqual(['sub', ...everything.split(' ').filter(isClaim)].sort())
		},
	)

	test('is filled: nothing is left out that would have had its place', async () => {
		const rp = await register(provider, {})
		const { payload } = await verified(rp, await tokensFor(rp, { scope: ALL_SCOPES }))
		expect(Object.keys(payload)).toEqual(expect.arrayContaining(['pid', 'name', 'name_en', 'address', 'birthdate']))
	})
})

const isClaim = (scope: string) => !['openid', 'profile'].includes(scope)

test('a client whose keys prove it gets the same', async () => {
	const rp = await register(provider, { idTokenAlg: 'ES256' }, [await newKey('ES256')])
	const { access_token, id_token } = await tokensFor(rp)
	expect((await verified(rp, { id_token } as Tokens)).payload.aud).toBe(rp.id)
	expect((await userinfo(provider, access_token)).status).toBe(200)
	expect(answerAt(rp, await authorize(provider.browser(), rp, { prompt: 'none' })).error).toBe('login_required')
})
