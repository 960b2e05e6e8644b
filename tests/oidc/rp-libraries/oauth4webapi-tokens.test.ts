import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as oauth from 'oauth4webapi'
import type { schema } from '../../../db/client.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import type { Browser } from '../../kit/http-client.ts'
import { openWorld } from '../../kit/world.ts'
import { consented, enrolled, type Holder, type Provider, signedIn } from '../kit/provider.ts'
import { type Rp, register } from '../kit/relying-party.ts'
import { answerAt } from '../kit/requests.ts'
import { codeIsFor, resourceServer } from '../kit/resource.ts'

/** What a library that was written elsewhere checks of tokens, beyond signing in: by the clock of the machine. */
const issuer = 'https://id.example'
let provider: Provider
let as: oauth.AuthorizationServer
let holder: Holder
let browser: Browser
beforeAll(async () => {
	const world = await openWorld({ issuer, clock: systemClock })
	provider = { ...world, clock: { now: systemClock.now, advance: () => {} } }
	const response = await oauth.discoveryRequest(new URL(issuer), http)
	as = await oauth.processDiscoveryResponse(new URL(issuer), response)
	holder = await enrolled(provider)
	browser = await signedIn(provider, holder)
})
afterAll(() => provider.close())

const http = {
	[oauth.customFetch]: async (url: string, init: RequestInit) => provider.app.fetch(new Request(url, init)),
}

interface Party {
	rp: Rp
	client: oauth.Client
	auth: oauth.ClientAuth
}

async function party(said: Partial<typeof schema.clients.$inferInsert> = {}): Promise<Party> {
	const rp = await register(provider, { idTokenAlg: 'ES256', ...said })
	await consented(provider, holder, rp, 'openid pid name')
	const client = { client_id: rp.id, id_token_signed_response_alg: 'ES256' }
	return { rp, client, auth: oauth.ClientSecretBasic(rp.secret) }
}

/** A code by session and consent, as this library asks for one. */
async function codeOf({ rp, client, auth }: Party, dpop?: oauth.DPoPHandle) {
	const verifier = oauth.generateRandomCodeVerifier()
	const nonce = oauth.generateRandomNonce()
	const state = oauth.generateRandomState()
	const parameters = {
		...{ response_type: 'code', redirect_uri: rp.redirectUri, scope: 'openid pid name', state, nonce },
		code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
		code_challenge_method: 'S256',
	}
	const pushed = await oauth.pushedAuthorizationRequest(as, client, auth, parameters, { ...http, DPoP: dpop })
	const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, pushed)
	const response = await browser.get(`/oauth/authorize?${new URLSearchParams({ client_id: rp.id, request_uri })}`)
	const answer = oauth.validateAuthResponse(as, client, new URLSearchParams(answerAt(rp, response)), state)
	return { answer, verifier, nonce }
}

interface Options {
	DPoP?: oauth.DPoPHandle
	/** Told the code before it is exchanged. */
	meanwhile?: (code: string) => Promise<unknown>
}

async function signIn(it: Party, { meanwhile, ...options }: Options = {}) {
	const { answer, verifier, nonce } = await codeOf(it, options.DPoP)
	await meanwhile?.(answer.get('code') ?? '')
	const { client, auth, rp } = it
	const response = await oauth.authorizationCodeGrantRequest(
		...([as, client, auth, answer, rp.redirectUri, verifier] as const),
		{ ...http, ...options },
	)
	return oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, ...options })
}

/** What is told of a token, as a JWT whose signature is checked. */
async function asked({ client, auth }: Party, token: string) {
	const response = await oauth.introspectionRequest(as, client, auth, token, { ...http, requestJwtResponse: true })
	const claims = await oauth.processIntrospectionResponse(as, client, response)
	await oauth.validateApplicationLevelSignature(as, response, http)
	return claims
}

test('a client whose clock is an hour behind is told a nonce, and gets through', async () => {
	const it = await party({ dpopBound: true })
	const slow = { ...it.client, [oauth.clockSkew]: -3_600 }
	const DPoP = oauth.DPoP(slow, await oauth.generateKeyPair('ES256'))
	// Without a proof: the code is bound to no key, so that only the nonce is in question.
	const { answer, verifier } = await codeOf(it)
	const request = () =>
		oauth.authorizationCodeGrantRequest(as, slow, it.auth, answer, it.rp.redirectUri, verifier, { ...http, DPoP })
	const refusal = await oauth
		.processAuthorizationCodeResponse(as, it.client, await request(), { expectedNonce: oauth.expectNoNonce })
		.catch((error: unknown) => error)
	expect(oauth.isDPoPNonceError(refusal)).toBe(true)
	expect((await request()).status).toBe(200)
})

test('a resource server validates its JWT, and the bound one with its proof (RFC 9068, RFC 9449)', async () => {
	const resource = await resourceServer(provider)
	const it = await party()
	const DPoP = oauth.DPoP(it.client, await oauth.generateKeyPair('ES256'))
	const meanwhile = (code: string) => codeIsFor(provider, code, { resource })
	const { access_token } = await signIn(it, { DPoP, meanwhile })
	let claims: unknown
	await oauth.protectedResourceRequest(access_token, 'GET', new URL(resource), new Headers(), null, {
		DPoP,
		async [oauth.customFetch](url, init) {
			claims = await oauth.validateJwtAccessToken(as, new Request(url, init as RequestInit), resource, http)
			return new Response(null, { status: 204 })
		},
	})
	expect(claims).toMatchObject({ client_id: it.rp.id, aud: resource, scope: 'pid name' })
})

test('an answer about a token is validated as a signed JWT (RFC 9701)', async () => {
	const it = await party()
	it.client.introspection_signed_response_alg = 'ES256'
	const tokens = await signIn(it)
	expect(await asked(it, tokens.access_token)).toMatchObject({ active: true, scope: 'openid pid name' })
})
