import { newDpopKey } from '../kit/book.ts'
import {
	AT,
	at,
	callbacks,
	forged,
	jsonAs,
	newMemory,
	overlooking,
	placeOf,
	refusing,
	remembering,
	requested,
	withParams,
} from '../kit/broken.ts'
import { FAPI_FLOW, fapiClient, fapiSignIn, pushedCode, reached, redeemed } from '../kit/fapi.ts'
import type { Module } from '../kit/module.ts'
import { randomText } from '../kit/run.ts'
import type { Variant } from '../kit/variant.ts'
import { PREFIX } from './names.ts'

/** Requests of well-behaved clients, in all their variety. */
const withoutState: Module = {
	name: `${PREFIX}-ensure-authorization-request-without-state-success`,
	conditions: [...FAPI_FLOW, 'VerifyNoStateInAuthorizationResponse', 'EnsureIdTokenDoesNotContainStateHash'],
	async run(op) {
		const done = await fapiSignIn(op, await fapiClient(op), { change: { state: null } })
		op.check('VerifyNoStateInAuthorizationResponse', !done.callback.searchParams.has('state'), 'a state')
		op.check('EnsureIdTokenDoesNotContainStateHash', !('s_hash' in done.claims), 's_hash')
		await reached(op, done)
	},
	broken: callbacks('makes up a state where the request had none', (callback, memory) => {
		if (!requested(memory).has('state') && !memory.asked.has('state')) callback.searchParams.set('state', 'undefined')
	}),
}

const withoutNonce: Module = {
	name: `${PREFIX}-ensure-authorization-request-without-nonce-success`,
	conditions: [...FAPI_FLOW, 'EnsureIdTokenDoesNotContainNonce'],
	async run(op) {
		const done = await fapiSignIn(op, await fapiClient(op), { change: { nonce: null } })
		op.check('EnsureIdTokenDoesNotContainNonce', !('nonce' in done.claims), done.claims.nonce)
		await reached(op, done)
	},
	broken: refusing(AT.par, 'demands a nonce of pushed requests', (params) => !params.has('nonce')),
}

const nonceOf64: Module = {
	name: `${PREFIX}-ensure-authorization-request-with-64-char-nonce-success`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		await reached(op, await fapiSignIn(op, await fapiClient(op), { change: { nonce: lettersOf(64) } }))
	},
	broken: refusing(AT.par, 'takes no nonce of exactly 64 characters', (params) => params.get('nonce')?.length === 64),
}

const lettersOf = (length: number): string => Array.from({ length: 40 }, randomText).join('').slice(0, length)

const otherOrder: Module = {
	name: `${PREFIX}-ensure-other-scope-order-succeeds`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		await reached(op, await fapiSignIn(op, await fapiClient(op), { change: { scope: 'name openid' } }))
	},
	broken: refusing(
		AT.par,
		'wants `openid` to stand first in pushed requests',
		(params) => (params.get('scope') ?? '').indexOf('openid') > 0,
		'invalid_scope',
	),
}

const longNonce: Module = {
	name: `${PREFIX}-ensure-authorization-request-with-long-nonce`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		// 384 characters: a server may refuse them; it must not cut them. This one takes them.
		await reached(op, await fapiSignIn(op, await fapiClient(op), { change: { nonce: lettersOf(384) } }))
	},
	broken: inIdToken('cuts a nonce after 255 characters', (payload) => {
		payload.nonce = String(payload.nonce).slice(0, 255)
	}),
}

const longState: Module = {
	name: `${PREFIX}-ensure-authorization-request-with-long-state`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		await reached(op, await fapiSignIn(op, await fapiClient(op), { change: { state: lettersOf(1_000) } }))
	},
	broken: callbacks('cuts a state after 255 characters', (callback) => {
		const state = callback.searchParams.get('state')
		if (state !== null) callback.searchParams.set('state', state.slice(0, 255))
	}),
}

const otherNonceBeside: Module = {
	name: `${PREFIX}-ensure-different-nonce-inside-and-outside-request-object`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		const code = await pushedCode(op, await fapiClient(op), {}, { ...BESIDE, nonce: randomText() })
		await reached(op, await redeemed(op, code, await newDpopKey()))
	},
	broken: inIdToken('believes the nonce beside a request_uri', (payload, beside) => {
		payload.nonce = beside.get('nonce') ?? payload.nonce
	}),
}

const otherStateBeside: Module = {
	name: `${PREFIX}-ensure-different-state-inside-and-outside-request-object`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		const code = await pushedCode(op, await fapiClient(op), {}, { ...BESIDE, state: randomText() })
		await reached(op, await redeemed(op, code, await newDpopKey()))
	},
	broken: callbacks('believes the state beside a request_uri rather than the pushed one', (callback, memory) => {
		const beside = memory.asked.has('request_uri') ? memory.asked.get('state') : null
		if (beside && requested(memory).has('state')) callback.searchParams.set('state', beside)
	}),
}

const stateOnlyBeside: Module = {
	name: `${PREFIX}-state-only-outside-request-object-not-used`,
	conditions: [...FAPI_FLOW, 'VerifyNoStateInAuthorizationResponse', 'EnsureIdTokenDoesNotContainStateHash'],
	async run(op) {
		const beside = { ...BESIDE, state: randomText() }
		const code = await pushedCode(op, await fapiClient(op), { change: { state: null } }, beside)
		op.check('VerifyNoStateInAuthorizationResponse', !code.callback.searchParams.has('state'), 'a state')
		const done = await redeemed(op, code, await newDpopKey())
		op.check('EnsureIdTokenDoesNotContainStateHash', !('s_hash' in done.claims), 's_hash')
		await reached(op, done)
	},
	broken: callbacks('takes the state beside a request_uri where none was pushed', (callback, memory) => {
		const beside = memory.asked.get('state')
		if (beside && !requested(memory).has('state')) callback.searchParams.set('state', beside)
	}),
}

const BESIDE = { scope: 'openid name', response_type: 'code' }

const nothingBeside: Module = {
	name: `${PREFIX}-par-without-duplicate-parameters`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		const code = await pushedCode(op, await fapiClient(op), {}, {})
		await reached(op, await redeemed(op, code, await newDpopKey()))
	},
	broken: at(AT.authorize, 'wants a response_type beside a request_uri', async (request, params, next) =>
		params.has('request_uri') && !params.has('response_type')
			? new Response('<!doctype html><title>invalid_request</title>', {
					status: 400,
					headers: { 'content-type': 'text/html' },
				})
			: next(withParams(request, params)),
	),
}

/** Changes the claims of id_tokens. @param change gets the last query of the authorization endpoint */
function inIdToken(what: string, change: (payload: Record<string, unknown>, beside: URLSearchParams) => void): Variant {
	return {
		what,
		intermediary(book) {
			const memory = newMemory()
			return async (request, next) => {
				const response = await remembering(memory, request, next)
				if (placeOf(request) !== AT.token || response.status !== 200) return response
				const body = (await response.json()) as Record<string, unknown>
				if (typeof body.id_token !== 'string') return jsonAs(response, body)
				const id_token = await forged(body.id_token, memory.asked, book, ({ payload }) => {
					if ('nonce' in payload) change(payload, memory.asked)
				})
				return jsonAs(response, { ...body, id_token })
			}
		},
	}
}

const claims: Module = {
	name: `${PREFIX}-test-claims-parameter-identity-claims`,
	conditions: [
		...FAPI_FLOW,
		'CheckIfOidcStandardClaimsSupported',
		'EnsureIdentityClaimsContainRequestedClaims',
		'CheckForUnexpectedClaimsInUserinfo',
	],
	async run(op) {
		const { claims_parameter_supported: taken, claims_supported } = await op.discovery()
		const supported = Array.isArray(claims_supported) ? (claims_supported as string[]) : []
		op.check('CheckIfOidcStandardClaimsSupported', taken === true && supported.includes('name'), taken)
		const wished = STANDARD.filter((name) => supported.includes(name))
		// In each of the forms of OpenID Connect Core §5.5.1, and one claim that nobody knows.
		const forms = [null, { essential: true }, { essential: false }]
		const asked = Object.fromEntries(wished.map((name, at) => [name, forms[at % forms.length]]))
		const parameter = JSON.stringify({
			userinfo: { ...asked, [randomText()]: null },
			id_token: { ...asked, auth_time: null },
		})
		const done = await fapiSignIn(op, await fapiClient(op), { change: { scope: 'openid', claims: parameter } })
		const { body } = await reached(op, done)
		const given: Record<string, unknown> = { ...done.claims, ...body }
		// A middle name is had by some only.
		const missing = wished.filter((name) => given[name] === undefined && name !== 'middle_name')
		op.check('EnsureIdentityClaimsContainRequestedClaims', missing.length === 0, missing)
		const unexpected = Object.keys(body).filter((name) => ![...wished, ...PROTOCOL].includes(name))
		op.check('CheckForUnexpectedClaimsInUserinfo', unexpected.length === 0, unexpected)
	},
	broken: overlooking(
		AT.par,
		'ignores the `claims` parameter of pushed requests',
		(params) => params.has('claims'),
		(params) => params.delete('claims'),
	),
}

/** Of OpenID Connect Core §5.1, those that the registry could have. */
const STANDARD = ['name', 'given_name', 'family_name', 'middle_name', 'gender', 'birthdate', 'address']
const PROTOCOL = ['sub', 'iss', 'aud', 'acr', 'amr', 'auth_time']

export const requests = {
	withoutState,
	withoutNonce,
	nonceOf64,
	otherOrder,
	longNonce,
	longState,
	otherNonceBeside,
	otherStateBeside,
	stateOnlyBeside,
	nothingBeside,
	claims,
}
