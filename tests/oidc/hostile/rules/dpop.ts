import { newKey } from '../../kit/relying-party.ts'
import { freshCode, freshTokens, pushed } from '../kit/bases.ts'
import { all, changeHeader, header, set } from '../kit/draft.ts'
import { dpopProof } from '../kit/proofs.ts'
import type { Cast, Server } from '../kit/server.ts'
import { at, type Rule } from './rule.ts'

const proofless = { error: 'invalid_dpop_proof' } as const
const asking = [...at('token', 'fapi2'), ...at('refresh', 'fapi2')]
const using = at('userinfo', 'fapi2')
const wrongToken = { error: 'invalid_token', status: 401 } as const

/** A proof of another key for the token that comes along. */
async function foreignProof(server: Server, { profile }: Cast, token: string): Promise<string> {
	const key = await newKey('ES256')
	return dpopProof(server, { key, method: 'GET', path: server.paths.userinfo, token: profile ? token : '' })
}

/** RFC 9449 and FAPI 2.0 §5.3.2.1: a token is good by its key alone. What can be wrong inside a proof: `jwt.test.ts`. */
export const dpop: Rule[] = [
	{
		rule: 'FAPI 2.0 §5.3.2.1: only sender-constrained tokens',
		what: 'no proof',
		at: asking,
		how: header('dpop', null),
		...proofless,
	},
	{
		rule: 'RFC 9449 §7.1: a proof with each use',
		what: 'no proof',
		at: using,
		how: header('dpop', null),
		...proofless,
		status: 401,
	},
	{
		rule: 'RFC 9449 §4.3 point 1: one header',
		what: 'two proofs',
		at: asking,
		how: changeHeader('dpop', (proof) => `${proof}, ${proof}`),
		...proofless,
	},
	{
		rule: 'RFC 9449 §4.3 point 1: one header',
		what: 'two proofs',
		at: using,
		how: changeHeader('dpop', (proof) => `${proof}, ${proof}`),
		...proofless,
		status: 401,
	},
	{
		rule: 'RFC 9449 §4.3 point 2: a well-formed JWT',
		what: 'a proof that is none',
		at: [...asking, ...at('par', 'fapi2')],
		how: header('dpop', 'proof'),
		...proofless,
	},
	{
		rule: 'RFC 9449 §7.2: a bound token is no bearer token',
		what: 'the token by the scheme Bearer',
		at: using,
		how: changeHeader('authorization', (value) => value.replace('DPoP', 'Bearer')),
		...wrongToken,
	},
	{
		rule: 'RFC 9449 §7.2: a bound token is no bearer token',
		what: 'the token by the scheme Bearer, without a proof',
		at: using,
		how: all(
			changeHeader('authorization', (value) => value.replace('DPoP', 'Bearer')),
			header('dpop', null),
		),
		...wrongToken,
	},
	{
		rule: 'RFC 9449 §7.1: a bearer token is no bound one',
		what: 'the token by the scheme DPoP',
		at: at('userinfo', 'oidc', 'thaid-v2'),
		how: changeHeader('authorization', (value) => value.replace('Bearer', 'DPoP')),
		...wrongToken,
	},
	{
		rule: 'RFC 9449 §4.3 point 11: the key of the token',
		what: 'a token with the proof of another key',
		at: using,
		how: async (server, cast) => {
			const { access_token } = await freshTokens(server, cast)
			return all(
				header('authorization', `DPoP ${access_token}`),
				header('dpop', await foreignProof(server, cast, access_token)),
			)
		},
		...wrongToken,
	},
	{
		rule: 'RFC 9449 §4.3 point 11: ath is of this token',
		what: 'another token of the same key',
		at: using,
		how: async (server, cast) => header('authorization', `DPoP ${(await freshTokens(server, cast)).access_token}`),
		...proofless,
		status: 401,
	},
	{
		rule: 'RFC 9449 §10.1: dpop_jkt and the proof agree',
		what: 'a dpop_jkt of another key beside a proof',
		at: at('par', 'fapi2'),
		how: async (server, { dpop }) => {
			if (!dpop) throw new Error('no key')
			const proof = await dpopProof(server, { key: dpop, method: 'POST', path: server.paths.par })
			return all(set('dpop_jkt', 'A'.repeat(43)), header('dpop', proof))
		},
		error: 'invalid_request',
	},
	{
		rule: 'RFC 9449 §10: the code is bound to a key',
		what: 'a code for the thumbprint of another key',
		at: at('token', 'fapi2'),
		how: async (server, cast) => {
			const uri = await pushed(server, cast, set('dpop_jkt', 'A'.repeat(43)))
			return set('code', await freshCode(server, cast, set('request_uri', uri)))
		},
		error: 'invalid_grant',
	},
	{
		rule: 'RFC 9449 §10: the code is bound to a key',
		what: 'a code for a key, without a proof',
		at: at('token', 'oidc'),
		how: async (server, cast) => set('code', await freshCode(server, cast, set('dpop_jkt', 'A'.repeat(43)))),
		error: 'invalid_grant',
	},
]
