import { DAY, MINUTE, SECOND } from '../../lib/clock.ts'
import type { Profile } from './profile.ts'

/**
 * FAPI 2.0 Security Profile Final with private_key_jwt and DPoP: what a new relying party is proposed. Every request is
 * pushed, every token bound to a key, every signature of an algorithm that lasts.
 */
export const fapi2: Profile = {
	name: 'fapi2',
	authMethods: ['private_key_jwt'],
	secretByEither: false,
	// §5.4.1
	clientAlgs: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
	// §5.3.2.1: the issuer, as a string: an assertion for one endpoint could be replayed at another.
	assertionAudience: ['issuer'],
	assertionAudienceAsString: true,
	requestObjectNbf: true,
	requirePushed: true,
	requirePkce: true,
	honourPkce: true,
	repeatedParameters: 'refuse',
	unknownScope: 'ignore',
	requireOpenid: true,
	responseModes: ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'],
	defaultIdTokenAlg: 'ES256',
	idTokenAlgs: ['ES256', 'PS256', 'EdDSA'],
	senderConstrained: true,
	// §5.3.2.1: no rotation where tokens are sender-constrained.
	refreshTokens: 'keep',
	alwaysRefresh: false,
	// §5.3.2.1: 60 s at most.
	codeLifetime: 60 * SECOND,
	accessTokenLifetime: 15 * MINUTE,
	refreshTokenLifetime: 30 * DAY,
	refreshGrace: 0,
	dialect: null,
}
