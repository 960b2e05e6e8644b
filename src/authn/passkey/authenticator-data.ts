import { type Bytes, base64url } from '../../lib/bytes.ts'
import { sha256 } from '../../lib/crypto.ts'
import { webauthnHelpers } from './library.ts'
import { orRefuse, refusal } from './refusals.ts'
import type { RelyingPartyId } from './types.ts'

/** WebAuthn L3 §6.1, read and checked. */
export interface AuthenticatorData {
	backupEligible: boolean
	backedUp: boolean
	signCount: number
	/** Only at registration. */
	attested: { credentialId: string; credentialIdLength: number; publicKey: Uint8Array } | null
}

/**
 * The authenticator's part of WebAuthn L3 §7.1 steps 13-18 and §7.2 steps 16-20: whose RP, somebody there, somebody
 * verified, and backup flags that can be true together. Its signature is not checked here.
 * @throws ServiceError passkey_refused
 */
export async function checkAuthenticatorData(rp: RelyingPartyId, bytes: Bytes): Promise<AuthenticatorData> {
	const { parseAuthenticatorData } = await webauthnHelpers()
	const data = await orRefuse('shape', () => parseAuthenticatorData(bytes))
	if (base64url(data.rpIdHash) !== base64url(sha256(rp.id))) throw refusal('passkey_refused', 'rp-id')
	if (!data.flags.up) throw refusal('passkey_refused', 'user-present')
	if (!data.flags.uv) throw refusal('passkey_refused', 'user-verified')
	// "If the BE bit of the flags in authData is not set, verify that the BS bit is not set."
	if (data.flags.bs && !data.flags.be) throw refusal('passkey_refused', 'backup-flags')
	return {
		backupEligible: data.flags.be,
		backedUp: data.flags.bs,
		signCount: data.counter,
		attested:
			data.credentialID && data.credentialPublicKey
				? {
						credentialId: base64url(data.credentialID),
						credentialIdLength: data.credentialID.length,
						publicKey: data.credentialPublicKey,
					}
				: null,
	}
}
