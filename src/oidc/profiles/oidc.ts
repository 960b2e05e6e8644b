import { MINUTE, SECOND } from '../../lib/clock.ts'
import type { Profile } from './profile.ts'

/**
 * The RFC 9700 baseline that every OpenID Connect library can do: exact redirect URIs, PKCE (S256) required of public
 * clients and of those registered so and honoured for all, secrets or keys.
 */
export const oidc: Profile = {
	name: 'oidc',
	requirePushed: false,
	// OpenID Connect Registration §2: RS256 where nothing is said.
	defaultIdTokenAlg: 'RS256',
	requireOpenid: true,
	codeLifetime: 60 * SECOND,
	accessTokenLifetime: 15 * MINUTE,
	assertionAudience: ['issuer', 'endpoint'],
}
