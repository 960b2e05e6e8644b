import { afterAll, describe, expect, test } from 'bun:test'
import { exportJWK, generateKeyPair } from 'jose'
import * as client from 'openid-client'
import type { Citizen } from '../../kit/journeys.ts'
import { newKey, type Rp } from '../kit/relying-party.ts'
import { listen } from './kit/provider.ts'

/** openid-client, certified by others, as a relying party that knows our issuer and its registration. */
const provider = await listen()
afterAll(() => provider.close())

const INSECURE = client.allowInsecureRequests
const REFRESH = JSON.stringify(['authorization_code', 'refresh_token'])

interface Asked {
	verifier: string
	checks: client.AuthorizationCodeGrantChecks
	parameters: Record<string, string>
}

/** State, nonce and PKCE, as the library's documentation shows. */
async function asked(rp: Rp, more: Record<string, string> = {}): Promise<Asked> {
	const verifier = client.randomPKCECodeVerifier()
	const [state, nonce] = [client.randomState(), client.randomNonce()]
	return {
		verifier,
		checks: { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
		parameters: {
			redirect_uri: rp.redirectUri,
			scope: 'openid name',
			state,
			nonce,
			code_challenge: await client.calculatePKCECodeChallenge(verifier),
			code_challenge_method: 'S256',
			...more,
		},
	}
}

const bySecret = (
	rp: Rp,
	metadata: Partial<client.ClientMetadata> = {},
	...execute: ((c: client.Configuration) => void)[]
) =>
	client.discovery(provider.issuer, rp.id, metadata, client.ClientSecretBasic(rp.secret), {
		execute: [INSECURE, client.enableNonRepudiationChecks, ...execute],
	})

async function byKey(rp: Rp, ...execute: ((c: client.Configuration) => void)[]): Promise<client.Configuration> {
	const [key] = rp.keys
	if (!key) throw new Error('no key')
	const auth = client.PrivateKeyJwt({ key: key.privateKey, kid: key.kid })
	const metadata = { id_token_signed_response_alg: 'ES256' }
	return client.discovery(provider.issuer, rp.id, metadata, auth, {
		execute: [INSECURE, client.enableNonRepudiationChecks, ...execute],
	})
}

/** The middle of each test: from an authorization URL to tokens. */
async function tokens(config: client.Configuration, url: URL, { checks }: Asked, options = {}, who?: Citizen) {
	const brought = await provider.signIn(url, who)
	return client.authorizationCodeGrant(config, brought, checks, undefined, options)
}

/** What the library believes of somebody. */
async function name(config: client.Configuration, got: Awaited<ReturnType<typeof tokens>>, options = {}) {
	const subject = got.claims()?.sub ?? ''
	return (await client.fetchUserInfo(config, got.access_token, subject, options)).name
}

const NAME = /^.+ .+$/

describe('openid-client', () => {
	test('code with PKCE, a secret in the header, userinfo', async () => {
		const rp = await provider.register()
		const config = await bySecret(rp)
		const request = await asked(rp)
		const got = await tokens(config, client.buildAuthorizationUrl(config, request.parameters), request)
		expect(got.claims()).toMatchObject({ iss: provider.issuer.origin, aud: rp.id, acr: 'phr' })
		expect(await name(config, got)).toMatch(NAME)
	})

	test('a public client with PKCE', async () => {
		const rp = await provider.register({ authMethod: 'none', requirePkce: true })
		const config = await client.discovery(provider.issuer, rp.id, undefined, client.None(), { execute: [INSECURE] })
		const request = await asked(rp)
		const got = await tokens(config, client.buildAuthorizationUrl(config, request.parameters), request)
		expect(await name(config, got)).toMatch(NAME)
	})

	test('the answer as a form (response_mode=form_post)', async () => {
		const rp = await provider.register()
		const config = await bySecret(rp)
		const request = await asked(rp, { response_mode: 'form_post' })
		const got = await tokens(config, client.buildAuthorizationUrl(config, request.parameters), request)
		expect(await name(config, got)).toMatch(NAME)
	})

	test('FAPI 2.0: PAR, private_key_jwt and DPoP', async () => {
		const rp = await provider.register({ profile: 'fapi2', idTokenAlg: 'ES256', requirePkce: true }, [
			await newKey('ES256'),
		])
		const config = await byKey(rp)
		const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
		const request = await asked(rp)
		const url = await client.buildAuthorizationUrlWithPAR(config, request.parameters, { DPoP })
		expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
		const got = await tokens(config, url, request, { DPoP })
		expect(got.token_type).toBe('dpop')
		expect(await name(config, got, { DPoP })).toMatch(NAME)
		await expect(client.fetchUserInfo(config, got.access_token, got.claims()?.sub ?? '')).rejects.toThrow()
	})

	test('a signed request by value (JAR)', async () => {
		const key = await newKey('ES256')
		const rp = await provider.register({ requireRequestObject: true, idTokenAlg: 'ES256' }, [key])
		const config = await byKey(rp)
		const request = await asked(rp)
		const signing = { key: key.privateKey, kid: key.kid }
		const url = await client.buildAuthorizationUrlWithJAR(config, request.parameters, signing)
		expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request'])
		expect(await name(config, await tokens(config, url, request))).toMatch(NAME)
	})

	test('a signed answer (JARM)', async () => {
		const rp = await provider.register({ authorizationAlg: 'ES256' })
		const metadata = { authorization_signed_response_alg: 'ES256' }
		const config = await bySecret(rp, metadata, client.useJwtResponseMode)
		const request = await asked(rp)
		const url = client.buildAuthorizationUrl(config, request.parameters)
		expect(url.searchParams.get('response_mode')).toBe('jwt')
		const brought = await provider.signIn(url)
		expect([...(brought as URL).searchParams.keys()]).toEqual(['response'])
		const got = await client.authorizationCodeGrant(config, brought, request.checks)
		expect(await name(config, got)).toMatch(NAME)
	})

	test.each([
		['ECDH-ES', 'A256GCM', 'ECDH-ES'],
		['RSA-OAEP-256', 'A128CBC-HS256', 'RSA-OAEP-256'],
	])('encrypted id_token and userinfo (%s, %s)', async (alg, enc, generated) => {
		const { publicKey, privateKey } = await generateKeyPair(generated, { extractable: true })
		const jwk = { ...(await exportJWK(publicKey)), kid: `enc-${alg}`, alg, use: 'enc' }
		const encryption = JSON.stringify({ alg, enc })
		const rp = await provider.register({
			jwks: JSON.stringify({ keys: [jwk] }),
			idTokenEncryption: encryption,
			userinfoAlg: 'ES256',
			userinfoEncryption: encryption,
		})
		const metadata = {
			id_token_signed_response_alg: 'RS256',
			id_token_encrypted_response_alg: alg,
			userinfo_signed_response_alg: 'ES256',
		}
		const config = await bySecret(rp, metadata)
		client.enableDecryptingResponses(config, [enc], { key: privateKey, alg, kid: jwk.kid })
		const request = await asked(rp)
		const got = await tokens(config, client.buildAuthorizationUrl(config, request.parameters), request)
		expect(got.id_token?.split('.')).toHaveLength(5)
		expect(await name(config, got)).toMatch(NAME)
	})

	test('refresh', async () => {
		const rp = await provider.register({ grantTypes: REFRESH })
		const config = await bySecret(rp)
		const request = await asked(rp, { scope: 'openid name offline_access', prompt: 'consent' })
		const got = await tokens(config, client.buildAuthorizationUrl(config, request.parameters), request)
		const again = await client.refreshTokenGrant(config, got.refresh_token ?? '')
		expect(again.access_token).not.toBe(got.access_token)
		expect((await client.fetchUserInfo(config, again.access_token, got.claims()?.sub ?? '')).name).toMatch(NAME)
	})

	test('refresh with DPoP', async () => {
		const said = { profile: 'fapi2', idTokenAlg: 'ES256', requirePkce: true, grantTypes: REFRESH } as const
		const rp = await provider.register(said, [await newKey('ES256')])
		const config = await byKey(rp)
		const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
		const request = await asked(rp, { scope: 'openid name offline_access', prompt: 'consent' })
		const url = await client.buildAuthorizationUrlWithPAR(config, request.parameters, { DPoP })
		const got = await tokens(config, url, request, { DPoP })
		const again = await client.refreshTokenGrant(config, got.refresh_token ?? '', undefined, { DPoP })
		expect(again.refresh_token ?? got.refresh_token).toBe(got.refresh_token)
		await expect(client.refreshTokenGrant(config, got.refresh_token ?? '')).rejects.toThrow()
	})

	test('introspection and revocation', async () => {
		const rp = await provider.register()
		const config = await bySecret(rp)
		const request = await asked(rp)
		const got = await tokens(config, client.buildAuthorizationUrl(config, request.parameters), request)
		expect((await client.tokenIntrospection(config, got.access_token)).active).toBe(true)
		await client.tokenRevocation(config, got.access_token)
		expect((await client.tokenIntrospection(config, got.access_token)).active).toBe(false)
		await expect(name(config, got)).rejects.toThrow()
	})

	test('logout', async () => {
		const after = 'https://rp.example/after'
		const rp = await provider.register({ postLogoutRedirectUris: JSON.stringify([after]) })
		const config = await bySecret(rp)
		const request = await asked(rp)
		const citizen = provider.citizen()
		const got = await tokens(config, client.buildAuthorizationUrl(config, request.parameters), request, {}, citizen)
		const url = client.buildEndSessionUrl(config, {
			id_token_hint: got.id_token ?? '',
			post_logout_redirect_uri: after,
			state: 'here',
		})
		const response = await citizen.browser.get(url.href)
		expect(response.headers.get('location')).toBe(`${after}?state=here`)
		const silently = client.buildAuthorizationUrl(config, (await asked(rp, { prompt: 'none' })).parameters)
		const answer = new URL((await citizen.browser.get(silently.href)).headers.get('location') ?? '')
		expect(answer.searchParams.get('error')).toBe('login_required')
	})
})
