import type { Endpoint } from './exchange.ts'

/**
 * Protocol errors. `error` is the code of the RFC, `description` is public, `detail` is for the log alone, and
 * `mayRedirect` knows whether the answer may travel to the relying party's redirect URI: never before client and URI
 * are known to belong together (RFC 6749 §4.1.2.1, RFC 9700 §4.11).
 */
export class ProtocolError extends Error {
	override readonly name = 'ProtocolError'
	constructor(
		readonly error: string,
		readonly description: string,
		readonly options: {
			status?: 400 | 401 | 403 | 404 | 405 | 415 | 429 | 503
			detail?: string
			mayRedirect?: boolean
			/** Value of WWW-Authenticate. */
			challenge?: string
			/** Seconds. */
			retryAfter?: number
			/** RFC 9449 §8: a nonce for the next proof. */
			dpopNonce?: string
		} = {},
	) {
		super(error)
	}
	get status(): 400 | 401 | 403 | 404 | 405 | 415 | 429 | 503 {
		return this.options.status ?? 400
	}
}

const redirectable = { mayRedirect: true } as const

/** RFC 6749 §4.1.2.1, §5.2: the request lacks something, repeats something or is malformed. */
export const invalidRequest = (description: string, detail?: string) =>
	new ProtocolError('invalid_request', description, { ...redirectable, detail })
/** The same where nothing may go to the redirect URI: it, or the client, is what is wrong. */
export const untrustedRequest = (description: string, detail?: string) =>
	new ProtocolError('invalid_request', description, { detail })
export const unknownClient = () =>
	new ProtocolError('invalid_client', 'no relying party is registered by this client_id')
export const unauthorizedClient = (description: string) =>
	new ProtocolError('unauthorized_client', description, redirectable)
/** RFC 6749 §5.2: 401, and a challenge where the client tried the Authorization header. */
export const invalidClient = (detail: string, usedHeader: boolean) =>
	new ProtocolError('invalid_client', 'client authentication failed', {
		status: 401,
		detail,
		...(usedHeader ? { challenge: 'Basic realm="token"' } : {}),
	})
export const invalidGrant = (detail: string) =>
	new ProtocolError('invalid_grant', 'the code or refresh token is wrong, used, expired or not for this request', {
		detail,
	})
export const unsupportedGrantType = () =>
	new ProtocolError('unsupported_grant_type', 'only authorization_code and refresh_token are supported')
export const unsupportedResponseType = () =>
	new ProtocolError('unsupported_response_type', 'only response_type=code is supported', redirectable)
export const invalidScope = (description: string) => new ProtocolError('invalid_scope', description, redirectable)
/** RFC 8707 §2 */
export const invalidTarget = (description: string) => new ProtocolError('invalid_target', description, redirectable)
/** RFC 9396 §5 */
export const invalidAuthorizationDetails = (problem: string) =>
	new ProtocolError('invalid_authorization_details', `authorization_details: ${problem}`, redirectable)
/** OpenID Connect Unmet Authentication Requirements 1.0, RFC 9470 §5 */
export const unmetAuthentication = () =>
	new ProtocolError(
		'unmet_authentication_requirements',
		'the way of signing in that is asked for cannot be had',
		redirectable,
	)
/** To the person, not to the relying party, which would send them here again. @param retryAfter seconds */
export const tooManyRequests = (retryAfter: number) =>
	new ProtocolError('temporarily_unavailable', 'too many sign-ins begin in this network', { status: 429, retryAfter })
/** OpenID Connect Core §3.1.2.6 */
export const loginRequired = () =>
	new ProtocolError('login_required', 'the citizen has to sign in, and prompt=none forbids asking', redirectable)
export const consentRequired = () =>
	new ProtocolError('consent_required', 'the citizen has not consented to this yet', redirectable)
export const requestNotSupported = () =>
	new ProtocolError('request_not_supported', 'request objects are not supported for this client', redirectable)
/** RFC 9101 §7 */
export const invalidRequestObject = (detail: string) =>
	new ProtocolError(
		'invalid_request_object',
		'the request object is malformed, expired, for another server, or not signed by this client',
		{ ...redirectable, detail: `request object: ${detail}` },
	)
export const requestUriNotSupported = () =>
	new ProtocolError('request_uri_not_supported', 'only request_uris of the PAR endpoint are taken', {})
export const invalidRequestUri = () =>
	new ProtocolError('invalid_request_uri', 'the request_uri is unknown, expired, used, or of another client')
/** The client's own fault: what it registered cannot be done. */
export const noEncryptionKey = (detail: string) =>
	new ProtocolError('invalid_request', 'the client wants encrypted answers and has no usable key for them', { detail })
/** RFC 6750 §3.1 */
export const invalidToken = (detail: string) =>
	new ProtocolError('invalid_token', 'the access token is unknown, expired or revoked', {
		status: 401,
		detail,
		challenge: 'Bearer error="invalid_token"',
	})
export const missingToken = () =>
	new ProtocolError('invalid_request', 'an access token is needed', { status: 401, challenge: 'Bearer' })
/** RFC 6750 §2: in one way only. */
export const severalTokens = () =>
	new ProtocolError('invalid_request', 'an access token comes in one way, once', {
		challenge: 'Bearer error="invalid_request"',
	})
export const insufficientScope = () =>
	new ProtocolError('insufficient_scope', 'userinfo needs the scope openid', {
		status: 403,
		challenge: 'Bearer error="insufficient_scope", scope="openid"',
	})

type At = { endpoint: Endpoint }
const DPOP_CHALLENGE = 'DPoP algs="ES256 PS256 EdDSA Ed25519"'
/** RFC 9449 §5 at the token endpoint, §7.1 where a token is used. */
const dpopError = (
	error: string,
	description: string,
	{ endpoint }: At,
	options: { detail?: string; dpopNonce?: string },
) =>
	new ProtocolError(error, description, {
		...options,
		...(endpoint === 'userinfo' ? { status: 401, challenge: `${DPOP_CHALLENGE}, error="${error}"` } : {}),
	})
export const invalidDpopProof = (detail: string, at: At) =>
	dpopError('invalid_dpop_proof', 'the DPoP proof is missing, wrong, used or not for this request', at, { detail })
/** RFC 9449 §8, §9 */
export const useDpopNonce = (dpopNonce: string, at: At) =>
	dpopError('use_dpop_nonce', 'the DPoP proof has to bear the nonce that comes with this answer', at, { dpopNonce })
/** RFC 9449 §7.1, §7.2 */
export const invalidBoundToken = (detail: string) =>
	new ProtocolError('invalid_token', 'the access token is bound to a key, or not, other than it was presented', {
		status: 401,
		detail,
		challenge: `${DPOP_CHALLENGE}, error="invalid_token"`,
	})
