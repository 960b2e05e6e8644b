import type {
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { fromBase64url, utf8 } from '../../lib/bytes.ts'
import { MINUTE } from '../../lib/clock.ts'
import { webauthn } from './library.ts'
import type { AllowedPasskey, CreationRequest, RelyingPartyId } from './types.ts'

/**
 * ES256, EdDSA, RS256. Pinned, when asking and when checking: the library's own list depends on the runtime (ML-DSA on
 * Bun and not on workerd), and a key made in one place must verify in the other.
 */
export const ALGORITHMS = [-7, -8, -257] as const

/** WebAuthn L3 §15.1: 5 minutes where user verification is required. As long as a challenge lives, too. */
const TIMEOUT = 5 * MINUTE

const USER_ID_MAX = 64

/** As the library's JSON forms; we ask for no extension, whose types (buffers) do not survive a JSON reply. */
export type CreationOptions = Omit<PublicKeyCredentialCreationOptionsJSON, 'extensions'>
export type RequestOptions = Omit<PublicKeyCredentialRequestOptionsJSON, 'extensions'>

type Hint = NonNullable<PublicKeyCredentialRequestOptionsJSON['hints']>[number]

function hintsFor(allow: readonly AllowedPasskey[]): Hint[] {
	const transports = new Set(allow.flatMap((passkey) => passkey.transports))
	const hints: Hint[] = []
	if (transports.has('internal')) hints.push('client-device')
	if (transports.has('usb') || transports.has('nfc')) hints.push('security-key')
	return hints
}

const listed = ({ id, transports }: AllowedPasskey) => ({ id, transports })

/**
 * Options for `navigator.credentials.create`: user verification required, algorithms pinned.
 * @throws Error where the caller's own values are impossible: a user id of more than 64 bytes, a challenge that is not
 * base64url.
 */
export async function creationOptions(rp: RelyingPartyId, request: CreationRequest): Promise<CreationOptions> {
	const userID = utf8(request.userId)
	if (userID.length === 0 || userID.length > USER_ID_MAX) throw new Error('a user id has 1 to 64 bytes')
	const { generateRegistrationOptions } = await webauthn()
	const { extensions: _, ...options } = await generateRegistrationOptions({
		rpName: rp.name,
		rpID: rp.id,
		userID,
		userName: request.userName,
		userDisplayName: request.displayName,
		// As bytes: a string would be taken for text and encoded once more.
		challenge: fromBase64url(request.challenge),
		timeout: TIMEOUT,
		attestationType: request.attestation ?? 'none',
		excludeCredentials: (request.exclude ?? []).map(listed),
		supportedAlgorithmIDs: [...ALGORITHMS],
		authenticatorSelection: {
			residentKey: request.discoverable,
			userVerification: 'required',
			...(request.platformOnly ? { authenticatorAttachment: 'platform' as const } : {}),
		},
	})
	return { ...options, hints: request.platformOnly ? ['client-device'] : ['security-key', 'client-device'] }
}

/**
 * Options for `navigator.credentials.get`: user verification required.
 * @param request.allow empty: the browser offers the discoverable passkeys that it finds.
 * @throws Error where the challenge is not base64url.
 */
export async function requestOptions(
	rp: RelyingPartyId,
	request: { challenge: string; allow: readonly AllowedPasskey[] },
): Promise<RequestOptions> {
	const { generateAuthenticationOptions } = await webauthn()
	const { extensions: _, ...options } = await generateAuthenticationOptions({
		rpID: rp.id,
		challenge: fromBase64url(request.challenge),
		timeout: TIMEOUT,
		userVerification: 'required',
		allowCredentials: request.allow.map(listed),
	})
	return { ...options, hints: hintsFor(request.allow) }
}

/** A stored row as `requestOptions` and `creationOptions` want it. What is no text among its transports is left out. */
export function allowedPasskey(row: { credentialId: string; transports?: string }): AllowedPasskey {
	const transports: unknown = JSON.parse(row.transports || '[]')
	const texts = Array.isArray(transports) ? transports.filter((value) => typeof value === 'string') : []
	return { id: row.credentialId, transports: texts }
}
