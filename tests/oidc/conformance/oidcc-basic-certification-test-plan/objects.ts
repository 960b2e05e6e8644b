import { base64url, UnsecuredJWT } from 'jose'
import { AT, overlooking, refusing } from '../kit/broken.ts'
import { request } from '../kit/flows.ts'
import type { Module } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'

/** Where an answer may go, and what a request may point to or contain. */

const registeredRedirectUri: Module = {
	name: 'oidcc-ensure-registered-redirect-uri',
	conditions: ['ExpectRedirectUriErrorPage'],
	async run(op) {
		const rp = await op.client()
		const arrival = await op.visit(request(rp, { redirect_uri: `${rp.redirectUri}/another` }))
		op.check('ExpectRedirectUriErrorPage', arrival.at === 'page' && arrival.status >= 400 && arrival.html, arrival.at)
	},
	broken: refusing(
		AT.authorize,
		'tells an unregistered redirect URI that it is not registered, by a redirect to it',
		(params) => !params.has('request') && (params.get('redirect_uri') ?? '').endsWith('/another'),
	),
}

const requestUri: Module = {
	name: 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
	conditions: ['CheckDiscEndpointRequestUriParameterSupported', 'EnsureRequestUriNotSupportedError'],
	async run(op) {
		const { request_uri_parameter_supported: supported } = await op.discovery()
		// Its default is true (OpenID Connect Discovery §3), so a server that fetches nothing says so.
		op.check('CheckDiscEndpointRequestUriParameterSupported', supported === false, supported)
		const request_uri = 'https://suite.example/test/a/request-object.jwt'
		const { at, error } = await refusal(op, { request_uri })
		op.check('EnsureRequestUriNotSupportedError', at === 'page' || error === 'request_uri_not_supported', error ?? at)
	},
	broken: overlooking(
		AT.authorize,
		'ignores a request_uri that it does not fetch',
		(params) => params.get('request_uri')?.startsWith('https:') ?? false,
		(params) => params.delete('request_uri'),
	),
}

const unsignedObject: Module = {
	name: 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
	conditions: ['EnsureServerDoesNotListRequestObjectAlgNone', 'EnsureRequestNotSupportedOrInvalidRequestObjectError'],
	async run(op) {
		await noUnsigned(op)
		const object = unsigned(op, { state: 'within', nonce: 'within' })
		const { at, error } = await refusal(op, { request: object })
		const told = ['request_not_supported', 'invalid_request_object', 'invalid_request'].includes(error ?? '')
		op.check('EnsureRequestNotSupportedOrInvalidRequestObjectError', at === 'page' || told, error ?? at)
	},
	broken: overlooking(
		AT.authorize,
		'takes what stands beside an unsigned request object',
		(params) => params.has('request') && !objectOf(params).includes('redirect_uri'),
		(params) => params.delete('request'),
	),
}

const objectWithRedirectUri: Module = {
	name: 'oidcc-ensure-request-object-with-redirect-uri',
	conditions: [
		'EnsureServerDoesNotListRequestObjectAlgNone',
		'RejectRedirectToUriBesideRequestObject',
		'ExpectRedirectUriErrorPageOrRefusedRequestObject',
	],
	async run(op) {
		await noUnsigned(op)
		const rp = await op.client()
		// A server that takes the object goes by the redirect_uri in it; one that does not goes nowhere.
		const object = unsigned(op, { redirect_uri: rp.redirectUri })
		const arrival = await op.visit(request(rp, { redirect_uri: `${rp.redirectUri}/another`, request: object }))
		const elsewhere = arrival.at === 'callback' && arrival.url.pathname.endsWith('/another')
		op.check('RejectRedirectToUriBesideRequestObject', !elsewhere, 'it went there')
		const error = arrival.at === 'callback' ? (arrival.params.get('error') ?? 'a code') : null
		const told = ['request_not_supported', 'invalid_request_object', 'invalid_request'].includes(error ?? '')
		op.check('ExpectRedirectUriErrorPageOrRefusedRequestObject', arrival.at === 'page' || told, error ?? arrival.at)
	},
	broken: refusing(
		AT.authorize,
		'goes to the redirect_uri beside a request object that has another one',
		(params) => params.has('request') && objectOf(params).includes('redirect_uri'),
		'invalid_request_object',
	),
}

/** OpenID Connect Discovery §3: a server that takes unsigned request objects lists `none`. */
async function noUnsigned(op: Run): Promise<void> {
	const { request_object_signing_alg_values_supported: listed } = await op.discovery()
	const lists = Array.isArray(listed) && listed.includes('none')
	op.check('EnsureServerDoesNotListRequestObjectAlgNone', !lists, listed)
}

/** How a request with this in it ends. */
async function refusal(op: Run, change: Record<string, string>): Promise<{ at: string; error: string | null }> {
	const arrival = await op.visit(request(await op.client(), change))
	return { at: arrival.at, error: arrival.at === 'callback' ? (arrival.params.get('error') ?? 'a code') : null }
}

const unsigned = (op: Run, claims: Record<string, string>): string =>
	new UnsecuredJWT({ response_type: 'code', scope: 'openid', ...claims }).setAudience(op.book.issuer).encode()

/** The text of a request object's claims. */
const objectOf = (params: URLSearchParams): string =>
	new TextDecoder().decode(base64url.decode(params.get('request')?.split('.')[1] ?? ''))

export const objects = { registeredRedirectUri, requestUri, unsignedObject, objectWithRedirectUri }
