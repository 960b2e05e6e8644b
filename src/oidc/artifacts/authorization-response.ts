import { languageOf } from '../../lib/html.ts'
import type { Vault } from '../../lib/vault.ts'
import { redirectErrorInDialect } from '../dialect.ts'
import type { AuthorizationRequest, Client } from '../wire.ts'
import { type FormPost, formPostPage, formPostUrl } from './form-post.ts'
import { type JarmDeps, signedResponse } from './jarm.ts'

export type AuthorizationAnswer = { code: string } | { error: string; description: string }

export interface ResponseDeps extends JarmDeps {
	vault: Vault
}

type To = Pick<AuthorizationRequest, 'redirect_uri' | 'state' | 'response_mode' | 'ui_locales'>
type For = Pick<Client, 'id' | 'profile' | 'idTokenAlg' | 'authorizationAlg'>

/** How the answer travels: in the address to which the browser goes, or in a form that it posts there. */
export type AuthorizationResponse = { location: string } | { post: FormPost }

/**
 * RFC 6749 §4.1.2 and §4.1.2.1, with `iss` (RFC 9207), in the response mode of the request: `query`, `form_post`, and
 * both as one signed JWT (JARM). The registered URI stays as it is spelt, its query included (RFC 6749 §3.1.2); it has no
 * fragment.
 */
export async function authorizationResponse(
	deps: ResponseDeps,
	client: For,
	to: To,
	answer: AuthorizationAnswer,
): Promise<AuthorizationResponse> {
	const params: Record<string, string> =
		'code' in answer
			? { code: answer.code }
			: { error: redirectErrorInDialect(client, answer.error), error_description: answer.description }
	if (to.state !== undefined) params.state = to.state
	const mode = to.response_mode ?? 'query'
	const fields: Record<string, string> = mode.endsWith('jwt')
		? { response: await signedResponse(deps, client, params) }
		: { ...params, iss: deps.issuer }
	if (mode.startsWith('form_post'))
		return { post: { action: to.redirect_uri, fields, language: languageOf(to.ui_locales) ?? 'th' } }
	const joint = to.redirect_uri.includes('?') ? '&' : '?'
	return { location: `${to.redirect_uri}${joint}${new URLSearchParams(fields)}` }
}

/** The same as an address: where the browser can only be sent somewhere, a form lies on a page of ours. */
export async function authorizationLocation(
	deps: ResponseDeps,
	client: For,
	to: To,
	answer: AuthorizationAnswer,
): Promise<string> {
	const response = await authorizationResponse(deps, client, to, answer)
	return 'post' in response ? formPostUrl(deps, response.post) : response.location
}

/** The same as an answer to the browser. 303, not 307: a POST to us must not become a POST there (RFC 9700 §4.12). */
export async function answerAuthorization(
	deps: ResponseDeps,
	client: For,
	to: To,
	answer: AuthorizationAnswer,
): Promise<Response> {
	const response = await authorizationResponse(deps, client, to, answer)
	if ('post' in response) return formPostPage(response.post)
	return new Response(null, {
		status: 303,
		headers: { location: response.location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
	})
}
