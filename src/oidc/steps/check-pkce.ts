import { invalidRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 7636 with S256 only (RFC 9700 §2.1.1); required where the profile says so, of public clients, and of those
 * registered so. A profile that does not honour challenges looks at none: its clients send the verifier of another one.
 */
export function checkPkce(x: Exchange): void {
	const client = set(x.client, 'client')
	const profile = set(x.profile, 'profile')
	if (!profile.honourPkce) return
	const challenge = x.params.get('code_challenge')
	const method = x.params.get('code_challenge_method')
	if (challenge === undefined) {
		if (method !== undefined) throw invalidRequest('code_challenge_method without code_challenge')
		if (profile.requirePkce || client.requirePkce || client.authMethod === 'none')
			throw invalidRequest('code_challenge is required')
		return
	}
	// RFC 7636 §4.3: a missing method means `plain`, which is not served.
	if (method !== 'S256') throw invalidRequest('code_challenge_method has to be S256')
	if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw invalidRequest('code_challenge is malformed')
	x.authorization.code_challenge = challenge
}
