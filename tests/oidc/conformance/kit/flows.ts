import { createHash } from 'node:crypto'
import { compactVerify, type JWTPayload } from 'jose'
import type { Browser } from '../../../kit/http-client.ts'
import type { Rp } from '../../kit/relying-party.ts'
import { ASSERTION_TYPE, basic, type Changes, changed } from '../../kit/requests.ts'
import { clientAssertion, type DpopKey } from './book.ts'
import { proof } from './dpop.ts'
import { type Arrival, type Run, randomText } from './run.ts'

/** The acts of a sign-in, each with the conditions that hold wherever it ends well (`module.ts` has them in groups). */
export interface Given {
	change?: Changes
	method?: 'GET' | 'POST'
	browser?: Browser
}

export interface Code {
	rp: Rp
	code: string
	/** Null where none was sent. */
	nonce: string | null
	callback: URL
	/** Whether the citizen was asked, or a session spoke. */
	asked: boolean
}

/** A request as the suite makes it: `state` and `nonce` at random, no PKCE. */
export const request = (rp: Rp, change: Changes = {}): URLSearchParams =>
	changed(
		{
			response_type: 'code',
			client_id: rp.id,
			redirect_uri: rp.redirectUri,
			scope: 'openid',
			state: randomText(),
			nonce: randomText(),
		},
		change,
	)

/** The authorization endpoint, the citizen, and the answer at the redirect URI. Checks CODE. */
export async function authorized(op: Run, rp: Rp, given: Given = {}): Promise<Code> {
	const params = request(rp, given.change)
	return codeFrom(op, rp, params, await op.visit(params, given))
}

/** @param params what was asked for, wherever it was sent */
export async function codeFrom(op: Run, rp: Rp, params: URLSearchParams, arrival: Arrival): Promise<Code> {
	const callback = await op.answer(arrival, 'CheckIfAuthorizationEndpointError')
	const got = callback.searchParams
	op.check('CheckIfAuthorizationEndpointError', !got.has('error'), got.get('error'))
	op.check('CheckStateInAuthorizationResponse', got.get('state') === params.get('state'), got.get('state'))
	op.check('ValidateIssInAuthorizationResponse', got.get('iss') === op.book.issuer, got.get('iss'))
	const code = op.must('ExtractAuthorizationCodeFromAuthorizationResponse', got.get('code'), 'no code')
	const registered = new URL(rp.redirectUri)
	const same = callback.origin === registered.origin && callback.pathname === registered.pathname
	const queryKept = [...registered.searchParams].every(([name, value]) => got.get(name) === value)
	op.check('CheckMatchingCallbackParameters', same && queryKept, `${callback.pathname}${callback.search}`)
	return { rp, code, nonce: params.get('nonce'), callback, asked: arrival.at === 'sign-in' }
}

export interface TokenRequest {
	form?: Changes
	/** Whose credentials; by default the code's own client. */
	as?: Rp
	/** Claims of the client assertion that are changed. */
	assertion?: Record<string, unknown>
	/** Sends a DPoP proof of this key. */
	dpop?: DpopKey
	proof?: Record<string, unknown>
}

export interface TokenAnswer {
	status: number
	headers: Headers
	json: boolean
	/** Empty where there was no JSON. */
	body: Record<string, unknown>
}

/** What it takes to send something as a client. */
type Sender = Pick<Run, 'book' | 'send'>

/** Any POST by a client: its registered authentication is added. */
export async function clientPost(
	op: Sender,
	url: string,
	rp: Rp,
	form: URLSearchParams,
	given: Omit<TokenRequest, 'form' | 'as'> & { method?: string; headers?: Record<string, string> } = {},
): Promise<TokenAnswer> {
	const sent = new URLSearchParams(form)
	const headers: Record<string, string> = { ...given.headers }
	if (rp.authMethod === 'client_secret_basic') headers.authorization = basic(rp.id, rp.secret)
	else if (!sent.has('client_id')) sent.set('client_id', rp.id)
	if (rp.authMethod === 'client_secret_post') sent.set('client_secret', rp.secret)
	if (rp.authMethod === 'private_key_jwt' && !sent.has('client_assertion')) {
		sent.set('client_assertion_type', ASSERTION_TYPE)
		sent.set('client_assertion', await clientAssertion(op.book, rp, given.assertion))
	}
	return ask(op, url, given.dpop, given.proof, { method: given.method ?? 'POST', headers, body: sent })
}

/** With a DPoP proof where a key is given; once more with the nonce, where the server wants one (RFC 9449 §8). */
export async function ask(
	op: Sender,
	url: string,
	key: DpopKey | undefined,
	claims: Record<string, unknown> = {},
	init: RequestInit & { method: string },
): Promise<TokenAnswer> {
	const once = async (nonce?: string): Promise<TokenAnswer> => {
		const headers = new Headers(init.headers)
		const made = { ...(nonce === undefined ? {} : { nonce }), ...claims }
		if (key) headers.set('dpop', await proof(op.book, key, init.method, url, made))
		return read(await op.send(url, { ...init, headers }))
	}
	const first = await once()
	const nonce = first.headers.get('dpop-nonce')
	const wanted =
		first.body.error === 'use_dpop_nonce' || (first.headers.get('www-authenticate') ?? '').includes('use_dpop_nonce')
	return key && nonce !== null && wanted ? once(nonce) : first
}

export async function read(response: Response): Promise<TokenAnswer> {
	const text = await response.text()
	const { status, headers } = response
	const json = headers.get('content-type')?.startsWith('application/json') ?? false
	try {
		const body: unknown = JSON.parse(text)
		return { status, headers, json, body: typeof body === 'object' && body !== null ? { ...body } : {} }
	} catch {
		return { status, headers, json: false, body: {} }
	}
}

/** The token endpoint; nothing is checked. */
export async function exchange(op: Run, code: Code, given: TokenRequest = {}): Promise<TokenAnswer> {
	const { token_endpoint } = await op.discovery()
	const form = changed(
		{ grant_type: 'authorization_code', code: code.code, redirect_uri: code.rp.redirectUri },
		given.form ?? {},
	)
	return clientPost(op, token_endpoint, given.as ?? code.rp, form, given)
}

export interface Tokens {
	access_token: string
	id_token: string
	refresh_token: string | null
	answer: TokenAnswer
}

/** Checks TOKENS. */
export function tokensOf(op: Run, answer: TokenAnswer, type: 'Bearer' | 'DPoP' = 'Bearer'): Tokens {
	const { status, body } = answer
	op.check('CheckTokenEndpointHttpStatus200', status === 200, `${status} ${body.error ?? ''}`)
	op.check('CheckTokenEndpointReturnedJsonContentType', answer.json, answer.headers.get('content-type'))
	const { access_token, id_token, refresh_token } = body
	op.check('CheckForAccessTokenValue', typeof access_token === 'string' && access_token.length >= 22, 'no token')
	const asSaid = String(body.token_type).toLowerCase() === type.toLowerCase()
	op.check('CheckTokenTypeInTokenResponse', asSaid, body.token_type)
	op.check('ValidateExpiresIn', Number.isInteger(body.expires_in) && Number(body.expires_in) > 0, body.expires_in)
	return {
		access_token: String(access_token),
		id_token: typeof id_token === 'string' ? id_token : '',
		refresh_token: typeof refresh_token === 'string' ? refresh_token : null,
		answer,
	}
}

export type IdToken = JWTPayload & { sub: string; auth_time?: number; acr?: string; at_hash?: string; sid?: string }

/** OpenID Connect Core §3.1.3.7. Checks ID_TOKEN. @param nonce what was sent; null: none */
export async function idTokenOf(op: Run, rp: Rp, jwt: string, nonce: string | null): Promise<IdToken> {
	const claims = op.must('ValidateIdTokenSignature', await verified(op, jwt), 'no signature of a published key')
	const { iss, aud, exp, iat, sub } = claims
	const now = op.book.now()
	op.check('ValidateIdTokenIssuer', iss === op.book.issuer, iss)
	op.check('ValidateIdTokenAudience', aud === rp.id || (Array.isArray(aud) && aud.includes(rp.id)), aud)
	const timely = typeof exp === 'number' && typeof iat === 'number' && exp > now && Math.abs(now - iat) <= 60
	op.check('ValidateIdTokenExpAndIat', timely, `iat ${iat}, exp ${exp}, now ${now}`)
	op.check('ValidateIdTokenSub', typeof sub === 'string' && /^[\x21-\x7e]{1,255}$/.test(sub), typeof sub)
	op.check('ValidateIdTokenNonce', (claims.nonce ?? null) === nonce, claims.nonce)
	return claims as IdToken
}

/** By the key that the header names, or by any published one of that algorithm. Null where none fits. */
export async function verified(op: Run, jwt: string): Promise<JWTPayload | null> {
	const { jwks_uri } = await op.discovery()
	const { keys } = (await (await op.send(jwks_uri)).json()) as { keys: (JsonWebKey & { kid?: string })[] }
	const [head = ''] = jwt.split('.')
	const header = parsed(head)
	const fitting = keys.filter((key) => key.alg === header.alg && (header.kid === undefined || key.kid === header.kid))
	for (const key of fitting)
		try {
			const { payload } = await compactVerify(jwt, { ...key, kty: String(key.kty) })
			return JSON.parse(new TextDecoder().decode(payload)) as JWTPayload
		} catch {}
	return null
}

export function parsed(part: string): Record<string, unknown> {
	try {
		return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
	} catch {
		return {}
	}
}

export interface SignedIn extends Code {
	tokens: Tokens
	claims: IdToken
}

/** From the request to a verified id_token. Checks SIGNED_IN. */
export async function signIn(op: Run, rp: Rp, given: Given & TokenRequest = {}): Promise<SignedIn> {
	return completed(op, await authorized(op, rp, given), given)
}

export async function completed(op: Run, code: Code, given: TokenRequest = {}): Promise<SignedIn> {
	const tokens = tokensOf(op, await exchange(op, code, given), given.dpop ? 'DPoP' : 'Bearer')
	return { ...code, tokens, claims: await idTokenOf(op, code.rp, tokens.id_token, code.nonce) }
}

/** Checks USERINFO. */
export async function userinfo(
	op: Run,
	{ tokens, claims }: Pick<SignedIn, 'tokens' | 'claims'>,
	init: RequestInit = { headers: { authorization: `Bearer ${tokens.access_token}` } },
): Promise<TokenAnswer> {
	const { userinfo_endpoint } = await op.discovery()
	const answer = await read(await op.send(userinfo_endpoint, init))
	op.check('EnsureUserInfoHttpStatusCodeIs200', answer.status === 200, answer.status)
	op.check('EnsureUserInfoContainsSub', typeof answer.body.sub === 'string', 'no sub')
	op.check('VerifyUserInfoAndIdTokenSameSub', answer.body.sub === claims.sub, 'another sub')
	return answer
}

/** The header of a JWT, unverified. */
export const headerOf = (jwt: string): Record<string, unknown> => parsed(jwt.split('.')[0] ?? '')

/** OpenID Connect Core §3.1.3.6 */
export function accessTokenHash(token: string, alg: unknown): string {
	const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
		.update(token)
		.digest()
	return digest.subarray(0, digest.length / 2).toString('base64url')
}
