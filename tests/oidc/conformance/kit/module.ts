import type { Run } from './run.ts'
import type { Variant } from './variant.ts'

/**
 * One module of a plan of the OpenID Foundation's conformance suite, told anew: what it does over HTTP, the conditions
 * that it checks (named as the suite names them, where it has a name), and the one broken server that it is there to
 * find.
 */
export interface Module {
	/** Exactly as in the suite. */
	name: string
	/** All that `run` checks on a server that passes; the runner compares. */
	conditions: readonly Condition[]
	/** @throws ConditionFailed */
	run(op: Run): Promise<void>
	broken: Variant
}

export interface Plan {
	/** Exactly as in the suite. */
	name: string
	/** The suite's variant of it, in words. */
	variant: string
	modules: readonly Module[]
}

/** A condition's name, or a group that is checked together wherever something succeeds. */
export type Condition = string | Group

export interface Group {
	group: string
	conditions: readonly string[]
}

/** Each single condition. */
export const namesOf = (conditions: readonly Condition[]): string[] =>
	conditions.flatMap((each) => (typeof each === 'string' ? [each] : each.conditions))

/** What the server did is not what the condition asks. */
export class ConditionFailed extends Error {
	override readonly name = 'ConditionFailed'
	constructor(
		readonly condition: string,
		/** What was there instead; never a secret. */
		readonly seen: string,
	) {
		super(`${condition}: ${seen}`)
	}
}

const group = (name: string, ...conditions: string[]): Group => ({ group: name, conditions })

/** RFC 6749 §4.1.2, RFC 9207 */
export const CODE = group(
	'code',
	'CheckIfAuthorizationEndpointError',
	'CheckStateInAuthorizationResponse',
	'ValidateIssInAuthorizationResponse',
	'ExtractAuthorizationCodeFromAuthorizationResponse',
	'CheckMatchingCallbackParameters',
)

/** RFC 6749 §5.1 */
export const TOKENS = group(
	'tokens',
	'CheckTokenEndpointHttpStatus200',
	'CheckTokenEndpointReturnedJsonContentType',
	'CheckForAccessTokenValue',
	'CheckTokenTypeInTokenResponse',
	'ValidateExpiresIn',
)

/** OpenID Connect Core §3.1.3.7 */
export const ID_TOKEN = group(
	'id_token',
	'ValidateIdTokenSignature',
	'ValidateIdTokenIssuer',
	'ValidateIdTokenAudience',
	'ValidateIdTokenExpAndIat',
	'ValidateIdTokenSub',
	'ValidateIdTokenNonce',
)

/** All that a sign-in checks which ends well. */
export const SIGNED_IN = [CODE, TOKENS, ID_TOKEN] as const

/** OpenID Connect Core §5.3 */
export const USERINFO = group(
	'userinfo',
	'EnsureUserInfoHttpStatusCodeIs200',
	'EnsureUserInfoContainsSub',
	'VerifyUserInfoAndIdTokenSameSub',
)

/** RFC 9126 §2.2 */
export const PUSHED = group(
	'PAR',
	'CheckPAREndpointResponse201WithNoError',
	'CheckForRequestUriValue',
	'CheckForPARResponseExpiresIn',
)

/** Of a protected resource that is asked with a DPoP proof. */
export const RESOURCE = group('resource', 'EnsureHttpStatusCodeIs200or201', 'EnsureResourceContainsSub')

/** OpenID Connect RP-Initiated Logout: nobody is signed in any more. */
export const LOGGED_OUT = group('signed out', 'CheckErrorFromAuthorizationEndpointIsOneThatRequiresAUserInterface')

export const GROUPS = [CODE, TOKENS, ID_TOKEN, USERINFO, PUSHED, RESOURCE, LOGGED_OUT] as const
