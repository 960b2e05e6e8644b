import { calculateJwkThumbprint, type JWK } from 'jose'
import { newDpopKey, readJwt } from '../kit/book.ts'
import { AT, overlooking, paramsOf, placeOf, refusing, withParams } from '../kit/broken.ts'
import { hashOf } from '../kit/dpop.ts'
import {
	FAPI_FLOW,
	fapiClient,
	fapiSignIn,
	push,
	pushedCode,
	REFUSED_TOKEN,
	reached,
	redeem,
	refusedPush,
	refusedToken,
} from '../kit/fapi.ts'
import { CODE, type Module, PUSHED } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import type { Variant } from '../kit/variant.ts'
import { PREFIX } from './names.ts'

/** Proofs of possession (RFC 9449) at PAR, token endpoint and resource; the binding of a code to a key (§10). */
const MISMATCHED = 'CheckTokenEndpointReturnedInvalidRequestGrantOrDPopProofError'
const ERRORS = ['invalid_request', 'invalid_grant', 'invalid_dpop_proof']

const nbfExp: Module = {
	name: `${PREFIX}-check-dpop-proof-nbf-exp`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		const times = () => ({ nbf: op.book.now(), exp: op.book.now() + 300 })
		const done = await fapiSignIn(op, await fapiClient(op), { atToken: { proof: times() } })
		await reached(op, done, { proof: times() })
	},
	broken: proofs('refuses proofs that say how long they are good for', (claims) => 'exp' in claims),
}

const iatBefore: Module = {
	name: `${PREFIX}-ensure-dpopproof-with-iat-10seconds-before-succeeds`,
	conditions: [...FAPI_FLOW],
	run: (op) => withIat(op, -10),
	broken: proofs('refuses proofs of ten seconds ago', ({ iat }, now) => iat === now - 10),
}

const iatAfter: Module = {
	name: `${PREFIX}-ensure-dpopproof-with-iat-10seconds-after-succeeds`,
	conditions: [...FAPI_FLOW],
	// The suite keeps two seconds for the way.
	run: (op) => withIat(op, 8),
	broken: proofs('refuses proofs of a clock that is eight seconds ahead', ({ iat }, now) => iat === now + 8),
}

/** At PAR, token endpoint and resource. @param seconds from now */
async function withIat(op: Run, seconds: number): Promise<void> {
	const dpop = await newDpopKey()
	const at = () => ({ iat: op.book.now() + seconds })
	const done = await fapiSignIn(op, await fapiClient(op), { dpop, proof: at(), atToken: { proof: at() } })
	await reached(op, done, { proof: at() })
}

/** Refuses what has to be taken, at all three places. */
function proofs(what: string, when: (claims: Record<string, unknown>, now: number) => boolean): Variant {
	return {
		what,
		intermediary: (book) => async (request, next) => {
			const header = request.headers.get('dpop')
			if (header === null || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(header)) return next(request)
			if (!when(claimsOf(header), book.now())) return next(request)
			const status = placeOf(request) === AT.userinfo ? 401 : 400
			return Response.json({ error: 'invalid_dpop_proof' }, { status })
		},
	}
}

function claimsOf(jwt: string): Record<string, unknown> {
	try {
		return readJwt(jwt).payload
	} catch {
		return {}
	}
}

const mismatchAtPar: Module = {
	name: `${PREFIX}-ensure-mismatched-dpop-jkt-fails`,
	conditions: ['EnsurePARHttpStatusCodeIs400or401', 'EnsurePARInvalidRequestOrInvalidDpopProof'],
	async run(op) {
		const [named, used] = [await newDpopKey(), await newDpopKey()]
		const { answer } = await push(op, await fapiClient(op), { change: { dpop_jkt: named.jkt }, dpop: used })
		refusedPush(op, 'EnsurePARInvalidRequestOrInvalidDpopProof', answer, ['invalid_request', 'invalid_dpop_proof'])
	},
	broken: overlooking(
		AT.par,
		'forgets dpop_jkt where a proof of another key comes with it',
		(params, { headers }) => params.has('dpop_jkt') && headers.has('dpop'),
		async (params, headers) => {
			const jkt = await calculateJwkThumbprint(readJwt(headers.get('dpop') ?? '').header.jwk as JWK)
			if (jkt !== params.get('dpop_jkt')) params.delete('dpop_jkt')
		},
	),
}

const mismatchedProof: Module = {
	name: `${PREFIX}-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt`,
	conditions: [PUSHED, CODE, ...REFUSED_TOKEN, MISMATCHED],
	async run(op) {
		const code = await pushedCode(op, await fapiClient(op), { dpop: await newDpopKey() })
		refusedToken(op, MISMATCHED, await redeem(op, code, await newDpopKey()), ERRORS)
	},
	broken: overlooking(
		AT.par,
		'binds no code to the key of a proof at the PAR endpoint',
		(params, { headers }) => headers.has('dpop') && !params.has('dpop_jkt'),
		(_, headers) => headers.delete('dpop'),
	),
}

const mismatchedJkt: Module = {
	name: `${PREFIX}-ensure-token-endpoint-fails-with-mismatched-dpop-jkt`,
	conditions: [PUSHED, CODE, ...REFUSED_TOKEN, MISMATCHED],
	async run(op) {
		const named = await newDpopKey()
		const code = await pushedCode(op, await fapiClient(op), { change: { dpop_jkt: named.jkt } })
		refusedToken(op, MISMATCHED, await redeem(op, code, await newDpopKey()), ERRORS)
	},
	broken: overlooking(
		AT.par,
		'binds no code to a dpop_jkt that comes without a proof',
		(params, { headers }) => params.has('dpop_jkt') && !headers.has('dpop'),
		(params) => params.delete('dpop_jkt'),
	),
}

const boundByProof: Module = {
	name: `${PREFIX}-ensure-dpopproof-at-par-endpoint-binding-success`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		await reached(op, await fapiSignIn(op, await fapiClient(op), { dpop: await newDpopKey() }))
	},
	broken: {
		what: 'gives no token for a code that a proof at the PAR endpoint bound, whatever the key',
		intermediary() {
			const bound = new Set<string | null>()
			return async (request, next) => {
				const place = placeOf(request)
				if (place !== AT.par && place !== AT.token) return next(request)
				const params = await paramsOf(request)
				if (place === AT.par && request.headers.has('dpop') && !params.has('dpop_jkt'))
					bound.add(params.get('code_challenge'))
				const verifier = params.get('code_verifier') ?? ''
				if (place === AT.token && bound.has(hashOf(verifier)))
					return Response.json({ error: 'invalid_dpop_proof' }, { status: 400 })
				return next(withParams(request, params))
			}
		},
	},
}

const boundByJkt: Module = {
	name: `${PREFIX}-ensure-dpop-auth-code-binding-success`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		const dpop = await newDpopKey()
		await reached(op, await fapiSignIn(op, await fapiClient(op), { change: { dpop_jkt: dpop.jkt }, dpop }))
	},
	broken: refusing(
		AT.par,
		'takes dpop_jkt or a proof, never both',
		(params, { headers }) => params.has('dpop_jkt') && headers.has('dpop'),
		'invalid_request',
	),
}

export const binding = {
	nbfExp,
	iatBefore,
	iatAfter,
	mismatchAtPar,
	mismatchedProof,
	mismatchedJkt,
	boundByProof,
	boundByJkt,
}
