import { bearerDraft, freshCode, freshTokens, revokedTokens, send, tokenDraft } from '../kit/bases.ts'
import { all, changeHeader, type Draft, header, set } from '../kit/draft.ts'
import { at, type Rule } from './rule.ts'

const HEADERS: [string, string][] = [
	['a token that nobody got', `Bearer ${'x'.repeat(43)}`],
	['letters that no token has', 'Bearer <svg/onload=alert(1)>'],
	['no token', 'Bearer '],
	['the scheme alone', 'Bearer'],
	['Basic', `Basic ${btoa('a:b')}`],
	['two tokens', 'Bearer aaaa, Bearer bbbb'],
	['10,000 letters', `Bearer ${'a'.repeat(10_000)}`],
]
const wrong = { error: 'invalid_token', status: 401 } as const
const none = { error: 'invalid_request', status: 401 } as const

/** RFC 6750 §2 and §3.1, OpenID Connect Core §5.3: who may read a citizen's data. */
export const bearer: Rule[] = [
	{
		rule: 'RFC 6750 §3: a challenge where no token came',
		what: 'no Authorization header',
		at: at('userinfo', 'oidc', 'thaid-v2'),
		how: header('authorization', null),
		...none,
	},
	...HEADERS.map(
		([what, value]): Rule => ({
			rule: 'RFC 6750 §2.1: a bearer token',
			what,
			at: at('userinfo', 'oidc', 'thaid-v2'),
			how: header('authorization', value),
			...(/^Bearer [xa]+$/.test(value) ? wrong : none),
		}),
	),
	{
		rule: 'FAPI 2.0 §5.3.3, RFC 6750 §2.3: no token in the query',
		what: 'the token in the query',
		at: at('userinfo', 'oidc'),
		how: (draft: Draft) => {
			set('access_token', draft.headers.authorization?.split(' ')[1] ?? '')(draft)
			header('authorization', null)(draft)
		},
		...none,
	},
	{
		rule: 'RFC 6750 §2.1',
		what: 'the token with a letter less',
		at: at('userinfo', 'oidc', 'thaid-v2'),
		how: changeHeader('authorization', (value) => value.slice(0, -1)),
		...wrong,
	},
	{
		rule: 'RFC 6749 §1.4: a code is no token',
		what: 'a code for a token',
		at: at('userinfo', 'oidc', 'thaid-v2'),
		how: async (server, cast) => header('authorization', `Bearer ${await freshCode(server, cast)}`),
		...wrong,
	},
	{
		rule: 'OpenID Connect Core §3.1.3.3: an id_token is no access token',
		what: 'an id_token for a token',
		at: at('userinfo', 'oidc', 'thaid-v2'),
		how: async (server, cast) => header('authorization', `Bearer ${(await freshTokens(server, cast)).id_token}`),
		...wrong,
	},
	{
		rule: 'RFC 6750 §3.1: an expired token',
		what: 'a token of 16 minutes ago',
		at: at('userinfo', 'oidc', 'thaid-v2'),
		how: async (server, _cast) => {
			await server.advance(16 * 60_000)
			return all()
		},
		...wrong,
		spoils: true,
	},
	{
		rule: 'RFC 7009 §2: a revoked token',
		what: 'a token that was given back',
		at: at('userinfo'),
		how: async (server, cast) => {
			const tokens = await revokedTokens(server, cast)
			const draft = await bearerDraft(server, cast, server.paths.userinfo, tokens)
			return (each: Draft) => {
				each.headers = draft.headers
			}
		},
		...wrong,
	},
	{
		rule: 'RFC 6749 §4.1.2: what a code gave that was used twice',
		what: 'a token whose code came again',
		at: at('userinfo'),
		how: async (server, cast) => {
			const code = await freshCode(server, cast)
			const tokens = await freshTokens(server, cast, code)
			await send(server, await tokenDraft(server, cast, code))
			const draft = await bearerDraft(server, cast, server.paths.userinfo, tokens)
			return (each: Draft) => {
				each.headers = draft.headers
			}
		},
		...wrong,
	},
]
