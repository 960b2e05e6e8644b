import * as oidc from 'openid-client'
import type { Check } from '../check.ts'
import { authorizationRequest, expectThat, REDIRECT_URI, redirected, stayed } from '../requests.ts'

/** A request with one thing wrong, and where the error has to go. */
const wrongRequest = (
	what: string,
	source: string,
	change: Record<string, string | null>,
	error: string | null,
): Check => ({
	what: error ? `${what}: ${error} to the redirect URI` : `${what}: a page, and no redirect`,
	source,
	async run(target) {
		const { url, state } = await authorizationRequest(await target.relyingParty(), change)
		if (!error) return stayed(target, url)
		const answer = await redirected(target, url)
		expectThat(answer.get('error') === error, `error is ${answer.get('error')}`)
		expectThat(answer.get('state') === state && answer.get('iss') === target.issuer, 'state or iss is missing')
	},
})

export const requests: Check[] = [
	wrongRequest('another redirect URI', 'RFC 9700 §2.1', { redirect_uri: 'https://evil.example/callback' }, null),
	wrongRequest('a redirect URI that only begins right', 'RFC 9700 §2.1', { redirect_uri: `${REDIRECT_URI}/x` }, null),
	wrongRequest('no redirect URI', 'OIDC Core §3.1.2.1', { redirect_uri: null }, null),
	wrongRequest('an unknown client', 'RFC 6749 §4.1.2.1', { client_id: 'nobody' }, null),
	wrongRequest('response_type=token', 'RFC 9700 §2.1.2', { response_type: 'token' }, 'unsupported_response_type'),
	wrongRequest('no PKCE', 'RFC 9700 §2.1.1', { code_challenge: null, code_challenge_method: null }, 'invalid_request'),
	wrongRequest('PKCE method plain', 'RFC 9700 §2.1.1', { code_challenge_method: 'plain' }, 'invalid_request'),
	wrongRequest('a request object', 'OIDC Core §6.1', { request: 'e30.e30.' }, 'request_not_supported'),
	wrongRequest('prompt=none without a session', 'OIDC Core §3.1.2.6', { prompt: 'none' }, 'login_required'),
	{
		what: 'a parameter twice is refused',
		source: 'RFC 6749 §3.1',
		async run(target) {
			const { url } = await authorizationRequest(await target.relyingParty())
			url.searchParams.append('scope', 'openid')
			const response = await target.browser().get(url.href)
			const error = new URL(response.headers.get('location') ?? 'about:blank').searchParams.get('error')
			expectThat(
				response.status === 400 || error === 'invalid_request',
				`HTTP ${response.status}, ${error ?? 'no error'}`,
			)
		},
	},
	{
		what: "another client's request_uri is refused",
		source: 'RFC 9126 §4',
		async run(target) {
			const { searchParams } = (await authorizationRequest(await target.relyingParty())).url
			const url = await oidc.buildAuthorizationUrlWithPAR(await target.relyingParty(), searchParams)
			url.searchParams.set('client_id', 'sample-agency-jwt')
			await stayed(target, url)
		},
	},
]
