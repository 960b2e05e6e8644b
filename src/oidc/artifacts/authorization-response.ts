import type { AuthorizationRequest } from '../wire.ts'

type Answer = { code: string } | { error: string; description: string }

/**
 * RFC 6749 §4.1.2 and §4.1.2.1, with `iss` (RFC 9207). Whatever query the registered URI has stays.
 * @returns the URL to which the browser goes
 */
export function authorizationResponseUrl(
	issuer: string,
	to: Pick<AuthorizationRequest, 'redirect_uri' | 'state'>,
	answer: Answer,
): string {
	const url = new URL(to.redirect_uri)
	if ('code' in answer) url.searchParams.set('code', answer.code)
	else {
		url.searchParams.set('error', answer.error)
		url.searchParams.set('error_description', answer.description)
	}
	if (to.state !== undefined) url.searchParams.set('state', to.state)
	url.searchParams.set('iss', issuer)
	return url.href
}

/** 303, not 307: a POST to us must not become a POST there (RFC 9700 §4.12). */
export function authorizationRedirect(
	issuer: string,
	to: Pick<AuthorizationRequest, 'redirect_uri' | 'state'>,
	answer: Answer,
): Response {
	return new Response(null, {
		status: 303,
		headers: {
			location: authorizationResponseUrl(issuer, to, answer),
			'cache-control': 'no-store',
			'referrer-policy': 'no-referrer',
		},
	})
}
