/** Names as the RFCs spell them; stored rows are camelCase. The crossing happens here and in `artifacts/`. */
import type { Found } from './reads.ts'

/** A relying party as the pipeline uses it: the stored row with its lists read. */
export interface Client
	extends Omit<
		StoredClient,
		| 'redirectUris'
		| 'scopes'
		| 'grantTypes'
		| 'authorizationDetailsTypes'
		| 'postLogoutRedirectUris'
		| 'idTokenEncryption'
		| 'userinfoEncryption'
	> {
	redirectUris: readonly string[]
	scopes: readonly string[]
	grantTypes: readonly string[]
	authorizationDetailsTypes: readonly string[]
	postLogoutRedirectUris: readonly string[]
	idTokenEncryption: Encryption | null
	userinfoEncryption: Encryption | null
}

/** JWE to a key of the client (OpenID Connect Registration §2). */
export interface Encryption {
	alg: 'ECDH-ES' | 'ECDH-ES+A256KW' | 'RSA-OAEP-256'
	enc: 'A128GCM' | 'A256GCM' | 'A128CBC-HS256' | 'A256CBC-HS512'
}

/** The part of its row that the protocol needs. */
export type StoredClient = NonNullable<Found['client']>
export type SigningAlg = StoredClient['idTokenAlg']

/** An authorization request after every check, as it waits for the citizen. */
export interface AuthorizationRequest {
	client_id: string
	redirect_uri: string
	/** Known scopes that the client may ask for, in the order asked. */
	scope: string[]
	state?: string
	nonce?: string
	/** S256 always. */
	code_challenge?: string
	prompt: string[]
	/** Seconds. */
	max_age?: number
	/** In order of preference. Where one that we know is named, nothing less is given (`acrSatisfies`). */
	acr_values: string[]
	/** OpenID Connect Core §5.5.1.1: even words that we do not know had to be met. */
	acr_essential?: true
	/** `sub` of an id_token_hint, or of the claims parameter: nobody else is answered for. */
	hinted_subject?: string
	ui_locales?: string
	/** Default `query`. */
	response_mode?: ResponseMode
	/** OpenID Connect Core §5.5, as far as it can be given. */
	claims?: ClaimsRequest
	/** RFC 8707: one of the registered resource servers. */
	resource?: string
	/** RFC 9396 */
	authorization_details?: AuthorizationDetail[]
	/** RFC 9449 §10 */
	dpop_jkt?: string
	/** OpenID Connect Core §3.1.2.1 `login_hint`: opaque, never a PID. */
	login_hint?: string
	/** Hash of the request_uri that brought it: consumed with the code, not at page load (link preloaders). */
	pushed?: string
}

export type ResponseMode = 'query' | 'form_post' | 'jwt' | 'query.jwt' | 'form_post.jwt'

/** One claim asked for by name: null, or how. */
export type ClaimWish = null | { essential?: boolean; value?: unknown; values?: unknown[] }

export interface ClaimsRequest {
	userinfo?: Record<string, ClaimWish>
	id_token?: Record<string, ClaimWish>
}

export interface AuthorizationDetail {
	type: string
	[field: string]: unknown
}

/** What a request asked for beside scopes, as it is kept with code and tokens. */
export interface Asked {
	claims?: ClaimsRequest
	authorization_details?: AuthorizationDetail[]
}

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3 */
export interface TokenResponse {
	access_token: string
	token_type: 'Bearer' | 'DPoP'
	expires_in: number
	scope: string
	id_token?: string
	refresh_token?: string
	/** RFC 9396 §7 */
	authorization_details?: AuthorizationDetail[]
}

export type Parameters = ReadonlyMap<string, string>
