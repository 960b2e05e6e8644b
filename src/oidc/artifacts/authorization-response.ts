import type { AuthorizationRequest } from '../wire.ts'

type Answer = { code: string } | { error: string; description: string }

/**
 * RFC 6749 §4.1.2 and §4.1.2.1, with `iss` (RFC 9207). The registered URI stays as it is spelt, its query included
 * (RFC 6749 §3.1.2); it has no fragment.
 * @returns the URL to which the browser goes
 */
export function authorizationResponseUrl(
	issuer: string,
	to: Pick<AuthorizationRequest, 'redirect_uri' | 'state'>,
	answer: Answer,
): string {
	const params = new URLSearchParams(
		'code' in answer ? { code: answer.code } : { error: answer.error, error_description: answer.description },
	)
	if (to.state !== undefined) params.set('state', to.state)
	params.set('iss', issuer)
	return `${to.redirect_uri}${to.redirect_uri.includes('?') ? '&' : '?'}${params}`
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
