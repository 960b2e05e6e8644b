import { AT, answering, at, idTokens, overlooking, refusing, withParams } from '../kit/broken.ts'
import { accessTokenHash, headerOf, request, signIn, userinfo } from '../kit/flows.ts'
import { type Module, SIGNED_IN, USERINFO } from '../kit/module.ts'

/** The plain sign-in, and the shapes of its answers. */
const server: Module = {
	name: 'oidcc-server',
	conditions: [
		...SIGNED_IN,
		'CheckForUnexpectedParametersInAuthorizationResponse',
		'EnsureMinimumAuthorizationCodeEntropy',
		'EnsureMinimumAccessTokenEntropy',
		'CheckTokenEndpointCacheHeaders',
		'ValidateIdTokenAtHash',
		'EnsureIdTokenSaysHowAndWhen',
		USERINFO,
	],
	async run(op) {
		const done = await signIn(op, await op.client())
		const { callback, code, tokens, claims } = done
		const others = [...callback.searchParams.keys()].filter((name) => !['code', 'state', 'iss'].includes(name))
		op.check('CheckForUnexpectedParametersInAuthorizationResponse', others.length === 0, others)
		op.check('EnsureMinimumAuthorizationCodeEntropy', looksRandom(code), `${code.length} characters`)
		const token = tokens.access_token
		op.check('EnsureMinimumAccessTokenEntropy', looksRandom(token), `${token.length} characters`)
		const cache = tokens.answer.headers.get('cache-control')
		op.check('CheckTokenEndpointCacheHeaders', cache?.includes('no-store'), cache)
		const hash = accessTokenHash(token, headerOf(tokens.id_token).alg)
		op.check('ValidateIdTokenAtHash', claims.at_hash === hash, claims.at_hash)
		const told = typeof claims.auth_time === 'number' && typeof claims.acr === 'string'
		op.check('EnsureIdTokenSaysHowAndWhen', told, `${claims.auth_time}, ${claims.acr}`)
		await userinfo(op, done)
	},
	broken: at(AT.token, 'lets a cache keep tokens', async (request, params, next) => {
		const response = await next(withParams(request, params))
		const headers = new Headers(response.headers)
		headers.set('cache-control', 'private, max-age=60')
		return new Response(response.body, { status: response.status, headers })
	}),
}

/** 128 bits are 22 characters of base64url, and hardly two of them alike. */
const looksRandom = (text: string): boolean => text.length >= 22 && new Set(text).size >= 12

const responseTypeMissing: Module = {
	name: 'oidcc-response-type-missing',
	conditions: ['EnsureErrorFromAuthorizationEndpointResponse', 'EnsureUnsupportedResponseTypeOrInvalidRequestError'],
	async run(op) {
		const arrival = await op.visit(request(await op.client(), { response_type: null }))
		const refused = arrival.at === 'callback' ? arrival.params.has('error') : arrival.at === 'page'
		op.check('EnsureErrorFromAuthorizationEndpointResponse', refused, arrival.at)
		const error = arrival.at === 'callback' ? arrival.params.get('error') : 'invalid_request'
		const fits = error === 'unsupported_response_type' || error === 'invalid_request'
		op.check('EnsureUnsupportedResponseTypeOrInvalidRequestError', fits, error)
	},
	broken: overlooking(
		AT.authorize,
		'takes a request without response_type for one with `code`',
		(params) => !params.has('response_type') && !params.has('request_uri'),
		(params) => params.set('response_type', 'code'),
	),
}

const idTokenSignature: Module = {
	name: 'oidcc-idtoken-signature',
	conditions: [...SIGNED_IN, 'EnsureIdTokenHeaderContainsKid', 'EnsureIdTokenSigningAlgIsTheRegisteredOne'],
	async run(op) {
		const { tokens } = await signIn(op, await op.client({ idTokenAlg: 'RS256' }))
		const { kid, alg } = headerOf(tokens.id_token)
		op.check('EnsureIdTokenHeaderContainsKid', typeof kid === 'string', kid)
		op.check('EnsureIdTokenSigningAlgIsTheRegisteredOne', alg === 'RS256', alg)
	},
	broken: idTokens('signs all id_tokens with ES256, whatever is registered', (forgery) => {
		forgery.alg = 'ES256'
		forgery.header = undefined
	}),
}

const idTokenUnsigned: Module = {
	name: 'oidcc-idtoken-unsigned',
	conditions: [...SIGNED_IN, 'CheckIdTokenSigningAlgNoneAgainstDiscovery'],
	async run(op) {
		// A server need not give unsigned id_tokens; one that lists `none` has to.
		const { id_token_signing_alg_values_supported: listed } = await op.discovery()
		const lists = Array.isArray(listed) && listed.includes('none')
		const { tokens } = await signIn(op, await op.client())
		const { alg } = headerOf(tokens.id_token)
		op.check('CheckIdTokenSigningAlgNoneAgainstDiscovery', lists === (alg === 'none'), `listed: ${lists}, alg: ${alg}`)
	},
	broken: answering(AT.discovery, 'lists `none` for id_tokens and signs them all the same', (body) => ({
		...body,
		id_token_signing_alg_values_supported: ['RS256', 'ES256', 'none'],
	})),
}

const withoutNonce: Module = {
	name: 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow',
	conditions: [...SIGNED_IN, 'EnsureIdTokenDoesNotContainNonce'],
	async run(op) {
		const { claims } = await signIn(op, await op.client(), { change: { nonce: null } })
		op.check('EnsureIdTokenDoesNotContainNonce', !('nonce' in claims), claims.nonce)
	},
	broken: refusing(
		AT.authorize,
		'demands a nonce of the code flow',
		(params) => !params.has('nonce') && params.get('response_type') === 'code' && !params.has('request_uri'),
	),
}

export const responses = { server, responseTypeMissing, idTokenSignature, idTokenUnsigned, withoutNonce }
