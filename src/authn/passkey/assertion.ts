import { base64url, fromBase64url, utf8 } from '../../lib/bytes.ts'
import { checkAuthenticatorData } from './authenticator-data.ts'
import { checkStoredBrowserKey } from './browser-key.ts'
import { checkClientData } from './client-data.ts'
import { webauthn } from './library.ts'
import { checkPublicKey } from './public-key.ts'
import { orRefuse, refusal } from './refusals.ts'
import type { AssertionOutcome, AssertionToVerify, RelyingPartyId } from './types.ts'

/** WebAuthn L3 §7.2 steps 5 and 6: the credential is one that was asked for, and its owner is the one we know. */
function checkOwner({ response, stored, allow }: AssertionToVerify): void {
	if (response.id !== stored.credentialId) throw refusal('passkey_unknown', 'credential')
	if (allow?.length && !allow.some(({ id }) => id === response.id)) throw refusal('passkey_unknown', 'allow-list')
	const { userHandle } = response.response
	const discovered = allow?.length === 0
	if (userHandle === undefined || userHandle === null || userHandle === '') {
		if (discovered) throw refusal('passkey_unknown', 'user-handle')
		return
	}
	const owner = stored.accountId ?? stored.officerId
	if (owner === undefined || userHandle !== base64url(utf8(owner))) throw refusal('passkey_unknown', 'user-handle')
}

async function checkSignature(rp: RelyingPartyId, { response, challenge, stored }: AssertionToVerify): Promise<void> {
	const publicKey = fromBase64url(stored.publicKey)
	if ((await checkPublicKey(publicKey)) !== stored.algorithm) throw refusal('passkey_refused', 'algorithm')
	const { verifyAuthenticationResponse } = await webauthn()
	const outcome = await orRefuse('signature', () =>
		verifyAuthenticationResponse({
			response,
			expectedChallenge: challenge,
			expectedOrigin: [...rp.origins],
			expectedRPID: rp.id,
			requireUserVerification: true,
			// The library refuses a count that did not go up; a signal that can be wrong is not its to decide. 0 silences it.
			credential: { id: stored.credentialId, publicKey, counter: 0 },
		}),
	)
	// A wrong signature is `verified: false`, without an exception.
	if (!outcome.verified) throw refusal('passkey_refused', 'signature')
}

/**
 * WebAuthn L3 §7.2 for a passkey that is on record, with the browser's own key where the passkey may be copied.
 *
 * Not checked here, and the caller's to do: that the challenge was ours, is young and is used once, for this browser and
 * this ceremony; that the stored passkey has not ended. Store the outcome only after every further check (the PIN's).
 * @throws ServiceError passkey_unknown, passkey_challenge, passkey_copied, passkey_refused; `cause` names the step.
 */
export async function verifyAssertion(rp: RelyingPartyId, given: AssertionToVerify): Promise<AssertionOutcome> {
	const { response, challenge, stored } = given
	const { clientDataJSON, authenticatorData } = await orRefuse('shape', () => response.response)
	checkOwner(given)
	checkClientData(rp, clientDataJSON, { type: 'webauthn.get', challenge })
	const data = await checkAuthenticatorData(rp, await orRefuse('shape', () => fromBase64url(authenticatorData)))
	// "Compare the values of currentBe and credentialRecord.backupEligible": set once, at creation. The library does not.
	if (data.backupEligible !== stored.backupEligible) throw refusal('passkey_refused', 'backup-eligibility-changed')
	await checkSignature(rp, given)
	if (stored.backupEligible) await checkStoredBrowserKey(stored.browserKey, given.browserKey, clientDataJSON)
	return {
		signCount: data.signCount,
		backedUp: data.backedUp,
		signCountWentBack: (data.signCount > 0 || stored.signCount > 0) && data.signCount <= stored.signCount,
	}
}
