import { createHash } from 'node:crypto'
import { SignJWT } from 'jose'
import { schema } from '../../../db/client.ts'
import { newSecret, systemRandom } from '../../../src/lib/random.ts'
import type { Browser } from '../../kit/http-client.ts'
import type { Parts } from './provider.ts'
import type { Rp } from './relying-party.ts'

/** What a test changes of a good request: a value, several, or `null` to leave the parameter out. */
export type Changes = Record<string, string | string[] | null>

export const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-1234'
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

/** A good authorization request, changed. */
export const authorizationParameters = (rp: Rp, changes: Changes = {}): URLSearchParams =>
	changed(
		{
			response_type: 'code',
			client_id: rp.id,
			redirect_uri: rp.redirectUri,
			scope: 'openid pid name',
			state: 'state-of-the-rp',
			nonce: 'nonce-of-the-rp',
			code_challenge: CHALLENGE,
			code_challenge_method: 'S256',
		},
		changes,
	)

export function changed(good: Record<string, string>, changes: Changes): URLSearchParams {
	const params = new URLSearchParams()
	for (const [name, value] of Object.entries({ ...good, ...changes }))
		for (const each of value === null ? [] : [value].flat()) params.append(name, each)
	return params
}

/** GET /oauth/authorize. */
export const authorize = (browser: Browser, rp: Rp, changes: Changes = {}): Promise<Response> =>
	browser.get(`/oauth/authorize?${authorizationParameters(rp, changes)}`)

/** The query of the redirect to the relying party. @throws Error where the answer went anywhere else */
export function answerAt(rp: Rp, response: Response): Record<string, string> {
	const location = response.headers.get('location')
	if (response.status !== 303 || !location) throw new Error(`no redirect but HTTP ${response.status}`)
	const url = new URL(location)
	if (url.origin + url.pathname !== rp.redirectUri) throw new Error(`a redirect to ${url.origin}${url.pathname}`)
	return Object.fromEntries(url.searchParams)
}

/** A code, by session and earlier consent. */
export async function codeFor(browser: Browser, rp: Rp, changes: Changes = {}): Promise<string> {
	const { code, ...rest } = answerAt(rp, await authorize(browser, rp, changes))
	if (!code) throw new Error(`no code: ${JSON.stringify(rest)}`)
	return code
}

export interface Sent {
	form: URLSearchParams
	headers: Record<string, string>
}

/** A form with the client's registered authentication. */
export async function authenticated(provider: Parts, rp: Rp, form: URLSearchParams): Promise<Sent> {
	const sent = { form: new URLSearchParams(form), headers: {} as Record<string, string> }
	if (rp.authMethod === 'client_secret_basic') sent.headers.authorization = basic(rp.id, rp.secret)
	else sent.form.set('client_id', rp.id)
	if (rp.authMethod === 'client_secret_post') sent.form.set('client_secret', rp.secret)
	if (rp.authMethod === 'private_key_jwt') {
		sent.form.set('client_assertion_type', ASSERTION_TYPE)
		sent.form.set('client_assertion', await assertion(provider, rp))
	}
	return sent
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** RFC 6749 §2.3.1. */
export const basic = (id: string, secret: string): string =>
	`Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`

/** A good client assertion by the relying party's first key. */
export async function assertion(provider: Parts, rp: Rp): Promise<string> {
	const [key] = rp.keys
	if (!key) throw new Error(`${rp.id} has no key`)
	const now = Math.floor(provider.clock.now() / 1_000)
	return new SignJWT({
		iss: rp.id,
		sub: rp.id,
		aud: provider.issuer,
		jti: newSecret(systemRandom),
		iat: now,
		exp: now + 60,
	})
		.setProtectedHeader({ alg: key.alg, kid: key.kid })
		.sign(key.privateKey)
}

export const post = (provider: Parts, path: string, { form, headers }: Sent): Promise<Response> =>
	Promise.resolve(
		provider.app.fetch(
			new Request(`${provider.issuer}${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
				body: form.toString(),
			}),
		),
	)

/** POST /oauth/token with the client's registered authentication. */
export async function exchange(provider: Parts, rp: Rp, code: string, changes: Changes = {}): Promise<Response> {
	return post(provider, '/oauth/token', await authenticated(provider, rp, tokenForm(rp, code, changes)))
}

export const tokenForm = (rp: Rp, code: string, changes: Changes = {}): URLSearchParams =>
	changed({ grant_type: 'authorization_code', code, redirect_uri: rp.redirectUri, code_verifier: VERIFIER }, changes)

/** POST /oauth/par. */
export async function push(provider: Parts, rp: Rp, changes: Changes = {}): Promise<Response> {
	return post(provider, '/oauth/par', await authenticated(provider, rp, authorizationParameters(rp, changes)))
}

export interface Tokens {
	access_token: string
	id_token: string
	token_type: string
	expires_in: number
	scope: string
}

/** @throws Error where there are none */
export async function tokensOf(response: Response): Promise<Tokens> {
	const body = (await response.json()) as Tokens & { error?: string }
	if (response.status !== 200) throw new Error(`no tokens: ${response.status} ${body.error}`)
	return body
}

export const userinfo = (provider: Parts, token: string, init: RequestInit = {}): Promise<Response> =>
	Promise.resolve(
		provider.app.fetch(
			new Request(`${provider.issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` }, ...init }),
		),
	)

/** `400 invalid_grant`: how a test states the outcome of a JSON endpoint. */
export async function outcome(response: Response): Promise<string> {
	const { error } = (await response.json()) as { error?: string }
	return error ? `${response.status} ${error}` : String(response.status)
}

/** What is kept of the requests that were pushed, opened. */
export async function pushedParameters({ db, vault }: Parts): Promise<Record<string, string>[]> {
	const rows = await db.select().from(schema.pushedRequests)
	return rows.map(({ uriHash, params }) => {
		const { sealed } = JSON.parse(params) as { sealed: string }
		return JSON.parse(vault.open(['pushed_requests', uriHash, 'params'], sealed)) as Record<string, string>
	})
}
