import * as oidc from 'openid-client'
import type { Target } from './target.ts'

/** Registered at the sample agency; nothing has to listen there. */
export const REDIRECT_URI = 'http://localhost:8788/callback'

export interface Request {
	url: URL
	state: string
	nonce: string
	verifier: string
}

/** An authorization request as a careful relying party makes it. @param change parameters to set, or to leave out by `null` */
export async function authorizationRequest(
	config: oidc.Configuration,
	change: Record<string, string | null> = {},
): Promise<Request> {
	const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()]
	const parameters = {
		redirect_uri: REDIRECT_URI,
		scope: 'openid pid name birthdate',
		state,
		nonce,
		code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
		code_challenge_method: 'S256',
	}
	const url = oidc.buildAuthorizationUrl(config, parameters)
	for (const [name, value] of Object.entries(change)) {
		if (value === null) url.searchParams.delete(name)
		else url.searchParams.set(name, value)
	}
	return { url, state, nonce, verifier }
}

/** The token endpoint by the library, every check of it on. */
export function exchange(config: oidc.Configuration, location: string, { state, nonce, verifier }: Request) {
	return oidc.authorizationCodeGrant(config, new URL(location), {
		expectedState: state,
		expectedNonce: nonce,
		pkceCodeVerifier: verifier,
		idTokenExpected: true,
	})
}

/** A sign-in on the same device and its tokens. */
export async function signedIn(target: Target, config: oidc.Configuration, change: Record<string, string | null> = {}) {
	const request = await authorizationRequest(config, { prompt: 'login', ...change })
	const location = await citizenOf(target).signIn(request.url, 'same device')
	return { request, location, tokens: await exchange(config, location, request) }
}

export function citizenOf(target: Target): NonNullable<Target['citizen']> {
	if (!target.citizen) throw new NotRun('needs a citizen who is enrolled there')
	return target.citizen
}

/** The answer that went to the redirect URI without any page. @throws Error where it went elsewhere */
export async function redirected(target: Target, url: URL): Promise<URLSearchParams> {
	const response = await target.browser().get(url.href)
	const location = response.headers.get('location') ?? ''
	if (!location.startsWith(`${REDIRECT_URI}?`))
		throw new Error(`HTTP ${response.status}, to ${location || 'no location'}`)
	return new URL(location).searchParams
}

/** A page of the provider's own, and no way back to whoever asked. */
export async function stayed(target: Target, url: URL): Promise<void> {
	const response = await target.browser().get(url.href)
	const type = response.headers.get('content-type') ?? ''
	expectThat(response.status >= 400 && response.status < 500, `HTTP ${response.status}`)
	expectThat(!response.headers.has('location'), 'redirects')
	expectThat(type.startsWith('text/html'), type)
}

/** A check that cannot be made here. */
export class NotRun extends Error {
	override readonly name = 'NotRun'
}

export function expectThat(holds: unknown, otherwise: string): void {
	if (!holds) throw new Error(otherwise)
}

/** @throws Error unless the endpoint refuses with this OAuth error */
export async function refusedWith(error: string, attempt: Promise<unknown>): Promise<void> {
	const outcome = await attempt.then(
		() => 'accepted',
		(reason: unknown) => {
			if (reason instanceof oidc.ResponseBodyError) return reason.error
			if (reason instanceof oidc.WWWAuthenticateChallengeError)
				return reason.cause[0]?.parameters.error ?? (reason.status === 401 ? 'invalid_client' : `HTTP ${reason.status}`)
			return String(reason)
		},
	)
	expectThat(outcome === error, `expected ${error}, got ${outcome}`)
}
