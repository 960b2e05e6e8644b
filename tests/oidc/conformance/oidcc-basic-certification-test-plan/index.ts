import type { Plan } from '../kit/module.ts'
import { codes } from './codes.ts'
import { objects } from './objects.ts'
import { parameters } from './parameters.ts'
import { responses } from './responses.ts'
import { scopes } from './scopes.ts'
import { sessions } from './sessions.ts'
import { userinfo } from './userinfo.ts'

/** In the order of the suite's plan. */
export const basic: Plan = {
	name: 'oidcc-basic-certification-test-plan',
	variant: 'discovery, static clients, client_secret_basic',
	modules: [
		responses.server,
		responses.responseTypeMissing,
		responses.idTokenSignature,
		responses.idTokenUnsigned,
		userinfo.get,
		userinfo.postHeader,
		userinfo.postBody,
		responses.withoutNonce,
		scopes.profile,
		scopes.email,
		scopes.address,
		scopes.phone,
		scopes.all,
		scopes.otherOrder,
		parameters.displayPage,
		parameters.displayPopup,
		sessions.promptLogin,
		sessions.notLoggedIn,
		sessions.loggedIn,
		sessions.maxAge1,
		sessions.maxAge10000,
		parameters.unknown,
		sessions.idTokenHint,
		parameters.loginHint,
		parameters.uiLocales,
		parameters.claimsLocales,
		parameters.acrValues,
		codes.reuse,
		codes.reuseLater,
		objects.registeredRedirectUri,
		parameters.byPost,
		parameters.secretPost,
		objects.requestUri,
		objects.unsignedObject,
		parameters.claimsEssential,
		objects.objectWithRedirectUri,
		codes.refresh,
		parameters.pkce,
	],
}
