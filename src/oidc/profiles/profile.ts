import type { SigningAlg } from '../wire.ts'

/**
 * What one kind of relying party must and may do. A profile is a file; a client has exactly one, and nothing lenient
 * can be reached from a strict client because the steps ask the client's profile and nothing else.
 */
export interface Profile {
	name: 'oidc'
	/** Authorization requests have to come by PAR. */
	requirePushed: boolean
	/** The id_token's algorithm where the client's registration says nothing. */
	defaultIdTokenAlg: SigningAlg
	/** The id_token carries `openid`'s claims only with this scope; without it a request is refused. */
	requireOpenid: boolean
	/** ms */
	codeLifetime: number
	/** ms */
	accessTokenLifetime: number
	/** Audiences that a client assertion may name. */
	assertionAudience: readonly ('issuer' | 'endpoint')[]
}
