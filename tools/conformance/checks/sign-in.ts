import * as oidc from 'openid-client'
import type { Check } from '../check.ts'
import { authorizationRequest, citizenOf, exchange, expectThat, signedIn } from '../requests.ts'

export const signIn: Check[] = [
	{
		what: 'code + PKCE by QR: id_token verified, userinfo of the same sub, only what was asked for',
		source: 'OIDC Core §3.1, §5.3.2',
		async run(target) {
			const config = await target.relyingParty()
			const request = await authorizationRequest(config)
			const location = await citizenOf(target).signIn(request.url, 'qr')
			const tokens = await exchange(config, location, request)
			const claims = tokens.claims()
			expectThat(claims?.acr && claims.auth_time && Array.isArray(claims.amr), 'acr, amr or auth_time is missing')
			const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
			const given = Object.keys(userinfo).toSorted().join()
			expectThat(given === 'birthdate,name,pid,sub', `userinfo has ${given}`)
		},
	},
	{
		what: 'the same on one device, pushed, by private_key_jwt with ES256; one sub in one sector',
		source: 'RFC 9126, RFC 7523, OIDC Core §8.1',
		async run(target) {
			const config = await target.relyingParty('key')
			const { request, ...plain } = await signedIn(target, config)
			const { searchParams } = request.url
			const pushed = await oidc.buildAuthorizationUrlWithPAR(config, searchParams)
			const tokens = await exchange(config, await citizenOf(target).signIn(pushed, 'same device'), request)
			expectThat(tokens.claims()?.sub === plain.tokens.claims()?.sub, 'sub changes from sign-in to sign-in')
			const other = await signedIn(target, await target.relyingParty())
			expectThat(tokens.claims()?.sub === other.tokens.claims()?.sub, 'sub differs inside a sector')
		},
	},
	{
		what: 'the answer names its issuer and gives state back',
		source: 'RFC 9207 §2',
		async run(target) {
			const { location, request } = await signedIn(target, await target.relyingParty())
			const answer = new URL(location).searchParams
			expectThat(answer.get('iss') === target.issuer, `iss is ${answer.get('iss')}`)
			expectThat(answer.get('state') === request.state, 'another state')
		},
	},
	{
		what: 'no becomes access_denied',
		source: 'RFC 6749 §4.1.2.1',
		async run(target) {
			const request = await authorizationRequest(await target.relyingParty(), { prompt: 'login' })
			const answer = new URL(await citizenOf(target).signIn(request.url, 'decline')).searchParams
			expectThat(answer.get('error') === 'access_denied', `error is ${answer.get('error')}`)
			expectThat(!answer.has('code') && answer.get('iss') === target.issuer, 'a code, or no iss')
		},
	},
	{
		what: 'prompt=none is answered silently with a session, and asked anew with max_age=0',
		source: 'OIDC Core §3.1.2.1',
		async run(target) {
			const config = await target.relyingParty()
			await signedIn(target, config)
			const { browser } = citizenOf(target)
			const silent = await authorizationRequest(config, { prompt: 'none' })
			const location = (await browser.get(silent.url.href)).headers.get('location') ?? ''
			expectThat((await exchange(config, location, silent)).id_token, 'no id_token')
			const anew = await authorizationRequest(config, { prompt: 'none', max_age: '0' })
			const refused = (await browser.get(anew.url.href)).headers.get('location') ?? ''
			expectThat(new URL(refused).searchParams.get('error') === 'login_required', 'max_age=0 is not obeyed')
		},
	},
]
