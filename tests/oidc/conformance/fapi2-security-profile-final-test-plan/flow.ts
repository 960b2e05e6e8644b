import { newDpopKey } from '../kit/book.ts'
import { AT, answering, callbacks, overlooking, placeOf } from '../kit/broken.ts'
import { FAPI_FLOW, fapiClient, fapiSignIn, push, pushed, reached, resource, visitPushed } from '../kit/fapi.ts'
import { accessTokenHash, headerOf } from '../kit/flows.ts'
import { FETCHED, fetched, isHttps, lists } from '../kit/metadata.ts'
import { type Module, PUSHED } from '../kit/module.ts'
import { type Run, randomText } from '../kit/run.ts'
import { SUITE } from '../kit/suite.ts'
import { PREFIX } from './names.ts'

/** What the server says of itself, the sign-in that ends well, and the two that must not. */
const STRONG = ['ES256', 'PS256', 'EdDSA', 'Ed25519']
const someStrong = (member: unknown): boolean =>
	Array.isArray(member) && member.some((alg) => STRONG.includes(String(alg)))

const discovery: Module = {
	name: `${PREFIX}-discovery-end-point-verification`,
	conditions: [
		...FETCHED,
		'CheckDiscEndpointResponseTypeCodeSupported',
		'EnsureAuthorizationResponseIssParameterSupportedIsTrue',
		'CheckDiscEndpointPARSupported',
		'CheckDiscRequirePushedAuthorizationRequestsIsABoolean',
		'CheckDiscEndpointIssuer',
		'FAPI2CheckDpopSigningAlgValuesSupported',
		'FAPI2CheckDiscEndpointIdTokenSigningAlgValuesSupported',
		'CheckDiscEndpointTokenEndpointAuthMethodsSupportedContainsPrivateKeyOrTlsClient',
		'FAPI2CheckDiscEndpointTokenEndpointAuthSigningAlgValuesSupported',
		'FAPI2CheckDiscEndpointUserinfoSigningAlgValuesSupported',
		'CheckDiscEndpointTokenEndpoint',
		'CheckDiscEndpointAuthorizationEndpoint',
		'CheckJwksUri',
		'EnsureServerConfigurationSupportsCodeChallengeMethodS256',
		'CheckDiscEndpointScopesSupportedContainsOpenId',
		'CheckDiscEndpointSubjectTypesSupported',
	],
	async run(op) {
		const server = await fetched(op)
		const code = lists(server.response_types_supported, 'code')
		op.check('CheckDiscEndpointResponseTypeCodeSupported', code, server.response_types_supported)
		const iss = server.authorization_response_iss_parameter_supported
		op.check('EnsureAuthorizationResponseIssParameterSupportedIsTrue', iss === true, iss)
		op.check('CheckDiscEndpointPARSupported', isHttps(server.pushed_authorization_request_endpoint), 'no PAR')
		const required = server.require_pushed_authorization_requests
		op.check('CheckDiscRequirePushedAuthorizationRequestsIsABoolean', typeof required === 'boolean', required)
		op.check('CheckDiscEndpointIssuer', server.issuer === op.book.issuer, server.issuer)
		const dpop = server.dpop_signing_alg_values_supported
		op.check('FAPI2CheckDpopSigningAlgValuesSupported', someStrong(dpop), dpop)
		const idToken = server.id_token_signing_alg_values_supported
		op.check('FAPI2CheckDiscEndpointIdTokenSigningAlgValuesSupported', someStrong(idToken), idToken)
		const methods = server.token_endpoint_auth_methods_supported
		const condition = 'CheckDiscEndpointTokenEndpointAuthMethodsSupportedContainsPrivateKeyOrTlsClient'
		op.check(condition, lists(methods, 'private_key_jwt'), methods)
		const auth = server.token_endpoint_auth_signing_alg_values_supported
		op.check('FAPI2CheckDiscEndpointTokenEndpointAuthSigningAlgValuesSupported', someStrong(auth), auth)
		const userinfo = server.userinfo_signing_alg_values_supported
		const strong = userinfo === undefined || someStrong(userinfo)
		op.check('FAPI2CheckDiscEndpointUserinfoSigningAlgValuesSupported', strong, userinfo)
		op.check('CheckDiscEndpointTokenEndpoint', isHttps(server.token_endpoint), server.token_endpoint)
		op.check('CheckDiscEndpointAuthorizationEndpoint', isHttps(server.authorization_endpoint), 'no https')
		op.check('CheckJwksUri', isHttps(server.jwks_uri), server.jwks_uri)
		const challenges = server.code_challenge_methods_supported
		op.check('EnsureServerConfigurationSupportsCodeChallengeMethodS256', lists(challenges, 'S256'), challenges)
		op.check('CheckDiscEndpointScopesSupportedContainsOpenId', lists(server.scopes_supported, 'openid'), 'no openid')
		op.check('CheckDiscEndpointSubjectTypesSupported', lists(server.subject_types_supported, 'pairwise'), 'none')
	},
	broken: answering(AT.discovery, 'does not say which algorithms a proof may have', (body) => {
		const { dpop_signing_alg_values_supported: _, ...others } = body
		return others
	}),
}

const happy: Module = {
	name: `${PREFIX}-happy-flow`,
	conditions: [
		...FAPI_FLOW,
		'ValidateIdTokenAtHash',
		'EnsureIdTokenDoesNotContainNonRequestedClaims',
		'DisallowAccessTokenInQuery',
		'EnsureResourceAcceptsAnyAcceptHeader',
		'EnsureAccessTokenOfOtherClientIsRefused',
	],
	async run(op) {
		const first = await fapiSignIn(op, await fapiClient(op), { change: { scope: 'openid' } })
		await reached(op, first)
		const hash = accessTokenHash(first.tokens.access_token, headerOf(first.tokens.id_token).alg)
		op.check('ValidateIdTokenAtHash', first.claims.at_hash === hash, first.claims.at_hash)
		const extra = Object.keys(first.claims).filter((name) => !ID_TOKEN_CLAIMS.includes(name))
		op.check('EnsureIdTokenDoesNotContainNonRequestedClaims', extra.length === 0, extra)
		const { userinfo_endpoint } = await op.discovery()
		const query = await op.send(`${userinfo_endpoint}?access_token=${first.tokens.access_token}`)
		op.check('DisallowAccessTokenInQuery', query.status === 400 || query.status === 401, query.status)
		for (const accept of ['application/json;charset=utf-8', '*/*', 'application/json, text/plain;q=0.5']) {
			const { status } = await resource(op, first, { headers: { accept } })
			op.check('EnsureResourceAcceptsAnyAcceptHeader', status === 200, `${status} for ${accept}`)
		}
		// The second client: a query in its redirect URI, dpop_jkt without a proof, another algorithm of proofs.
		const redirectUris = JSON.stringify([`${SUITE}/test/a/${randomText()}/callback?dummy1=lorem&dummy2=ipsum`])
		const key = await newDpopKey()
		const second = await fapiSignIn(op, await fapiClient(op, { redirectUris }), { change: { dpop_jkt: key.jkt }, key })
		await reached(op, second)
		const { status } = await resource(op, { ...second, key: first.key })
		op.check('EnsureAccessTokenOfOtherClientIsRefused', status === 401 || status === 400, status)
	},
	broken: {
		what: 'finds no answer that fits an Accept header with a charset',
		intermediary: () => async (request, next) =>
			placeOf(request) === AT.userinfo && request.headers.get('accept')?.includes('charset')
				? new Response(null, { status: 406 })
				: next(request),
	},
}

const ID_TOKEN_CLAIMS = 'iss sub aud exp iat auth_time nonce acr amr at_hash sid jti'.split(' ')

const rejects: Module = {
	name: `${PREFIX}-user-rejects-authentication`,
	conditions: [
		PUSHED,
		'EnsureErrorFromAuthorizationEndpointResponse',
		'CheckStateInAuthorizationResponse',
		'ExpectAccessDeniedErrorFromAuthorizationEndpointDueToUserRejectingRequest',
		'CheckForUnexpectedParametersInErrorResponseFromAuthorizationEndpoint',
		'CheckMatchingCallbackParameters',
	],
	async run(op) {
		await rejected(op, `${SUITE}/test/a/${randomText()}/callback`)
		await rejected(op, `${SUITE}/test/a/${randomText()}/callback?dummy1=lorem&dummy2=ipsum`)
	},
	broken: callbacks('calls it a mistake of its own where a citizen says no', ({ searchParams }) => {
		if (searchParams.get('error') === 'access_denied') searchParams.set('error', 'server_error')
	}),
}

async function rejected(op: Run, redirectUri: string): Promise<void> {
	const rp = await fapiClient(op, { redirectUris: JSON.stringify([redirectUri]) })
	const asked = await pushed(op, rp, { change: { state: `${randomText()}${randomText()}${randomText()}` } })
	const condition = 'EnsureErrorFromAuthorizationEndpointResponse'
	const { searchParams: got, pathname } = await op.answer(await visitPushed(op, asked), condition, 'decline')
	op.check(condition, got.has('error'), 'no error')
	op.check('CheckStateInAuthorizationResponse', got.get('state') === asked.params.get('state'), got.get('state'))
	const error = got.get('error')
	op.check(
		'ExpectAccessDeniedErrorFromAuthorizationEndpointDueToUserRejectingRequest',
		error === 'access_denied',
		error,
	)
	const known = ['error', 'error_description', 'state', 'iss', 'dummy1', 'dummy2']
	const others = [...got.keys()].filter((name) => !known.includes(name))
	op.check('CheckForUnexpectedParametersInErrorResponseFromAuthorizationEndpoint', others.length === 0, others)
	const registered = new URL(redirectUri)
	const kept = [...registered.searchParams].every(([name, value]) => got.get(name) === value)
	op.check('CheckMatchingCallbackParameters', pathname === registered.pathname && kept, pathname)
}

/** A response_type that gives tokens to the browser: refused at PAR, or nothing comes of it. */
function responseType(name: string, type: string): Module {
	return {
		name: `${PREFIX}-${name}`,
		conditions: ['EnsurePARUnsupportedResponseTypeOrInvalidRequestOrUnauthorizedClientError', 'RejectAuthCodeInUrl'],
		async run(op) {
			const rp = await fapiClient(op)
			const { answer, params } = await push(op, rp, { change: { response_type: type } })
			const error = String(answer.body.error)
			const told = ['unsupported_response_type', 'invalid_request', 'unauthorized_client'].includes(error)
			const uri = answer.body.request_uri
			const arrival = uri ? await visitPushed(op, { rp, params, requestUri: String(uri), expiresIn: 0 }) : null
			op.check('RejectAuthCodeInUrl', arrival === null || arrival.at === 'page', arrival?.at)
			const refused = answer.status === 400 && told
			op.check('EnsurePARUnsupportedResponseTypeOrInvalidRequestOrUnauthorizedClientError', refused, error)
		},
		broken: overlooking(
			AT.par,
			`takes \`${type}\` for \`code\``,
			(params) => params.get('response_type') === type,
			(params) => params.set('response_type', 'code'),
		),
	}
}

const codeIdToken = responseType('ensure-response-type-code-idtoken-fails', 'code id_token')
const token = responseType('ensure-response-type-token-fails', 'token')

const schemeCase: Module = {
	name: `${PREFIX}-access-token-type-header-case-sensitivity`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		await reached(op, await fapiSignIn(op, await fapiClient(op)), { scheme: 'dpOp' })
	},
	broken: {
		what: 'knows the scheme `DPoP` only in that spelling',
		intermediary: () => async (request, next) => {
			const [scheme] = (request.headers.get('authorization') ?? '').split(' ')
			return scheme?.toLowerCase() === 'dpop' && scheme !== 'DPoP' ? new Response(null, { status: 401 }) : next(request)
		},
	},
}

export const flow = { discovery, happy, rejects, codeIdToken, token, schemeCase }
