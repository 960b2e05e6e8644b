import type { Recipient } from './artifacts/encryption.ts'
import type { IdTokenHint } from './artifacts/id-token-hint.ts'
import type { OidcDeps } from './needs.ts'
import type { Profile } from './profiles/index.ts'
import type { Found } from './reads.ts'
import type { AuthorizationRequest, Client, Parameters } from './wire.ts'

/**
 * One request at one endpoint, as the pipeline's steps see it. Each field is set by exactly one step (named beside it)
 * and only read afterwards.
 */
export interface Exchange {
	readonly deps: OidcDeps
	readonly request: Request
	readonly endpoint: Endpoint
	/** ms; one instant for the whole request. */
	readonly now: number
	/** readParameters */
	params: Parameters
	/** readParameters: what came a second time, and a third. */
	repeated: readonly (readonly [name: string, value: string])[]
	/** gather: everything from the database, in one trip. */
	found: Found
	/** readAccessToken: how the token came. */
	presented: { scheme: 'Bearer' | 'DPoP'; token: string } | null
	/** knownClient, authenticateClient */
	client: Client | null
	profile: Profile | null
	/** authenticateClient: the jti that has to be consumed with the act. */
	assertion: OneTimeJwt | null
	/** checkDpop, checkTokenBinding: thumbprint of the proof's key, and the jti that has to be consumed with the act. */
	dpop: (OneTimeJwt & { jkt: string }) | null
	/** checkLogoutHint: the id_token by which a relying party asks for a session's end. */
	hint: IdTokenHint | null
	/** checkPostLogoutRedirectUri */
	postLogoutRedirectUri: string | null
	/** findRecipient: the key that the answer is encrypted to. */
	recipient: Recipient | null
	/** checkRedirectUri: from here on errors may travel. */
	redirectUri: string | null
	/** The request as it is put together by the check… steps. */
	authorization: Partial<AuthorizationRequest>
}

/** A JWT that may be used once: what `used_assertions` will hold. */
export interface OneTimeJwt {
	key: string
	/** ms */
	expiresAt: number
}

export type Endpoint =
	| 'par'
	| 'authorize'
	| 'token'
	| 'userinfo'
	| 'introspect'
	| 'revoke'
	| 'end_session'
	| 'logout_log'

/** A field that an earlier step of the matrix has set. @throws Error where the matrix is wrong: a bug. */
export function set<T>(value: T | null | undefined, name: string): T {
	if (value === null || value === undefined) throw new Error(`pipeline: ${name} is not set yet`)
	return value
}
