import * as oidc from 'openid-client'
import type { Check } from '../check.ts'
import {
	authorizationRequest,
	citizenOf,
	exchange,
	expectThat,
	REDIRECT_URI,
	refusedWith,
	signedIn,
	stayed,
} from '../requests.ts'

export const codes: Check[] = [
	{
		what: 'a wrong code_verifier is refused, and a missing one',
		source: 'RFC 7636 §4.6',
		async run(target) {
			const config = await target.relyingParty()
			for (const verifier of [oidc.randomPKCECodeVerifier(), undefined]) {
				const request = await authorizationRequest(config, { prompt: 'login' })
				const location = new URL(await citizenOf(target).signIn(request.url, 'same device'))
				const checks = { expectedState: request.state, expectedNonce: request.nonce, pkceCodeVerifier: verifier }
				await refusedWith('invalid_grant', oidc.authorizationCodeGrant(config, location, checks))
			}
		},
	},
	{
		what: 'a code works once; its second use ends the tokens of the first',
		source: 'RFC 6749 §4.1.2',
		async run(target) {
			const config = await target.relyingParty()
			const { request, location, tokens } = await signedIn(target, config)
			const sub = tokens.claims()?.sub ?? ''
			await oidc.fetchUserInfo(config, tokens.access_token, sub)
			await refusedWith('invalid_grant', exchange(config, location, request))
			await refusedWith('invalid_token', oidc.fetchUserInfo(config, tokens.access_token, sub))
		},
	},
	{
		what: 'a code of one client is refused to another',
		source: 'RFC 6749 §4.1.3',
		async run(target) {
			const request = await authorizationRequest(await target.relyingParty(), { prompt: 'login' })
			const location = await citizenOf(target).signIn(request.url, 'same device')
			await refusedWith('invalid_grant', exchange(await target.relyingParty('key'), location, request))
		},
	},
	{
		what: 'a wrong secret is refused with 401 and a challenge',
		source: 'RFC 6749 §5.2',
		async run({ relyingParty }) {
			const response = await fetch((await relyingParty()).serverMetadata().token_endpoint ?? '', {
				method: 'POST',
				headers: { authorization: `Basic ${btoa('sample-agency:wrong')}` },
				body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: REDIRECT_URI }),
			})
			expectThat(response.status === 401 && response.headers.has('www-authenticate'), `HTTP ${response.status}`)
			expectThat(((await response.json()) as { error: string }).error === 'invalid_client', 'another error')
		},
	},
	{
		what: 'userinfo without a token, or with a wrong one, is 401 with a Bearer challenge',
		source: 'RFC 6750 §3',
		async run({ relyingParty }) {
			const url = (await relyingParty()).serverMetadata().userinfo_endpoint ?? ''
			for (const authorization of [null, 'Bearer wrong']) {
				const { status, headers } = await fetch(url, authorization ? { headers: { authorization } } : {})
				const challenge = headers.get('www-authenticate') ?? ''
				expectThat(status === 401 && /^Bearer\b/.test(challenge), `HTTP ${status}, ${challenge || 'no challenge'}`)
			}
		},
	},
	{
		what: 'a token answer is kept by no cache',
		source: 'RFC 6749 §5.1',
		async run(target) {
			const config = await target.relyingParty()
			let kept = ''
			config[oidc.customFetch] = async (url, init) => {
				const response = await fetch(url, init as RequestInit)
				if (url === config.serverMetadata().token_endpoint) kept = response.headers.get('cache-control') ?? ''
				return response
			}
			await signedIn(target, config)
			expectThat(kept === 'no-store', `cache-control is ${kept || 'missing'}`)
		},
	},
	{
		what: 'a client assertion works once',
		source: 'RFC 7523 §3, RFC 9700 §4.10.1',
		async run(target) {
			const { searchParams } = (await authorizationRequest(await target.relyingParty('key'))).url
			const config = await target.relyingParty('key', crypto.randomUUID())
			await oidc.buildAuthorizationUrlWithPAR(config, searchParams)
			await refusedWith('invalid_client', oidc.buildAuthorizationUrlWithPAR(config, searchParams))
		},
	},
	{
		what: 'a request_uri gives one code',
		source: 'RFC 9126 §7.3',
		async run(target) {
			const config = await target.relyingParty()
			const { searchParams } = (await authorizationRequest(config, { prompt: 'login' })).url
			const url = await oidc.buildAuthorizationUrlWithPAR(config, searchParams)
			await citizenOf(target).signIn(url, 'same device')
			await stayed(target, url)
		},
	},
]
