import type { Client, ResponseMode, SigningAlg } from '../wire.ts'

/**
 * What one kind of relying party must and may do. A profile is a file; a client has exactly one, and nothing lenient
 * can be reached from a strict client because the steps ask the client's profile and nothing else.
 */
export interface Profile {
	name: Client['profile']
	/** Ways in which its clients may prove who they are; the registered one is the one that counts. */
	authMethods: readonly Client['authMethod'][]
	/** A registered secret may come by header, by body, or by both where they agree. */
	secretByEither: boolean
	/** Algorithms of a client's own signatures: assertions, request objects, DPoP proofs. */
	clientAlgs: readonly string[]
	/** Audiences that a client assertion may name. */
	assertionAudience: readonly ('issuer' | 'endpoint')[]
	/** FAPI 2.0 §5.3.2.1: `aud` of an assertion is a string, never an array. */
	assertionAudienceAsString: boolean
	/** FAPI 2.0 Message Signing §5.3.1: a request object says from when on it counts. */
	requestObjectNbf: boolean
	/** Authorization requests have to come by PAR. */
	requirePushed: boolean
	/** PKCE of every client; otherwise of public ones and of those registered so. */
	requirePkce: boolean
	/** Whether a challenge counts at all: some agencies send the verifier of another one. */
	honourPkce: boolean
	/** What happens to a parameter that comes twice (RFC 6749 §3.1): `same` lets equal ones pass, and any second `state`. */
	repeatedParameters: 'refuse' | 'same'
	/** Of a scope that nobody knows; a known one outside the registration is always refused. */
	unknownScope: 'ignore' | 'refuse'
	/** Without the scope `openid` a request is refused. */
	requireOpenid: boolean
	responseModes: readonly ResponseMode[]
	/** The id_token's algorithm where the client's registration says nothing. */
	defaultIdTokenAlg: SigningAlg
	/** What id_tokens and other answers may be signed with. */
	idTokenAlgs: readonly SigningAlg[]
	/** Access and refresh tokens are bound to a DPoP key (RFC 9449), always; otherwise of clients registered so. */
	senderConstrained: boolean
	/** `rotate`: each use brings a new one, the old is good for `refreshGrace` more. `keep`: the same one stays. */
	refreshTokens: 'rotate' | 'keep'
	/** Every client gets refresh tokens; otherwise those registered for the grant. */
	alwaysRefresh: boolean
	/** ms */
	codeLifetime: number
	/** ms */
	accessTokenLifetime: number
	/** ms, of the whole family. */
	refreshTokenLifetime: number
	/** ms; within it a replaced refresh token still answers: an answer may have been lost on its way. */
	refreshGrace: number
	/** Its own forms of answers and errors; null: those of the RFCs. */
	dialect: 'thaid' | null
}
