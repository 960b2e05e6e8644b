import { afterAll, describe, expect, test } from 'bun:test'
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { newKey, type Rp, type RpKey } from '../kit/relying-party.ts'
import { listen } from './kit/provider.ts'

/** oauth4webapi, which checks every answer by the letter, as a relying party that knows our issuer and its registration. */
const provider = await listen()
afterAll(() => provider.close())

const insecure = { [oauth.allowInsecureRequests]: true }
const REFRESH = JSON.stringify(['authorization_code', 'refresh_token'])
const NAME = /^.+ .+$/

const as = await oauth.processDiscoveryResponse(
	provider.issuer,
	await oauth.discoveryRequest(provider.issuer, { ...insecure, algorithm: 'oidc' }),
)

interface Party {
	rp: Rp
	client: oauth.Client
	auth: oauth.ClientAuth
}

const bySecret = (rp: Rp, more: Partial<oauth.Client> = {}): Party => ({
	rp,
	client: { client_id: rp.id, ...more },
	auth: oauth.ClientSecretBasic(rp.secret),
})

const signingKey = ({ privateKey: key, kid }: RpKey) => ({ key, kid })

async function byKey(said: Parameters<typeof provider.register>[0] = {}): Promise<Party & { key: RpKey }> {
	const key = await newKey('ES256')
	const rp = await provider.register({ idTokenAlg: 'ES256', ...said }, [key])
	const client = { client_id: rp.id, id_token_signed_response_alg: 'ES256' }
	return { rp, client, auth: oauth.PrivateKeyJwt(signingKey(key)), key }
}

interface Asked {
	params: URLSearchParams
	state: string
	nonce: string
	verifier: string
}

async function asked({ rp }: Party, more: Record<string, string> = {}): Promise<Asked> {
	const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
	const verifier = oauth.generateRandomCodeVerifier()
	const params = new URLSearchParams({
		client_id: rp.id,
		redirect_uri: rp.redirectUri,
		response_type: 'code',
		scope: 'openid name',
		state,
		nonce,
		code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
		code_challenge_method: 'S256',
		...more,
	})
	return { params, state, nonce, verifier }
}

const authorizationUrl = (params: URLSearchParams | Record<string, string>): URL =>
	new URL(`${as.authorization_endpoint}?${new URLSearchParams(params)}`)

interface Options {
	DPoP?: oauth.DPoPHandle
	[oauth.jweDecrypt]?: oauth.JweDecryptFunction
}

/** The answer at the redirect URI, by the library's checks. */
async function answered({ client }: Party, url: URL, { state }: Asked): Promise<URLSearchParams> {
	return oauth.validateAuthResponse(as, client, (await provider.signIn(url)) as URL, state)
}

async function redeemed({ rp, client, auth }: Party, params: URLSearchParams, request: Asked, options: Options = {}) {
	const { nonce, verifier } = request
	const sent = { ...insecure, ...options }
	const response = await oauth.authorizationCodeGrantRequest(as, client, auth, params, rp.redirectUri, verifier, sent)
	const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
		expectedNonce: nonce,
		requireIdToken: true,
		...options,
	})
	// The id_token's signature counts as well, not only the connection that it came by.
	await oauth.validateApplicationLevelSignature(as, response, insecure)
	return tokens
}

async function named({ client }: Party, tokens: oauth.TokenEndpointResponse, options: Options = {}): Promise<unknown> {
	const response = await oauth.userInfoRequest(as, client, tokens.access_token, { ...insecure, ...options })
	const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
	return (await oauth.processUserInfoResponse(as, client, subject, response, options)).name
}

describe('oauth4webapi', () => {
	test('code with PKCE, a secret in the header, userinfo', async () => {
		const party = bySecret(await provider.register())
		const request = await asked(party)
		const tokens = await redeemed(party, await answered(party, authorizationUrl(request.params), request), request)
		expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ aud: party.rp.id, acr: 'phr' })
		expect(await named(party, tokens)).toMatch(NAME)
	})

	test('private_key_jwt', async () => {
		const party = await byKey()
		const request = await asked(party)
		const tokens = await redeemed(party, await answered(party, authorizationUrl(request.params), request), request)
		expect(await named(party, tokens)).toMatch(NAME)
	})

	async function pushed({ client, auth, rp }: Party, { params }: Asked, DPoP?: oauth.DPoPHandle): Promise<URL> {
		const response = await oauth.pushedAuthorizationRequest(as, client, auth, params, {
			...insecure,
			...(DPoP ? { DPoP } : {}),
		})
		const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, response)
		return authorizationUrl({ client_id: rp.id, request_uri })
	}

	test('PAR', async () => {
		const party = bySecret(await provider.register())
		const request = await asked(party)
		const tokens = await redeemed(party, await answered(party, await pushed(party, request), request), request)
		expect(await named(party, tokens)).toMatch(NAME)
	})

	test('FAPI 2.0: PAR, private_key_jwt and DPoP; a refresh with the same key', async () => {
		const party = await byKey({ profile: 'fapi2', requirePkce: true, grantTypes: REFRESH })
		const { client, auth } = party
		const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
		const request = await asked(party, { scope: 'openid name offline_access', prompt: 'consent' })
		const tokens = await redeemed(party, await answered(party, await pushed(party, request, DPoP), request), request, {
			DPoP,
		})
		expect(tokens.token_type).toBe('dpop')
		expect(await named(party, tokens, { DPoP })).toMatch(NAME)
		await expect(named(party, tokens)).rejects.toThrow()
		const renew = (options: Options) =>
			oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', { ...insecure, ...options })
		const again = await oauth.processRefreshTokenResponse(as, client, await renew({ DPoP }))
		expect(again.access_token).not.toBe(tokens.access_token)
		await expect(oauth.processRefreshTokenResponse(as, client, await renew({}))).rejects.toThrow()
	})

	test('a signed request by value (JAR), and no other', async () => {
		const party = await byKey({ requireRequestObject: true })
		const request = await asked(party)
		const object = await oauth.issueRequestObject(as, party.client, request.params, signingKey(party.key))
		const url = authorizationUrl({ client_id: party.rp.id, request: object })
		const tokens = await redeemed(party, await answered(party, url, request), request)
		expect(await named(party, tokens)).toMatch(NAME)
		const plain = await provider.citizen().browser.get(authorizationUrl(request.params).href)
		expect(new URL(plain.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
	})

	test('a signed answer (JARM)', async () => {
		const rp = await provider.register({ authorizationAlg: 'ES256' })
		const party = bySecret(rp, { authorization_signed_response_alg: 'ES256' })
		const request = await asked(party, { response_mode: 'jwt' })
		const brought = (await provider.signIn(authorizationUrl(request.params))) as URL
		const params = await oauth.validateJwtAuthResponse(as, party.client, brought, request.state, insecure)
		expect(await named(party, await redeemed(party, params, request))).toMatch(NAME)
	})

	test('encrypted id_token and userinfo (JWE)', async () => {
		const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true })
		const jwk = { ...(await exportJWK(publicKey)), kid: 'enc', alg: 'ECDH-ES', use: 'enc' }
		const encryption = JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM' })
		const rp = await provider.register({
			jwks: JSON.stringify({ keys: [jwk] }),
			idTokenEncryption: encryption,
			userinfoAlg: 'ES256',
			userinfoEncryption: encryption,
		})
		const party = bySecret(rp, { userinfo_signed_response_alg: 'ES256' })
		const decrypt: oauth.JweDecryptFunction = async (jwe) =>
			new TextDecoder().decode((await compactDecrypt(jwe, privateKey)).plaintext)
		const options = { [oauth.jweDecrypt]: decrypt }
		const request = await asked(party)
		const params = await answered(party, authorizationUrl(request.params), request)
		const tokens = await redeemed(party, params, request, options)
		expect(tokens.id_token?.split('.')).toHaveLength(5)
		expect(await named(party, tokens, options)).toMatch(NAME)
	})

	test('a refresh that brings another refresh token', async () => {
		const party = bySecret(await provider.register({ grantTypes: REFRESH }))
		const { client, auth } = party
		const request = await asked(party, { scope: 'openid name offline_access', prompt: 'consent' })
		const tokens = await redeemed(party, await answered(party, authorizationUrl(request.params), request), request)
		const response = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', insecure)
		const again = await oauth.processRefreshTokenResponse(as, client, response)
		expect(again.refresh_token).toBeString()
		expect(again.refresh_token).not.toBe(tokens.refresh_token)
	})

	test('introspection and revocation', async () => {
		const party = bySecret(await provider.register())
		const { client, auth } = party
		const request = await asked(party)
		const { access_token } = await redeemed(
			party,
			await answered(party, authorizationUrl(request.params), request),
			request,
		)
		const active = async () => {
			const response = await oauth.introspectionRequest(as, client, auth, access_token, insecure)
			return (await oauth.processIntrospectionResponse(as, client, response)).active
		}
		expect(await active()).toBe(true)
		const response = await oauth.revocationRequest(as, client, auth, access_token, insecure)
		expect(await oauth.processRevocationResponse(response)).toBeUndefined()
		expect(await active()).toBe(false)
	})

	test('logout', async () => {
		const after = 'https://rp.example/after'
		const party = bySecret(await provider.register({ postLogoutRedirectUris: JSON.stringify([after]) }))
		const request = await asked(party)
		const citizen = provider.citizen()
		const brought = (await provider.signIn(authorizationUrl(request.params), citizen)) as URL
		const params = oauth.validateAuthResponse(as, party.client, brought, request.state)
		const { id_token } = await redeemed(party, params, request)
		const end = new URLSearchParams({ id_token_hint: id_token ?? '', post_logout_redirect_uri: after })
		const response = await citizen.browser.get(`${as.end_session_endpoint}?${end}`)
		expect(response.headers.get('location')).toBe(after)
	})
})
