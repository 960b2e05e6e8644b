import { authenticateClient } from './client-auth/index.ts'
import type { Endpoint, Exchange } from './exchange.ts'
import type { OidcDeps } from './needs.ts'
import { NOTHING_FOUND } from './reads.ts'
import { checkAcrValues } from './steps/check-acr-values.ts'
import { checkAuthorizationDetails } from './steps/check-authorization-details.ts'
import { checkBearerToken } from './steps/check-bearer-token.ts'
import { checkClaims } from './steps/check-claims.ts'
import { checkCode } from './steps/check-code.ts'
import { checkDpop } from './steps/check-dpop.ts'
import { checkDpopJkt } from './steps/check-dpop-jkt.ts'
import { checkGrantType } from './steps/check-grant-type.ts'
import { checkHints } from './steps/check-hints.ts'
import { checkIdTokenHint } from './steps/check-id-token-hint.ts'
import { checkLogoutHint } from './steps/check-logout-hint.ts'
import { checkMaxAge } from './steps/check-max-age.ts'
import { checkNonceAndState } from './steps/check-nonce-and-state.ts'
import { checkPkce } from './steps/check-pkce.ts'
import { checkPostLogoutRedirectUri } from './steps/check-post-logout-redirect-uri.ts'
import { checkPrompt } from './steps/check-prompt.ts'
import { checkPushedRequired } from './steps/check-pushed-required.ts'
import { checkRedirectUri } from './steps/check-redirect-uri.ts'
import { checkRefreshToken } from './steps/check-refresh-token.ts'
import { checkRepeated } from './steps/check-repeated.ts'
import { checkResource } from './steps/check-resource.ts'
import { checkResourceAtToken } from './steps/check-resource-at-token.ts'
import { checkResponseMode } from './steps/check-response-mode.ts'
import { checkResponseType } from './steps/check-response-type.ts'
import { checkScope } from './steps/check-scope.ts'
import { checkScopeAtToken } from './steps/check-scope-at-token.ts'
import { checkTokenBinding } from './steps/check-token-binding.ts'
import { checkTokenParameter } from './steps/check-token-parameter.ts'
import { checkVerifier } from './steps/check-verifier.ts'
import { findRecipient } from './steps/find-recipient.ts'
import { gather } from './steps/gather.ts'
import { knownClient } from './steps/known-client.ts'
import { readAccessToken } from './steps/read-access-token.ts'
import { readParameters } from './steps/read-parameters.ts'
import { takePushedRequest } from './steps/take-pushed-request.ts'
import { takeRequestObject } from './steps/take-request-object.ts'

/**
 * Every check of the provider, once, in the order in which it runs; the columns say at which endpoint. This screen is
 * the architecture of the room: each step is a small file named after its rule.
 *
 * `gather` is the only step that reads the database, and it makes one round trip. What the endpoint then writes, it
 * writes in one batch (`endpoints/`). From `checkRedirectUri` on, an error may travel to the relying party.
 */
type Step = (x: Exchange) => void | Promise<void>

const __ = null
// biome-ignore format: the columns are the point
const MATRIX: readonly (readonly [Step, ...(Endpoint | null)[]])[] = [
	//                           PAR    authorize    token    userinfo    introspect    revoke    end session    logout log
	[readParameters,             'par', 'authorize', 'token', __,         'introspect', 'revoke', 'end_session', 'logout_log'],
	[readAccessToken,            __,    __,          __,      'userinfo', __,           __,       __,            __          ],
	[gather,                     'par', 'authorize', 'token', 'userinfo', 'introspect', 'revoke', 'end_session', 'logout_log'],
	[authenticateClient,         'par', __,          'token', __,         'introspect', 'revoke', __,            'logout_log'],
	[checkDpop,                  'par', __,          'token', __,         __,           __,       __,            __          ],
	[knownClient,                __,    'authorize', __,      __,         __,           __,       __,            __          ],
	[checkRepeated,              'par', 'authorize', 'token', __,         'introspect', 'revoke', 'end_session', 'logout_log'],
	[takePushedRequest,          __,    'authorize', __,      __,         __,           __,       __,            __          ],
	[takeRequestObject,          'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkRedirectUri,           'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkNonceAndState,         'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkResponseMode,          'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkPushedRequired,        __,    'authorize', __,      __,         __,           __,       __,            __          ],
	[checkResponseType,          'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkScope,                 'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkPkce,                  'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkPrompt,                'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkMaxAge,                'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkHints,                 'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkIdTokenHint,           'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkClaims,                'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkAcrValues,             'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkResource,              'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkAuthorizationDetails,  'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkDpopJkt,               'par', 'authorize', __,      __,         __,           __,       __,            __          ],
	[checkGrantType,             __,    __,          'token', __,         __,           __,       __,            __          ],
	[checkCode,                  __,    __,          'token', __,         __,           __,       __,            __          ],
	[checkVerifier,              __,    __,          'token', __,         __,           __,       __,            __          ],
	[checkRefreshToken,          __,    __,          'token', __,         __,           __,       __,            __          ],
	[checkScopeAtToken,          __,    __,          'token', __,         __,           __,       __,            __          ],
	[checkResourceAtToken,       __,    __,          'token', __,         __,           __,       __,            __          ],
	[checkTokenParameter,        __,    __,          __,      __,         'introspect', 'revoke', __,            __          ],
	[checkBearerToken,           __,    __,          __,      'userinfo', __,           __,       __,            __          ],
	[checkTokenBinding,          __,    __,          __,      'userinfo', __,           __,       __,            __          ],
	[findRecipient,         __,    __,          'token', 'userinfo', __,           __,       __, __          ],
	[checkLogoutHint,            __,    __,          __,      __,         __,           __,       'end_session', __          ],
	[checkPostLogoutRedirectUri, __,    __,          __,      __,         __,           __,       'end_session', __          ],
]

const STEPS: Readonly<Record<Endpoint, readonly Step[]>> = {
	par: stepsOf('par'),
	authorize: stepsOf('authorize'),
	token: stepsOf('token'),
	userinfo: stepsOf('userinfo'),
	introspect: stepsOf('introspect'),
	revoke: stepsOf('revoke'),
	end_session: stepsOf('end_session'),
	logout_log: stepsOf('logout_log'),
}

function stepsOf(endpoint: Endpoint): Step[] {
	return MATRIX.filter(([, ...columns]) => columns.includes(endpoint)).map(([step]) => step)
}

/** A fresh exchange for a request. */
export function begin(deps: OidcDeps, request: Request, endpoint: Endpoint): Exchange {
	return {
		deps,
		request,
		endpoint,
		now: deps.clock.now(),
		params: new Map(),
		repeated: [],
		found: NOTHING_FOUND,
		presented: null,
		client: null,
		profile: null,
		assertion: null,
		dpop: null,
		recipient: null,
		hint: null,
		postLogoutRedirectUri: null,
		redirectUri: null,
		authorization: {},
	}
}

/** Runs the endpoint's column. @throws ProtocolError at the first check that fails; then nothing has been written. */
export async function runSteps(x: Exchange): Promise<void> {
	for (const step of STEPS[x.endpoint]) {
		const pending = step(x)
		if (pending) await pending
	}
}
