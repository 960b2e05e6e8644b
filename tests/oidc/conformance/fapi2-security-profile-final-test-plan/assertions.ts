import { accepting } from '../kit/accepting.ts'
import { readJwt } from '../kit/book.ts'
import { AT, at, withParams } from '../kit/broken.ts'
import { FAPI_FLOW, fapiClient, fapiSignIn, push, reached, refusedPush } from '../kit/fapi.ts'
import type { Module } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import { PREFIX } from './names.ts'

/** Client assertions at the PAR endpoint: whose clock, and for whom (FAPI 2.0 §5.3.2.1). */
const soon: Module = {
	name: `${PREFIX}-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted`,
	conditions: [...FAPI_FLOW],
	async run(op) {
		const from = op.book.now() + 8
		const done = await fapiSignIn(op, await fapiClient(op), { assertion: { iat: from, nbf: from, exp: from + 60 } })
		await reached(op, done)
	},
	broken: at(AT.par, 'takes no assertion of a clock that is ahead', async (request, params, next, book) => {
		const { nbf } = readJwt(params.get('client_assertion') ?? '').payload
		return Number(nbf) > book.now()
			? Response.json({ error: 'invalid_client' }, { status: 401 })
			: next(withParams(request, params))
	}),
}

const ERROR = 'CheckErrorFromParEndpointResponseErrorInvalidClientOrInvalidRequest'

/** An assertion with one thing wrong, and the server that lets it pass. */
function refusedAtPar(
	name: string,
	changes: (op: Run) => Record<string, unknown>,
	what: string,
	when: (payload: Record<string, unknown>, now: number) => boolean,
): Module {
	return {
		name: `${PREFIX}-${name}`,
		conditions: ['EnsurePARHttpStatusCodeIs400or401', ERROR],
		async run(op) {
			const { answer } = await push(op, await fapiClient(op), { assertion: changes(op) })
			refusedPush(op, ERROR, answer, ['invalid_client', 'invalid_request'])
		},
		broken: accepting(what, (assertion, _, __, now) => when(readJwt(assertion).payload, now), AT.par),
	}
}

const late = refusedAtPar(
	'par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails',
	({ book }) => ({ iat: book.now() + 65, nbf: book.now() + 65, exp: book.now() + 125 }),
	'takes assertions of a clock that is more than a minute ahead',
	({ nbf }, now) => Number(nbf) > now + 60,
)

const arrayAudience = refusedAtPar(
	'par-test-array-as-audience-fails',
	({ book }) => ({ aud: [book.issuer, 'https://other1.example.com'] }),
	'takes assertions that are for several servers',
	({ aud }) => Array.isArray(aud),
)

const parAudience = refusedAtPar(
	'par-test-par-endpoint-url-as-audience-fails',
	({ book }) => ({ aud: `${book.issuer}${AT.par}` }),
	'takes the address of its PAR endpoint for its name',
	({ aud }) => String(aud).endsWith(AT.par),
)

const tokenAudience = refusedAtPar(
	'par-test-token-endpoint-url-as-audience-fails',
	({ book }) => ({ aud: `${book.issuer}${AT.token}` }),
	'takes the address of its token endpoint for its name',
	({ aud }) => String(aud).endsWith(AT.token),
)

export const assertions = { soon, late, arrayAudience, parAudience, tokenAudience }
