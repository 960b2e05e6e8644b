import { AT, overlooking } from '../kit/broken.ts'
import type { Module } from '../kit/module.ts'
import type { Variant } from '../kit/variant.ts'
import { PREFIX } from './names.ts'
import { GRANT, REFUSED_CODE, refusedCode } from './token.ts'

/** A code is redeemed by whoever knows the verifier of its challenge (RFC 7636 §4.6). */
const noVerifier: Module = {
	name: `${PREFIX}-ensure-pkce-code-verifier-required`,
	conditions: [...REFUSED_CODE, GRANT],
	run: (op) => refusedCode(op, GRANT, ['invalid_grant'], () => ({ form: { code_verifier: null } })),
	broken: unchallenged('asks for no code_verifier', (params) => !params.has('code_verifier')),
}

const wrongVerifier: Module = {
	name: `${PREFIX}-incorrect-pkce-code-verifier-rejected`,
	conditions: [...REFUSED_CODE, GRANT],
	run: (op) => refusedCode(op, GRANT, ['invalid_grant'], () => ({ form: { code_verifier: 'v'.repeat(50) } })),
	broken: unchallenged(
		'takes any code_verifier for the right one',
		(params) => params.get('code_verifier') === 'v'.repeat(50),
	),
}

/** Finds the right verifier for a code by itself. */
function unchallenged(what: string, when: (params: URLSearchParams) => boolean): Variant {
	return overlooking(
		AT.token,
		what,
		(params) => params.get('grant_type') === 'authorization_code' && when(params),
		(params, _, { verifiers }) => params.set('code_verifier', [...verifiers.values()].at(-1) ?? ''),
	)
}

export const pkce = { noVerifier, wrongVerifier }
