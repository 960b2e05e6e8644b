import { base64url, fromBase64url } from '../../lib/bytes.ts'
import { type AuthenticatorData, checkAuthenticatorData } from './authenticator-data.ts'
import { checkNewBrowserKey } from './browser-key.ts'
import { checkClientData } from './client-data.ts'
import { webauthn, webauthnHelpers } from './library.ts'
import { ALGORITHMS } from './options.ts'
import { checkPublicKey } from './public-key.ts'
import { orRefuse, refusal } from './refusals.ts'
import type { NewPasskey, RegistrationToVerify, RelyingPartyId, Tier } from './types.ts'

/** WebAuthn L3 §7.1: "Verify that the credentialId is ≤ 1023 bytes." */
const CREDENTIAL_ID_MAX = 1023

interface Statement {
	format: string
	authData: Uint8Array<ArrayBuffer>
	/** Null where the statement has none: `none` itself, and packed self attestation. */
	certificates: Uint8Array[] | null
}

async function readStatement(attestationObject: string): Promise<Statement> {
	const { decodeAttestationObject } = await webauthnHelpers()
	const object = await orRefuse('shape', () => decodeAttestationObject(fromBase64url(attestationObject)))
	return orRefuse('shape', () => {
		const x5c: unknown = object.get('attStmt').get('x5c')
		return {
			format: object.get('fmt'),
			authData: object.get('authData'),
			certificates: Array.isArray(x5c) ? x5c.filter((part) => part instanceof Uint8Array) : null,
		}
	})
}

/**
 * What we did not ask for we do not take: without the operator's trust, only a statement that carries no certificate.
 * The library would follow a certificate's revocation list to whatever address it names.
 */
function checkStatementWanted(statement: Statement, given: RegistrationToVerify): void {
	if (given.attestationTrust || statement.format === 'none') return
	if (statement.format === 'packed' && statement.certificates === null) return
	throw refusal('passkey_refused', 'attestation')
}

/**
 * How firmly the key is bound, as far as can be known. Without a trusted statement the backup flag is the
 * authenticator's own word, so `device-bound` says "claims to be bound".
 */
async function tierOf(
	data: AuthenticatorData,
	statement: Statement,
	aaguid: string,
	given: RegistrationToVerify,
): Promise<Tier> {
	if (data.backupEligible) return 'browser-bound'
	const { certificates, format } = statement
	const trusted = certificates?.length && (await given.attestationTrust?.({ format, aaguid, certificates }))
	return trusted ? 'attested' : 'device-bound'
}

/**
 * WebAuthn L3 §7.1 for a new passkey, with the tier and the browser's own key.
 *
 * Not checked here, and the caller's to do: that the challenge was ours, is young and is used once, for this browser and
 * this ceremony; that no other row has the credential id.
 * @throws ServiceError passkey_challenge, passkey_copied, passkey_refused; `cause` names the step.
 */
export async function verifyRegistration(rp: RelyingPartyId, given: RegistrationToVerify): Promise<NewPasskey> {
	const { response, challenge } = given
	const { clientDataJSON, attestationObject, transports } = await orRefuse('shape', () => response.response)
	checkClientData(rp, clientDataJSON, { type: 'webauthn.create', challenge })
	const statement = await readStatement(attestationObject)
	const data = await checkAuthenticatorData(rp, statement.authData)
	if (!data.attested) throw refusal('passkey_refused', 'credential-id')
	const { credentialId, credentialIdLength, publicKey } = data.attested
	if (credentialIdLength === 0 || credentialIdLength > CREDENTIAL_ID_MAX || credentialId !== response.id)
		throw refusal('passkey_refused', 'credential-id')
	const algorithm = await checkPublicKey(publicKey)
	checkStatementWanted(statement, given)
	const { verifyRegistrationResponse } = await webauthn()
	const verified = await orRefuse('attestation', () =>
		verifyRegistrationResponse({
			response,
			expectedChallenge: challenge,
			expectedOrigin: [...rp.origins],
			expectedRPID: rp.id,
			requireUserVerification: true,
			supportedAlgorithmIDs: [...ALGORITHMS],
		}),
	)
	// The library also says no without an exception.
	if (!verified.verified) throw refusal('passkey_refused', 'attestation')
	const { aaguid } = verified.registrationInfo
	const tier = await tierOf(data, statement, aaguid, given)
	if (!given.allowTiers.includes(tier)) throw refusal('passkey_refused', 'tier')
	return {
		credentialId,
		publicKey: base64url(publicKey),
		algorithm,
		signCount: data.signCount,
		backupEligible: data.backupEligible,
		backedUp: data.backedUp,
		tier,
		browserKey: tier === 'browser-bound' ? await checkNewBrowserKey(given.browserKey, clientDataJSON) : null,
		transports: JSON.stringify(transports ?? []),
		aaguid,
	}
}
