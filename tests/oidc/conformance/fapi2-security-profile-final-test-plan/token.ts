import { hashSecret } from '../../../../src/lib/crypto.ts'
import { newKey, type Rp } from '../../kit/relying-party.ts'
import { accepting } from '../kit/accepting.ts'
import { clientAssertion, newDpopKey, readJwt } from '../kit/book.ts'
import { AT, at, overlooking, withParams } from '../kit/broken.ts'
import { proof } from '../kit/dpop.ts'
import {
	FAPI_FLOW,
	type FapiCode,
	fapiClient,
	fapiSignIn,
	pushedCode,
	REFUSED_TOKEN,
	reached,
	redeem,
	refusedToken,
	resource,
} from '../kit/fapi.ts'
import type { TokenRequest } from '../kit/flows.ts'
import { CODE, type Module, PUSHED } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import { repeating } from '../oidcc-basic-certification-test-plan/codes.ts'
import { PREFIX } from './names.ts'

/** The token endpoint: who may redeem a code, how often, how long, with what. */
export const GRANT = 'CheckErrorFromTokenEndpointResponseErrorInvalidGrant'
const CLIENT = 'CheckErrorFromTokenEndpointResponseErrorInvalidClientOrInvalidRequest'
export const REFUSED_CODE = [PUSHED, CODE, ...REFUSED_TOKEN] as const

/** A code, and an attempt to redeem it that has to fail. */
export async function refusedCode(
	op: Run,
	condition: string,
	errors: readonly string[],
	attempt: (code: FapiCode) => TokenRequest | Promise<TokenRequest>,
	rp?: Rp,
): Promise<void> {
	const code = await pushedCode(op, rp ?? (await fapiClient(op)))
	const key = await newDpopKey()
	refusedToken(op, condition, await redeem(op, code, key, await attempt(code)), errors)
}

const otherClientId: Module = {
	name: `${PREFIX}-ensure-client-id-in-token-endpoint`,
	conditions: [...REFUSED_CODE, 'CheckErrorFromTokenEndpointResponseErrorInvalidClientOrInvalidGrant'],
	run: (op) =>
		refusedCode(
			op,
			'CheckErrorFromTokenEndpointResponseErrorInvalidClientOrInvalidGrant',
			['invalid_client', 'invalid_grant'],
			async ({ rp }) => {
				// The second client's name in both places, the first one's key under it.
				const second = await fapiClient(op)
				const client_assertion = await clientAssertion(op.book, second, {}, rp.keys[0])
				return { as: second, form: { client_id: second.id, ...JWT_BEARER, client_assertion } }
			},
		),
	broken: accepting('takes an assertion of one client that another one has signed', (assertion, params, clients) => {
		const named = clients.find(({ id }) => id === params.get('client_id'))
		return named !== undefined && readJwt(assertion).header.kid !== named.keys[0]?.kid
	}),
}

const JWT_BEARER = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }

const holderOfKey: Module = {
	name: `${PREFIX}-ensure-holder-of-key-required`,
	conditions: [...REFUSED_CODE, 'CheckTokenEndpointReturnedInvalidRequestGrantOrDPopProofError'],
	run: (op) =>
		refusedCode(
			op,
			'CheckTokenEndpointReturnedInvalidRequestGrantOrDPopProofError',
			['invalid_request', 'invalid_grant', 'invalid_dpop_proof'],
			() => ({ dpop: undefined }),
		),
	broken: overlooking(
		AT.token,
		'gives a token for a code that comes without a proof',
		(params, { headers }) =>
			params.get('grant_type') === 'authorization_code' && params.has('client_assertion') && !headers.has('dpop'),
		async (_, headers, book) =>
			headers.set('dpop', await proof(book, await newDpopKey(), 'POST', `${book.issuer}${AT.token}`)),
	),
}

const boundToClient: Module = {
	name: `${PREFIX}-ensure-authorization-code-is-bound-to-client`,
	conditions: [...REFUSED_CODE, GRANT],
	run: (op) => refusedCode(op, GRANT, ['invalid_grant'], async () => ({ as: await fapiClient(op) })),
	broken: at(AT.token, 'gives a code to any client that asks for it', async (request, params, next, book) => {
		const assertion = params.get('client_assertion')
		if (assertion === null) return next(withParams(request, params))
		const sql = 'SELECT client_id AS owner FROM codes WHERE hash = ?'
		const { rows } = await book.provider.client.execute({ sql, args: [hashSecret(params.get('code') ?? '')] })
		const [owner, named] = [rows[0]?.owner, params.get('client_id')].map((id) => book.clients.get(String(id)))
		if (owner && owner !== named && readJwt(assertion).header.kid === named?.keys[0]?.kid) {
			params.set('client_id', owner.id)
			params.set('client_assertion', await clientAssertion(book, owner))
		}
		return next(withParams(request, params))
	}),
}

const reuse: Module = {
	name: `${PREFIX}-attempt-reuse-authorization-code-after-one-second`,
	conditions: [...FAPI_FLOW, ...REFUSED_TOKEN, GRANT, 'EnsureAccessTokenIsRevokedByCodeReuse'],
	async run(op) {
		const done = await fapiSignIn(op, await fapiClient(op))
		await reached(op, done)
		op.wait(1_000)
		refusedToken(op, GRANT, await redeem(op, done, done.key), ['invalid_grant'])
		const { status } = await resource(op, done)
		op.check('EnsureAccessTokenIsRevokedByCodeReuse', status === 401, status)
	},
	broken: {
		what: 'answers a second use of a code as the first, to clients that send a proof, within a minute',
		intermediary: (book) => repeating(book, 60, ({ headers }) => headers.has('dpop')),
	},
}

const expired: Module = {
	name: `${PREFIX}-ensure-token-endpoint-fails-with-expired-auth-code`,
	conditions: [...REFUSED_CODE, GRANT],
	run: (op) =>
		refusedCode(op, GRANT, ['invalid_grant'], () => {
			// A minute, and two seconds for clocks that differ.
			op.wait(62_000)
			return {}
		}),
	broken: at(AT.token, 'takes a code however old it is', async (request, params, next, { provider }) => {
		await provider.client.execute({
			sql: 'UPDATE codes SET expires_at = expires_at + 3600000 WHERE hash = ?',
			args: [hashSecret(params.get('code') ?? '')],
		})
		return next(withParams(request, params))
	}),
}

const rs256: Module = {
	name: `${PREFIX}-ensure-signed-client-assertion-with-RS256-fails`,
	conditions: [...REFUSED_CODE, 'CheckErrorFromTokenEndpointResponseErrorInvalidClient'],
	async run(op) {
		const key = await newKey('PS256')
		const { alg: _, ...publicJwk } = key.publicJwk
		const rp = await fapiClient(op, {}, [{ ...key, publicJwk }])
		const other = { ...key, alg: 'RS256', privateKey: await asRs256(key.privateKey) }
		const condition = 'CheckErrorFromTokenEndpointResponseErrorInvalidClient'
		const attempt = async () => {
			const client_assertion = await clientAssertion(op.book, rp, {}, other)
			return { form: { ...JWT_BEARER, client_assertion } }
		}
		await refusedCode(op, condition, ['invalid_client'], attempt, rp)
	},
	broken: accepting(
		'takes assertions that are signed with RS256',
		(assertion) => readJwt(assertion).header.alg === 'RS256',
	),
}

async function asRs256(key: CryptoKey): Promise<CryptoKey> {
	const { alg: _, ...jwk } = await crypto.subtle.exportKey('jwk', key)
	return crypto.subtle.importKey('jwk', jwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
}

const noAssertion: Module = {
	name: `${PREFIX}-ensure-client-assertion-in-token-endpoint`,
	conditions: [...REFUSED_CODE, CLIENT],
	run: (op) =>
		refusedCode(op, CLIENT, ['invalid_client', 'invalid_request'], ({ rp }) => ({
			// As a public client says who it is.
			as: { ...rp, authMethod: 'none' },
		})),
	broken: at(AT.token, 'believes a client that says who it is', async (request, params, next, book) => {
		const rp = book.clients.get(params.get('client_id') ?? '')
		if (rp?.keys.length && !params.has('client_assertion')) {
			params.set('client_assertion_type', JWT_BEARER.client_assertion_type)
			params.set('client_assertion', await clientAssertion(book, rp))
		}
		return next(withParams(request, params))
	}),
}

/** An assertion with one claim wrong at the token endpoint, and the server that lets it pass. */
function wrongAssertion(
	name: string,
	changes: (op: Run) => Record<string, unknown>,
	what: string,
	when: (payload: Record<string, unknown>, now: number) => boolean,
): Module {
	return {
		name: `${PREFIX}-${name}`,
		conditions: [...REFUSED_CODE, CLIENT],
		run: (op) => refusedCode(op, CLIENT, ['invalid_client', 'invalid_request'], () => ({ assertion: changes(op) })),
		broken: accepting(what, (assertion, _, __, now) => when(readJwt(assertion).payload, now)),
	}
}

const longExpired = wrongAssertion(
	'ensure-client-assertion-with-exp-is-5-minutes-in-past-fails',
	({ book }) => ({ exp: book.now() - 300 }),
	'takes assertions that are over',
	({ exp }, now) => Number(exp) < now,
)

const wrongAudience = wrongAssertion(
	'ensure-client-assertion-with-wrong-aud-fails',
	() => ({ aud: 'https://other1.example.com' }),
	'takes assertions that were made for another server',
	({ aud }) => aud === 'https://other1.example.com',
)

const noSubject = wrongAssertion(
	'ensure-client-assertion-with-no-sub-fails',
	() => ({ sub: undefined }),
	'takes assertions without sub, and so request objects for assertions',
	(payload) => !('sub' in payload),
)

export const tokens = {
	otherClientId,
	holderOfKey,
	boundToClient,
	reuse,
	expired,
	rs256,
	noAssertion,
	longExpired,
	wrongAudience,
	noSubject,
}
