import { createHash } from 'node:crypto'
import { newKey, type Rp, type RpKey } from '../../kit/relying-party.ts'
import type { Changes } from '../../kit/requests.ts'
import { type DpopKey, newDpopKey } from './book.ts'
import { hashOf, type ProofChanges } from './dpop.ts'
import {
	ask,
	type Code,
	clientPost,
	codeFrom,
	exchange,
	idTokenOf,
	request,
	type SignedIn,
	type TokenAnswer,
	type TokenRequest,
	tokensOf,
} from './flows.ts'
import { CODE, ID_TOKEN, PUSHED, RESOURCE, TOKENS } from './module.ts'
import { type Arrival, type Registration, type Run, randomText } from './run.ts'

/** FAPI 2.0 Security Profile as the suite drives it: PAR, PKCE, private_key_jwt, DPoP; userinfo is the resource. */
export const FAPI_SIGNED_IN = [PUSHED, CODE, TOKENS, ID_TOKEN] as const
export const FAPI_FLOW = [...FAPI_SIGNED_IN, RESOURCE] as const

/** A registration under the strict profile. The keys are the client's own. */
export async function fapiClient(op: Run, said: Registration = {}, keys?: RpKey[]): Promise<Rp> {
	const registration = { profile: 'fapi2', idTokenAlg: 'ES256', requirePkce: true, silent: false, ...said } as const
	return op.client(registration, keys ?? [await newKey('ES256')])
}

export interface Pushing {
	/** Of the pushed parameters. */
	change?: Changes
	assertion?: Record<string, unknown>
	/** Binds the code by a proof at the PAR endpoint (RFC 9449 §10.1). */
	dpop?: DpopKey
	proof?: ProofChanges
	method?: string
}

export interface Pushed {
	rp: Rp
	requestUri: string
	/** Seconds. */
	expiresIn: number
	params: URLSearchParams
}

/** Parameters with PKCE; the verifier is noted in the book. */
export function pushParams(op: Run, rp: Rp, change: Changes = {}): URLSearchParams {
	const verifier = `${randomText()}${randomText()}`
	const challenge = createHash('sha256').update(verifier).digest('base64url')
	op.book.verifiers.set(challenge, verifier)
	return request(rp, { scope: 'openid name', code_challenge: challenge, code_challenge_method: 'S256', ...change })
}

/** The PAR endpoint; nothing is checked. */
export async function push(
	op: Run,
	rp: Rp,
	given: Pushing = {},
): Promise<{ answer: TokenAnswer; params: URLSearchParams }> {
	const { pushed_authorization_request_endpoint: url } = await op.discovery()
	const params = pushParams(op, rp, given.change)
	return { answer: await clientPost(op, url, rp, params, given), params }
}

/** Checks PUSHED. */
export async function pushed(op: Run, rp: Rp, given: Pushing = {}): Promise<Pushed> {
	const { answer, params } = await push(op, rp, given)
	return pushedBy(op, rp, answer, params)
}

export function pushedBy(op: Run, rp: Rp, { status, body }: TokenAnswer, params: URLSearchParams): Pushed {
	op.check('CheckPAREndpointResponse201WithNoError', status === 201 && !('error' in body), `${status} ${body.error}`)
	const uri = typeof body.request_uri === 'string' ? body.request_uri : null
	const requestUri = op.must('CheckForRequestUriValue', uri)
	const expiresIn = Number(body.expires_in)
	// FAPI 2.0 §5.3.2.2: less than ten minutes.
	op.check('CheckForPARResponseExpiresIn', expiresIn > 0 && expiresIn < 600, body.expires_in)
	return { rp, requestUri, expiresIn, params }
}

/** @param beside parameters that stand in the query beside client_id and request_uri */
export async function visitPushed(
	op: Run,
	{ rp, requestUri, params }: Pushed,
	beside: Record<string, string> = { scope: params.get('scope') ?? '', response_type: 'code' },
): Promise<Arrival> {
	return op.visit(new URLSearchParams({ client_id: rp.id, request_uri: requestUri, ...beside }))
}

/** From PAR to the code. Checks PUSHED and CODE. */
export async function pushedCode(
	op: Run,
	rp: Rp,
	given: Pushing = {},
	beside?: Record<string, string>,
): Promise<FapiCode> {
	const asked = await pushed(op, rp, given)
	return fapiCode(op, asked, await visitPushed(op, asked, beside))
}

export interface FapiCode extends Code {
	verifier: string
}

export async function fapiCode(op: Run, { rp, params }: Pushed, arrival: Arrival): Promise<FapiCode> {
	const code = await codeFrom(op, rp, params, arrival)
	return { ...code, verifier: op.book.verifiers.get(params.get('code_challenge') ?? '') ?? '' }
}

/** The token endpoint with verifier and proof; nothing is checked. */
export function redeem(
	op: Run,
	code: FapiCode,
	key: DpopKey | undefined,
	given: TokenRequest = {},
): Promise<TokenAnswer> {
	return exchange(op, code, { dpop: key, ...given, form: { code_verifier: code.verifier, ...given.form } })
}

export interface FapiSignedIn extends SignedIn {
	verifier: string
	key: DpopKey
}

/** Checks FAPI_SIGNED_IN. */
export async function fapiSignIn(
	op: Run,
	rp: Rp,
	given: Pushing & { key?: DpopKey; atToken?: TokenRequest } = {},
): Promise<FapiSignedIn> {
	return redeemed(op, await pushedCode(op, rp, given), given.key ?? given.dpop ?? (await newDpopKey()), given.atToken)
}

export async function redeemed(op: Run, code: FapiCode, key: DpopKey, given?: TokenRequest): Promise<FapiSignedIn> {
	const tokens = tokensOf(op, await redeem(op, code, key, given), 'DPoP')
	return { ...code, key, tokens, claims: await idTokenOf(op, code.rp, tokens.id_token, code.nonce) }
}

export interface ResourceRequest {
	/** Default `DPoP`. */
	scheme?: string
	proof?: ProofChanges
	headers?: Record<string, string>
	token?: string
	/** Default the token's own; null: no proof. */
	key?: DpopKey | null
}

/** Userinfo as the protected resource; nothing is checked. */
export async function resource(
	op: Run,
	{ tokens, key }: Pick<FapiSignedIn, 'tokens' | 'key'>,
	given: ResourceRequest = {},
): Promise<TokenAnswer> {
	const { userinfo_endpoint } = await op.discovery()
	const token = given.token ?? tokens.access_token
	const headers = { ...given.headers, authorization: `${given.scheme ?? 'DPoP'} ${token}` }
	const prover = given.key === undefined ? key : (given.key ?? undefined)
	return ask(op, userinfo_endpoint, prover, { ath: hashOf(token), ...given.proof }, { method: 'GET', headers })
}

/** Checks RESOURCE. */
export async function reached(op: Run, done: FapiSignedIn, given: ResourceRequest = {}): Promise<TokenAnswer> {
	const answer = await resource(op, done, given)
	op.check('EnsureHttpStatusCodeIs200or201', answer.status === 200, `${answer.status} ${answer.body.error ?? ''}`)
	op.check('EnsureResourceContainsSub', answer.body.sub === done.claims.sub, 'another sub')
	return answer
}

/** A refusal of the token endpoint. @param errors those that the condition lets pass */
export function refusedToken(op: Run, condition: string, answer: TokenAnswer, errors: readonly string[]): void {
	op.check('CheckTokenEndpointHttpStatus4xx', answer.status === 400 || answer.status === 401, answer.status)
	op.check('CheckTokenEndpointReturnedJsonContentType', answer.json, answer.headers.get('content-type'))
	op.check(condition, errors.includes(String(answer.body.error)), answer.body.error)
	const description = String(answer.body.error_description ?? '')
	op.check(
		'ValidateErrorDescriptionFromTokenEndpoint',
		/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(description),
		description,
	)
}

export const REFUSED_TOKEN = [
	'CheckTokenEndpointHttpStatus4xx',
	'CheckTokenEndpointReturnedJsonContentType',
	'ValidateErrorDescriptionFromTokenEndpoint',
] as const

/** A refusal of the PAR endpoint. */
export function refusedPush(
	op: Run,
	condition: string,
	{ status, body }: TokenAnswer,
	errors: readonly string[],
): void {
	op.check('EnsurePARHttpStatusCodeIs400or401', status === 400 || status === 401, status)
	op.check(condition, errors.includes(String(body.error)), body.error)
}
