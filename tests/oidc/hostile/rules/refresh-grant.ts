import { newKey } from '../../kit/relying-party.ts'
import { freshCode, freshTokens, usedRefresh } from '../kit/bases.ts'
import { again, change, drop, set } from '../kit/draft.ts'
import { dpopProof } from '../kit/proofs.ts'
import { neighbour } from '../kit/server.ts'
import { at, type Rule } from './rule.ts'

const gone = { error: 'invalid_grant' } as const
const TOKENS: [string, (token: string) => string][] = [
	['that nobody got', () => 'x'.repeat(43)],
	['with a letter less', (token) => token.slice(0, -1)],
	['with a space behind', (token) => `${token} `],
	['with SQL in it', () => "' OR 1=1 --"],
	['with Bearer before it', (token) => `Bearer ${token}`],
]

/** RFC 6749 §6, RFC 9700 §4.14, FAPI 2.0 §5.3.2.1: what a refresh token asks of whoever brings it. */
export const refreshGrant: Rule[] = [
	{
		rule: 'RFC 6749 §6',
		what: 'no refresh_token',
		at: at('refresh'),
		how: drop('refresh_token'),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 6749 §3.2: no parameter twice',
		what: 'two refresh tokens',
		at: at('refresh'),
		how: again('refresh_token', 'another'),
		error: 'invalid_request',
	},
	...TOKENS.map(
		([what, by]): Rule => ({
			rule: 'RFC 6749 §5.2: a refresh token that is not right',
			what: `a refresh token ${what}`,
			at: at('refresh'),
			how: change('refresh_token', by),
			...gone,
		}),
	),
	{
		rule: 'RFC 6749 §6: it was issued to this client',
		what: "another client's refresh token",
		at: at('refresh'),
		how: async (server, cast) => set('refresh_token', (await freshTokens(server, neighbour(cast))).refresh_token ?? ''),
		...gone,
	},
	{
		rule: 'RFC 6749 §1.5: an access token is no refresh token',
		what: 'an access token',
		at: at('refresh'),
		how: async (server, cast) => set('refresh_token', (await freshTokens(server, cast)).access_token),
		...gone,
	},
	{
		rule: 'RFC 6749 §1.5: a code is no refresh token',
		what: 'a code',
		at: at('refresh'),
		how: async (server, cast) => set('refresh_token', await freshCode(server, cast)),
		...gone,
	},
	{
		rule: 'RFC 6749 §6: not more than was granted',
		what: 'a scope that was not granted',
		at: at('refresh'),
		how: set('scope', 'openid pid name address'),
		error: 'invalid_scope',
	},
	{
		rule: 'RFC 6749 §6: not more than was granted',
		what: 'a scope that nobody knows',
		at: at('refresh'),
		how: set('scope', 'openid telepathy'),
		error: 'invalid_scope',
	},
	{
		rule: 'RFC 8707 §2.2: not another than was granted',
		what: 'a resource that was not granted',
		at: at('refresh'),
		how: set('resource', 'https://api.example/'),
		error: 'invalid_target',
	},
	{
		rule: 'RFC 9449 §5: bound to the key',
		what: 'another key',
		at: at('refresh', 'fapi2'),
		how: async (server, _cast) => {
			const proof = { key: await newKey('ES256'), method: 'POST', path: server.paths.token }
			const dpop = await dpopProof(server, proof)
			return (draft) => {
				draft.headers.dpop = dpop
			}
		},
		...gone,
	},
	{
		rule: 'OpenID Connect Core §12: its time is over',
		what: 'a refresh token of 31 days ago',
		at: at('refresh'),
		how: async (server, cast) => {
			const tokens = await freshTokens(server, cast)
			await server.advance(31 * 86_400_000)
			return set('refresh_token', tokens.refresh_token ?? '')
		},
		...gone,
		spoils: true,
	},
	{
		rule: 'RFC 9700 §4.14.2: one that was replaced',
		what: 'a refresh token that was replaced 31 s ago',
		at: at('refresh', 'oidc', 'thaid-v2'),
		how: async (server, cast) => {
			const used = await usedRefresh(server, cast)
			await server.advance(31_000)
			return set('refresh_token', used)
		},
		...gone,
		spoils: true,
		ends: true,
	},
]
