import { errors, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { KeysUnavailable, verifyByClient } from '../client-auth/index.ts'
import { invalidRequest, invalidRequestObject, requestNotSupported } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { Client, Parameters } from '../wire.ts'
import { MAX_STATE } from './check-nonce-and-state.ts'

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** FAPI 2.0 Message Signing §5.3.1: an hour at most from `nbf` to `exp`, and `nbf` no longer ago. Seconds. */
const MAX_LIFETIME = 3_600
/** Clocks may differ by so much, seconds. */
const TOLERANCE = 10

/**
 * RFC 9101 by value: the request is what the client has signed; what stands beside it is ignored, but for `client_id`.
 * A client's own `request_uri` is never fetched. What was pushed went through here when it was pushed.
 */
export async function takeRequestObject(x: Exchange): Promise<void> {
	const client = set(x.client, 'client')
	const jwt = x.params.get('request')
	if (x.authorization.pushed !== undefined) return
	// RFC 9126 §2.1
	if (x.endpoint === 'par' && x.params.has('request_uri')) throw invalidRequest('request_uri may not be pushed')
	if (jwt === undefined && !client.requireRequestObject) return
	trustOutside(x, client)
	if (jwt === undefined) throw invalidRequest('this client has to sign its authorization requests')
	if (set(x.profile, 'profile').clientAlgs.length === 0) throw requestNotSupported()
	x.params = parametersOf(await verified(x, client, jwt))
}

/** Until the object is read, an error may go where the query says, if the client has registered it (RFC 6749 §4.1.2.1). */
function trustOutside(x: Exchange, client: Client): void {
	const uri = x.params.get('redirect_uri')
	const state = x.params.get('state')
	if (uri === undefined || !client.redirectUris.includes(uri)) return
	x.redirectUri = uri
	if ((state?.length ?? 0) <= MAX_STATE) x.authorization.state = state
}

async function verified(x: Exchange, client: Client, jwt: string): Promise<JWTPayload> {
	const profile = set(x.profile, 'profile')
	if (!COMPACT.test(jwt)) throw invalidRequestObject('encrypted, or no compact JWS')
	const algorithms = profile.clientAlgs.filter(
		(alg) => client.requestObjectAlg === null || alg === client.requestObjectAlg,
	)
	try {
		const { payload, protectedHeader } = await verifyByClient(x.deps, client, jwt, {
			algorithms,
			issuer: client.id,
			audience: x.deps.issuer,
			currentDate: new Date(x.now),
			clockTolerance: TOLERANCE,
			requiredClaims: ['iss', 'aud', 'exp', ...(profile.requestObjectNbf ? ['nbf'] : [])],
		})
		refuseOtherKinds(protectedHeader, payload, client)
		checkLife(payload, Math.floor(x.now / 1_000))
		return payload
	} catch (error) {
		if (error instanceof KeysUnavailable) throw invalidRequestObject(error.reason)
		if (error instanceof errors.JOSEError) throw invalidRequestObject(error.code)
		throw error
	}
}

const TYPES = ['oauth-authz-req+jwt', 'jwt']

/** RFC 8725 §3.11, RFC 9101 §10.8: what the client signed for another purpose (an assertion) is no request. */
function refuseOtherKinds({ typ, crit }: JWTHeaderParameters, payload: JWTPayload, client: Client): void {
	if (typ !== undefined && !TYPES.includes(typ.toLowerCase().replace(/^application\//, '')))
		throw invalidRequestObject('another kind of JWT')
	if (crit !== undefined) throw invalidRequestObject('critical headers')
	if (payload.sub === client.id) throw invalidRequestObject('an assertion')
	if (payload.client_id !== client.id) throw invalidRequestObject('client_id inside is missing or another')
	if ('request' in payload || 'request_uri' in payload) throw invalidRequestObject('a request inside the request')
}

function checkLife({ exp = 0, nbf, iat }: JWTPayload, now: number): void {
	const from = nbf ?? iat ?? now
	if (exp - from > MAX_LIFETIME) throw invalidRequestObject('lives too long')
	if ((iat ?? now) > now + TOLERANCE) throw invalidRequestObject('from the future')
}

/** Claims that are about the JWT and no parameters. */
const ABOUT_ITSELF = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub']

/**
 * RFC 9101 §4: parameters are claims; numbers stand as numbers, and what is JSON in a query stands as itself.
 * @throws ProtocolError invalid_request_object where a claim can be no parameter
 */
function parametersOf(payload: JWTPayload): Parameters {
	const params = new Map<string, string>()
	for (const [name, claim] of Object.entries(payload)) {
		if (ABOUT_ITSELF.includes(name)) continue
		const value = parameterOf(claim)
		if (value === null) throw invalidRequestObject('a claim that can be no parameter')
		if (value !== '') params.set(name, value)
	}
	return params
}

function parameterOf(claim: unknown): string | null {
	if (typeof claim === 'string') return claim
	if (typeof claim === 'number') return String(claim)
	return typeof claim === 'object' && claim !== null ? JSON.stringify(claim) : null
}
