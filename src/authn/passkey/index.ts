import type {
	AuthenticationResponseJSON,
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
	RegistrationResponseJSON,
} from '@simplewebauthn/server'

export type {
	AuthenticationResponseJSON,
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
	RegistrationResponseJSON,
}

export interface RelyingPartyId {
	/** The RP ID: a host name. */
	id: string
	name: string
	/** Whole origins that may ask: `https://host[:port]`. */
	origins: readonly string[]
}

export type Tier = 'attested' | 'device-bound' | 'browser-bound'

/** The browser's own signature over the bytes of clientDataJSON: ECDSA P-256, SHA-256, r||s. */
export interface BrowserKeyProof {
	jwk: JsonWebKey
	/** base64url, 64 bytes. */
	signature: string
}

export interface AllowedPasskey {
	/** base64url. */
	id: string
	transports: string[]
}

export interface CreationRequest {
	/** The account's or officer's id; becomes `user.id` (its UTF-8 bytes) and comes back as userHandle. */
	userId: string
	userName: string
	displayName: string
	/** base64url. */
	challenge: string
	discoverable: 'required' | 'preferred' | 'discouraged'
	/** Only a key of this very device, not a security key. */
	platformOnly: boolean
	exclude?: readonly AllowedPasskey[]
	/** `direct` asks for a statement of the maker; `none` where it is left out. */
	attestation?: 'none' | 'direct'
}

/** As a row of `passkeys` keeps it; spread it into the insert. */
export interface NewPasskey {
	credentialId: string
	/** COSE key, base64url. */
	publicKey: string
	algorithm: number
	signCount: number
	backupEligible: boolean
	backedUp: boolean
	tier: Tier
	/** JWK as JSON, only for `browser-bound`. */
	browserKey: string | null
	/** JSON array of strings; `allowedPasskey` reads it. */
	transports: string
	aaguid: string
}

/** What an assertion is checked against: a row of `passkeys` or of `officerPasskeys`. */
export interface StoredPasskey {
	credentialId: string
	publicKey: string
	algorithm: number
	signCount: number
	backupEligible: boolean
	/** JWK as JSON; officers' rows have none. */
	browserKey?: string | null
	/** The owner, whichever the row has: a userHandle must be its UTF-8. */
	accountId?: string
	officerId?: string
}

export interface RegistrationToVerify {
	response: RegistrationResponseJSON
	challenge: string
	browserKey?: BrowserKeyProof
	allowTiers: readonly Tier[]
}

export interface AssertionToVerify {
	response: AuthenticationResponseJSON
	challenge: string
	stored: StoredPasskey
	browserKey?: BrowserKeyProof
	/** The list that `requestOptions` was given; where it was empty, a userHandle is required. */
	allow?: readonly { id: string }[]
}

export interface AssertionOutcome {
	/** What the authenticator now says; store it whether it went up or not. */
	signCount: number
	backedUp: boolean
	/** A signal of a copied key, no proof: most passkeys always say 0. */
	signCountWentBack: boolean
}

export async function creationOptions(
	rp: RelyingPartyId,
	request: CreationRequest,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
	throw new Error(`not yet written: ${rp.id} ${request.discoverable}`)
}

export async function requestOptions(
	rp: RelyingPartyId,
	request: { challenge: string; allow: readonly AllowedPasskey[] },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	throw new Error(`not yet written: ${rp.id} ${request.allow.length}`)
}

export async function verifyRegistration(rp: RelyingPartyId, given: RegistrationToVerify): Promise<NewPasskey> {
	throw new Error(`not yet written: ${rp.id} ${given.response.id}`)
}

export async function verifyAssertion(rp: RelyingPartyId, given: AssertionToVerify): Promise<AssertionOutcome> {
	throw new Error(`not yet written: ${rp.id} ${given.response.id}`)
}

/** The challenge that a response says it answers, to find its row by; null where there is none. Nothing is checked. */
export function challengeOf(response: { response: { clientDataJSON: string } }): string | null {
	throw new Error(`not yet written: ${response.response.clientDataJSON.length}`)
}

/** A stored row as `requestOptions` and `creationOptions` want it. */
export function allowedPasskey(row: { credentialId: string; transports?: string }): AllowedPasskey {
	throw new Error(`not yet written: ${row.credentialId}`)
}
