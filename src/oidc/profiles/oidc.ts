import { DAY, MINUTE, SECOND } from '../../lib/clock.ts'
import type { Profile } from './profile.ts'

/**
 * The RFC 9700 baseline that every OpenID Connect library can do: exact redirect URIs, PKCE (S256) required of public
 * clients and of those registered so and honoured for all, secrets or keys.
 */
export const oidc: Profile = {
	name: 'oidc',
	authMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
	secretByEither: false,
	clientAlgs: ['ES256', 'PS256', 'EdDSA', 'Ed25519', 'RS256'],
	// Authlib names the token endpoint, others the issuer.
	assertionAudience: ['issuer', 'endpoint'],
	assertionAudienceAsString: false,
	requestObjectNbf: false,
	requirePushed: false,
	requirePkce: false,
	honourPkce: true,
	repeatedParameters: 'refuse',
	// OpenID Connect Core §3.1.2.1
	unknownScope: 'ignore',
	requireOpenid: true,
	responseModes: ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'],
	// OpenID Connect Registration §2: RS256 where nothing is said.
	defaultIdTokenAlg: 'RS256',
	idTokenAlgs: ['RS256', 'ES256', 'PS256', 'EdDSA'],
	senderConstrained: false,
	refreshTokens: 'rotate',
	alwaysRefresh: false,
	codeLifetime: 60 * SECOND,
	accessTokenLifetime: 15 * MINUTE,
	refreshTokenLifetime: 30 * DAY,
	// mod_auth_openidc repeats an old one after its info hook.
	refreshGrace: 30 * SECOND,
	dialect: null,
}
