/**
 * Passkeys: what a citizen or an officer has.
 *
 * `creationOptions` and `requestOptions` say what the browser is to ask of the authenticator: always with user
 * verification, always with the same three algorithms. `verifyRegistration` and `verifyAssertion` walk through
 * WebAuthn Level 3 §7.1 and §7.2 in the specification's order, with the checks that the library leaves to us: no frame
 * of another site, a backup eligibility that never changes, curves that fit their algorithm, a counter that is reported
 * and not trusted. A key that a cloud account may copy is let in as `browser-bound`, and only with the signature of the
 * browser's own key. A refusal carries a code and, privately, the step. Rows are the caller's; so are challenges.
 */
export type {
	AuthenticationResponseJSON,
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
	RegistrationResponseJSON,
} from '@simplewebauthn/server'
export { verifyAssertion } from './assertion.ts'
export { challengeOf } from './client-data.ts'
export { authenticationResponse, browserKeyProof, registrationResponse } from './input.ts'
export {
	ALGORITHMS,
	allowedPasskey,
	type CreationOptions,
	creationOptions,
	type RequestOptions,
	requestOptions,
} from './options.ts'
export type { PasskeyStep } from './refusals.ts'
export { verifyRegistration } from './registration.ts'
export type {
	AllowedPasskey,
	AssertionOutcome,
	AssertionToVerify,
	AttestationStatement,
	AttestationTrust,
	BrowserKeyProof,
	CreationRequest,
	NewPasskey,
	RegistrationToVerify,
	RelyingPartyId,
	StoredPasskey,
	Tier,
} from './types.ts'
