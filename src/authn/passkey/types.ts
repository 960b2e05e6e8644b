import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'

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
	/** The account's or officer's id; becomes `user.id` (its UTF-8 bytes, 1 … 64) and comes back as userHandle. */
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

/** A statement whose own signature holds. Whether anybody should believe its signer is another question. */
export interface AttestationStatement {
	format: string
	aaguid: string
	/** X.509 in DER, the leaf first; empty for a format without certificates. */
	certificates: readonly Uint8Array[]
}

/**
 * Says whether a statement's certificates chain to a root that the operator trusts, for that AAGUID, and are not
 * revoked. The library has checked by then that the leaf signed the statement, and for `android-key`, `apple` and
 * `android-safetynet` that it chains to its own roots too (it may fetch revocation lists that certificates under those
 * roots name); for `packed`, `tpm` and `fido-u2f` this function alone decides whom to believe.
 */
export type AttestationTrust = (statement: AttestationStatement) => Promise<boolean>

export interface RegistrationToVerify {
	response: RegistrationResponseJSON
	/** base64url: the one that was handed out for this ceremony. */
	challenge: string
	browserKey?: BrowserKeyProof
	allowTiers: readonly Tier[]
	/** Without it no statement is taken and nothing is ever called `attested`. */
	attestationTrust?: AttestationTrust
}

export interface AssertionToVerify {
	response: AuthenticationResponseJSON
	/** base64url: the one that was handed out for this ceremony. */
	challenge: string
	stored: StoredPasskey
	browserKey?: BrowserKeyProof
	/** The list that `requestOptions` was given; where it was empty, a userHandle is required. */
	allow?: readonly { id: string }[]
}

export interface AssertionOutcome {
	/** What the authenticator says now. */
	signCount: number
	backedUp: boolean
	/** A signal of a copied key and no proof: most passkeys say 0 for ever. Report it, and do not rely on it. */
	signCountWentBack: boolean
}
