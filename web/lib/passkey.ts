import {
	type AuthenticationResponseJSON,
	browserSupportsWebAuthn,
	type PublicKeyCredentialRequestOptionsJSON,
	startAuthentication,
	WebAuthnError,
} from '@simplewebauthn/browser'
import type { RequestOptions } from './api-types.ts'
import { type BrowserKeyProof, proveBrowser } from './browser-key.ts'
import { Failure, type KeyFailureCode } from './failure.ts'

/**
 * The passkey's answer, with the browser's own key beside it, and failures that have words. Making a passkey stands in
 * `make-passkey.ts`: signing in does not load it.
 */

export interface Answered<Response> {
	response: Response
	browserKey: BrowserKeyProof
}

/** A key that the passkey makes of a salt, where it can (WebAuthn Level 3 §10.1.4, `prf`). It never leaves this device. */
export interface Derivation {
	salt: Uint8Array<ArrayBuffer>
	take(output: ArrayBuffer): void
}

/** Lets a passkey answer. Must be called from a person's click. @throws Failure `key_…` */
export async function askPasskey(
	options: RequestOptions,
	derive?: Derivation,
): Promise<Answered<AuthenticationResponseJSON>> {
	const extensions = derive && { prf: { eval: { first: derive.salt } } }
	const optionsJSON = { ...options, extensions } as PublicKeyCredentialRequestOptionsJSON
	const response = await attempt(() => startAuthentication({ optionsJSON }))
	const { prf } = response.clientExtensionResults as AuthenticationExtensionsClientOutputs
	if (prf?.results) derive?.take(prf.results.first as ArrayBuffer)
	response.clientExtensionResults = {}
	return { response, browserKey: await proveBrowser(response.response.clientDataJSON) }
}

/** Runs an act of WebAuthn's. @throws Failure `key_…` */
export async function attempt<T>(act: () => Promise<T>): Promise<T> {
	if (!browserSupportsWebAuthn()) throw new Failure('key_unsupported')
	try {
		return await act()
	} catch (error) {
		throw new Failure(keyFailureOf(error), {}, { cause: error })
	}
}

/** The browser's vague names, told apart as far as they can be (WebAuthn Level 3 §5.1.3, §5.1.4). */
export function keyFailureOf(error: unknown): KeyFailureCode {
	if (error instanceof WebAuthnError) {
		switch (error.code) {
			case 'ERROR_CEREMONY_ABORTED':
				return 'key_interrupted'
			case 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED':
				return 'key_exists_already'
			case 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT':
			case 'ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE':
				return 'key_no_screen_lock'
			case 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT':
				return 'key_no_room'
			case 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG':
			case 'ERROR_MALFORMED_PUBKEYCREDPARAMS':
				return 'key_no_algorithm'
			case 'ERROR_INVALID_DOMAIN':
			case 'ERROR_INVALID_RP_ID':
				return 'key_wrong_address'
			default:
		}
	}
	const name = error instanceof Error ? error.name : ''
	// NotAllowedError says on purpose no more than "not": refused, waited too long, no such key, not verified.
	if (name === 'NotAllowedError') return 'key_cancelled'
	if (name === 'AbortError') return 'key_interrupted'
	if (name === 'InvalidStateError') return 'key_exists_already'
	if (name === 'SecurityError') return 'key_wrong_address'
	return 'key_trouble'
}
