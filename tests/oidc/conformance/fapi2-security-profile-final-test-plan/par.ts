import { hashSecret } from '../../../../src/lib/crypto.ts'
import { newDpopKey } from '../kit/book.ts'
import { AT, at, overlooking, paramsOf, placeOf, withParams } from '../kit/broken.ts'
import {
	FAPI_FLOW,
	fapiClient,
	fapiCode,
	push,
	pushed,
	pushParams,
	reached,
	redeemed,
	refusedPush,
	visitPushed,
} from '../kit/fapi.ts'
import { clientPost } from '../kit/flows.ts'
import { type Module, PUSHED } from '../kit/module.ts'
import type { Arrival, Run } from '../kit/run.ts'
import { PREFIX } from './names.ts'

/** A request_uri: how often, how long, for whom; and what the PAR endpoint takes (RFC 9126). */
const INVALID = ['invalid_request', 'invalid_request_object']
const SHOWN = 'ExpectInvalidRequestUriErrorPage'
const NO_CODE = 'RejectAuthCodeInAuthorizationEndpointResponse'

/** A page of the server, or the error at the redirect URI; never a code. */
function refusedUri(op: Run, arrival: Arrival): void {
	const error = arrival.at === 'callback' ? arrival.params.get('error') : null
	const told = ['invalid_request_uri', 'invalid_request', 'invalid_request_object'].includes(error ?? '')
	op.check(SHOWN, (arrival.at === 'page' && arrival.status >= 400) || told, error ?? arrival.at)
	op.check(NO_CODE, arrival.at !== 'callback' || !arrival.params.has('code'), 'a code')
}

const reusedBefore: Module = {
	name: `${PREFIX}-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds`,
	conditions: [...FAPI_FLOW, 'ExpectLoginPage'],
	async run(op) {
		const asked = await pushed(op, await fapiClient(op))
		const first = await visitPushed(op, asked)
		op.check('ExpectLoginPage', first.at === 'sign-in', first.at)
		const code = await fapiCode(op, asked, await visitPushed(op, asked))
		await reached(op, await redeemed(op, code, await newDpopKey()))
	},
	broken: {
		what: 'spends a request_uri when the page is opened',
		intermediary() {
			const opened = new Set<string>()
			return async (request, next) => {
				const uri = new URL(request.url).searchParams.get('request_uri')
				if (placeOf(request) !== AT.authorize || uri === null) return next(request)
				if (opened.has(uri)) return new Response('invalid_request_uri', { status: 400 })
				opened.add(uri)
				return next(request)
			}
		},
	},
}

const reusedAfter: Module = {
	name: `${PREFIX}-par-attempt-reuse-request_uri`,
	conditions: [...FAPI_FLOW, SHOWN, NO_CODE],
	async run(op) {
		const asked = await pushed(op, await fapiClient(op))
		const code = await fapiCode(op, asked, await visitPushed(op, asked))
		await reached(op, await redeemed(op, code, await newDpopKey()))
		refusedUri(op, await visitPushed(op, asked))
	},
	broken: atVisit('takes a request_uri as often as it comes', 'consumed_by = NULL', 'consumed_by IS NOT NULL'),
}

const expired: Module = {
	name: `${PREFIX}-par-attempt-to-use-expired-request_uri`,
	conditions: [PUSHED, SHOWN, NO_CODE],
	async run(op) {
		const asked = await pushed(op, await fapiClient(op))
		op.wait((asked.expiresIn + 1) * 1_000)
		refusedUri(op, await visitPushed(op, asked))
	},
	broken: atVisit('takes a request_uri however old it is', 'expires_at = expires_at + 3600000', 'consumed_by IS NULL'),
}

/** Turns a pushed request back before it is looked at. */
function atVisit(what: string, set: string, where: string) {
	return at(AT.authorize, what, async (request, params, next, { provider }) => {
		const hash = hashSecret(params.get('request_uri') ?? '')
		await provider.client.execute({
			sql: `UPDATE pushed_requests SET ${set} WHERE uri_hash = ? AND ${where}`,
			args: [hash],
		})
		return next(withParams(request, params))
	})
}

const otherClient: Module = {
	name: `${PREFIX}-par-attempt-to-use-request_uri-for-different-client`,
	conditions: [PUSHED, SHOWN, NO_CODE],
	async run(op) {
		const asked = await pushed(op, await fapiClient(op))
		refusedUri(op, await visitPushed(op, { ...asked, rp: await fapiClient(op) }))
	},
	broken: at(AT.authorize, 'takes a request_uri from every client', async (request, params, next, { provider }) => {
		const sql = 'SELECT client_id AS owner FROM pushed_requests WHERE uri_hash = ?'
		const { rows } = await provider.client.execute({ sql, args: [hashSecret(params.get('request_uri') ?? '')] })
		if (rows[0]) params.set('client_id', String(rows[0].owner))
		return next(withParams(request, params))
	}),
}

const uriInForm: Module = {
	name: `${PREFIX}-par-authorization-request-containing-request_uri-form-param`,
	conditions: [
		'EnsurePARHttpStatusCodeIs400or401',
		'EnsurePARInvalidRequestOrInvalidRequestObjectOrRequestUriNotSupportedError',
	],
	async run(op) {
		const change = { request_uri: 'urn:ietf:params:oauth:request_uri:bad' }
		const { answer } = await push(op, await fapiClient(op), { change })
		const condition = 'EnsurePARInvalidRequestOrInvalidRequestObjectOrRequestUriNotSupportedError'
		refusedPush(op, condition, answer, [...INVALID, 'request_uri_not_supported', 'invalid_request_uri'])
	},
	broken: overlooking(
		AT.par,
		'ignores a request_uri that is pushed',
		(params) => params.has('request_uri'),
		(params) => params.delete('request_uri'),
	),
}

const wrongMethod: Module = {
	name: `${PREFIX}-par-attempt-invalid-http-method`,
	conditions: ['EnsureParHTTPError'],
	async run(op) {
		const { answer } = await push(op, await fapiClient(op), { method: 'PUT' })
		op.check('EnsureParHTTPError', answer.status === 405, answer.status)
	},
	broken: {
		what: 'takes a PUT at the PAR endpoint for a POST',
		intermediary: () => async (request, next) => {
			if (placeOf(request) !== AT.par || request.method !== 'PUT') return next(request)
			const body = (await paramsOf(request)).toString()
			return next(new Request(request.url, { method: 'POST', headers: request.headers, body }))
		},
	},
}

const pkceRequired: Module = {
	name: `${PREFIX}-par-ensure-pkce-required`,
	conditions: ['EnsurePARHttpStatusCodeIs400or401', 'EnsurePARInvalidRequestError'],
	async run(op) {
		const change = { code_challenge: null, code_challenge_method: null }
		const { answer } = await push(op, await fapiClient(op), { change })
		refusedPush(op, 'EnsurePARInvalidRequestError', answer, ['invalid_request'])
	},
	broken: overlooking(
		AT.par,
		'asks nobody for PKCE',
		(params) => !params.has('code_challenge'),
		(params) => {
			params.set('code_challenge', 'x'.repeat(43))
			params.set('code_challenge_method', 'S256')
		},
	),
}

const plainPkce: Module = {
	name: `${PREFIX}-par-plain-pkce-rejected`,
	conditions: ['EnsurePARHttpStatusCodeIs400or401', 'EnsurePARInvalidRequestError'],
	async run(op) {
		const { answer } = await push(op, await fapiClient(op), { change: { code_challenge_method: 'plain' } })
		refusedPush(op, 'EnsurePARInvalidRequestError', answer, ['invalid_request'])
	},
	broken: overlooking(
		AT.par,
		'lets `plain` pass as a code_challenge_method',
		(params) => params.get('code_challenge_method') === 'plain',
		(params) => params.set('code_challenge_method', 'S256'),
	),
}

const withoutPar: Module = {
	name: `${PREFIX}-ensure-unsigned-authorization-request-without-using-par-fails`,
	conditions: ['EnsureErrorFromAuthorizationEndpointResponse', 'EnsureInvalidRequestError', NO_CODE],
	async run(op) {
		const arrival = await op.visit(pushParams(op, await fapiClient(op)))
		const error = arrival.at === 'callback' ? arrival.params.get('error') : 'invalid_request'
		op.check('EnsureErrorFromAuthorizationEndpointResponse', arrival.at !== 'sign-in', arrival.at)
		op.check(NO_CODE, arrival.at !== 'callback' || !arrival.params.has('code'), 'a code')
		op.check('EnsureInvalidRequestError', error === 'invalid_request', error)
	},
	broken: {
		what: 'takes what nobody pushed',
		intermediary: (book) => async (request, next) => {
			const params = new URL(request.url).searchParams
			const rp = book.clients.get(params.get('client_id') ?? '')
			if (placeOf(request) !== AT.authorize || params.has('request_uri') || !rp) return next(request)
			const send = async (url: string, init?: RequestInit) => next(new Request(url, init))
			const { body } = await clientPost({ book, send }, `${book.issuer}${AT.par}`, rp, params)
			const asked = new URLSearchParams({ client_id: rp.id, request_uri: String(body.request_uri) })
			return next(withParams(request, asked))
		},
	},
}

export const par = {
	reusedBefore,
	reusedAfter,
	expired,
	otherClient,
	uriInForm,
	wrongMethod,
	pkceRequired,
	plainPkce,
	withoutPar,
}
