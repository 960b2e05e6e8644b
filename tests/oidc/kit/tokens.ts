import type { Parts } from './provider.ts'
import type { Rp } from './relying-party.ts'
import { authenticated, type Changes, changed, post, type Tokens, tokenForm } from './requests.ts'

export interface MoreTokens extends Tokens {
	refresh_token: string
}

/** POST with the client's registered authentication, and further headers. */
export async function send(
	provider: Parts,
	rp: Rp,
	path: string,
	form: URLSearchParams,
	headers: Record<string, string> = {},
): Promise<Response> {
	const sent = await authenticated(provider, rp, form)
	return post(provider, path, { form: sent.form, headers: { ...sent.headers, ...headers } })
}

export const exchangeWith = (
	provider: Parts,
	rp: Rp,
	code: string,
	headers: Record<string, string>,
	changes: Changes = {},
): Promise<Response> => send(provider, rp, '/oauth/token', tokenForm(rp, code, changes), headers)

export const refresh = (
	provider: Parts,
	rp: Rp,
	token: string,
	changes: Changes = {},
	headers: Record<string, string> = {},
): Promise<Response> =>
	send(provider, rp, '/oauth/token', changed({ grant_type: 'refresh_token', refresh_token: token }, changes), headers)

/** @throws Error where there are none */
export async function allTokens(response: Response): Promise<MoreTokens> {
	const body = (await response.json()) as MoreTokens & { error?: string }
	if (response.status !== 200) throw new Error(`no tokens: ${response.status} ${body.error}`)
	return body
}
