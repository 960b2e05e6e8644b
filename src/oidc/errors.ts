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
	new ProtocolError('invalid_grant', 'the code is wrong, used, expired or not for this request', { detail })
export const unsupportedGrantType = () =>
	new ProtocolError('unsupported_grant_type', 'only authorization_code is supported')
export const unsupportedResponseType = () =>
	new ProtocolError('unsupported_response_type', 'only response_type=code is supported', redirectable)
export const invalidScope = (description: string) => new ProtocolError('invalid_scope', description, redirectable)
/** OpenID Connect Core §3.1.2.6 */
export const loginRequired = () =>
	new ProtocolError('login_required', 'the citizen has to sign in, and prompt=none forbids asking', redirectable)
export const consentRequired = () =>
	new ProtocolError('consent_required', 'the citizen has not consented to this yet', redirectable)
export const requestNotSupported = () =>
	new ProtocolError('request_not_supported', 'request objects are not supported', redirectable)
export const requestUriNotSupported = () =>
	new ProtocolError('request_uri_not_supported', 'only request_uris of the PAR endpoint are taken', {})
export const invalidRequestUri = () =>
	new ProtocolError('invalid_request_uri', 'the request_uri is unknown, expired, used, or of another client')
/** RFC 6750 §3.1 */
export const invalidToken = (detail: string) =>
	new ProtocolError('invalid_token', 'the access token is unknown, expired or revoked', {
		status: 401,
		detail,
		challenge: 'Bearer error="invalid_token"',
	})
export const missingToken = () =>
	new ProtocolError('invalid_request', 'an access token is needed', { status: 401, challenge: 'Bearer' })
export const insufficientScope = () =>
	new ProtocolError('insufficient_scope', 'userinfo needs the scope openid', {
		status: 403,
		challenge: 'Bearer error="insufficient_scope", scope="openid"',
	})
