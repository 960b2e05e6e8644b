/** Names as the RFCs spell them; stored rows are camelCase. The crossing happens here and in `artifacts/`. */
import type { Found } from './reads.ts'

/** A relying party as the pipeline uses it: the stored row with its lists read. */
export interface Client extends Omit<StoredClient, 'redirectUris' | 'scopes'> {
	redirectUris: readonly string[]
	scopes: readonly string[]
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
	acr_values: string[]
	/** `sub` of an id_token_hint: nobody else may be answered for silently. */
	hinted_subject?: string
	ui_locales?: string
	/** Hash of the request_uri that brought it: consumed with the code, not at page load (link preloaders). */
	pushed?: string
}

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3 */
export interface TokenResponse {
	access_token: string
	token_type: 'Bearer'
	expires_in: number
	scope: string
	id_token?: string
}

export type Parameters = ReadonlyMap<string, string>
