import { DAY, MINUTE, SECOND } from '../../lib/clock.ts'
import type { Profile } from './profile.ts'

/**
 * What relying parties written for ThaID send and expect. They are confidential clients that know a secret; most send no
 * PKCE, some the verifier of another challenge, some each parameter twice, some their secret by header and body at once.
 * All of this leniency stands here, and no other client reaches it.
 */
export const thaidV2: Profile = {
	name: 'thaid-v2',
	authMethods: ['client_secret_basic', 'client_secret_post'],
	secretByEither: true,
	clientAlgs: [],
	assertionAudience: [],
	assertionAudienceAsString: false,
	requestObjectNbf: false,
	requirePushed: false,
	requirePkce: false,
	honourPkce: false,
	repeatedParameters: 'same',
	unknownScope: 'refuse',
	// Without it the data come flat beside the access token.
	requireOpenid: false,
	responseModes: ['query'],
	defaultIdTokenAlg: 'ES256',
	idTokenAlgs: ['ES256', 'RS256'],
	senderConstrained: false,
	refreshTokens: 'rotate',
	alwaysRefresh: true,
	codeLifetime: 60 * SECOND,
	accessTokenLifetime: 15 * MINUTE,
	refreshTokenLifetime: 30 * DAY,
	refreshGrace: 30 * SECOND,
	dialect: 'thaid',
}
