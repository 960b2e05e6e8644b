import { base64url } from '../../lib/bytes.ts'
import { equalInConstantTime, sha256 } from '../../lib/crypto.ts'
import { invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 7636 §4.6. RFC 9700 §2.1.1: a verifier without a challenge is refused as well, or an attacker who strips the
 * challenge from the authorization request would not be noticed.
 */
export function checkVerifier(x: Exchange): void {
	if (x.params.get('grant_type') !== 'authorization_code') return
	// Without a challenge that counts there is nothing that a verifier could answer.
	if (!set(x.profile, 'profile').honourPkce) return
	const { codeChallenge } = set(x.found.code, 'code')
	const verifier = x.params.get('code_verifier')
	if (codeChallenge === null) {
		if (verifier !== undefined) throw invalidGrant('code_verifier without code_challenge')
		return
	}
	if (verifier === undefined || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier))
		throw invalidGrant('no or malformed code_verifier')
	if (!equalInConstantTime(base64url(sha256(verifier)), codeChallenge)) throw invalidGrant('wrong code_verifier')
}
