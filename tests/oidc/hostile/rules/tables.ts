import { asked } from './asked.ts'
import { authorizationRequest } from './authorization-request.ts'
import { bearer } from './bearer.ts'
import { clientAuthentication } from './client-authentication.ts'
import { codeGrant } from './code-grant.ts'
import { dpop } from './dpop.ts'
import { endSession } from './end-session.ts'
import { openidRequest } from './openid-request.ts'
import { pushedRequest } from './pushed-request.ts'
import { redirectUri } from './redirect-uri.ts'
import { refreshGrant } from './refresh-grant.ts'
import type { Rule } from './rule.ts'
import { tokensAskedAbout } from './tokens-asked-about.ts'
import { transport } from './transport.ts'

/** All the rules, by what they are about. */
export const TABLES: Record<string, readonly Rule[]> = {
	'the authorization request': authorizationRequest,
	'the redirect URI': redirectUri,
	'the parameters of OpenID Connect': openidRequest,
	'what else is asked for': asked,
	'pushed requests': pushedRequest,
	'who the client is': clientAuthentication,
	'the code grant': codeGrant,
	'the refresh grant': refreshGrant,
	'the bearer token': bearer,
	'the key of a token': dpop,
	'introspection and revocation': tokensAskedAbout,
	'the end of a session': endSession,
	'method and body': transport,
}
