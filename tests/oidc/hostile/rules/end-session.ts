import { freshTokens } from '../kit/bases.ts'
import { all, change, drop, set } from '../kit/draft.ts'
import { neighbour } from '../kit/server.ts'
import { at, type Rule } from './rule.ts'

const here = at('end_session', 'fapi2', 'oidc')
const told = { at: here, error: 'invalid_request', where: 'page' } as const

const ADDRESSES: [string, (uri: string) => string][] = [
	['a slash behind', (uri) => `${uri}/`],
	['a query behind', (uri) => `${uri}?x=1`],
	['a fragment', (uri) => `${uri}#x`],
	['http', (uri) => uri.replace('https:', 'http:')],
	['the host in capitals', (uri) => uri.replace('example', 'EXAMPLE')],
	['a longer host', (uri) => uri.replace('.example', '.example.evil.example')],
	['somebody before the host', (uri) => uri.replace('https://', 'https://evil.example@')],
	['a path up', (uri) => `${uri}/../signed-out`],
	['another site', () => 'https://evil.example/'],
	['a script', () => 'javascript:alert(1)'],
	['data', () => 'data:text/html,<svg onload=alert(1)>'],
	['no scheme', () => '//evil.example'],
	['a line end', (uri) => `${uri}\r\nlocation: https://evil.example`],
]

/** OpenID Connect RP-Initiated Logout §2, §3: no open redirector, and only a token of ours says who asks. */
export const endSession: Rule[] = [
	...ADDRESSES.map(
		([what, by]): Rule => ({
			rule: 'RP-Initiated Logout §3: exactly a registered one',
			what: `post_logout_redirect_uri with ${what}`,
			how: change('post_logout_redirect_uri', by),
			...told,
		}),
	),
	{
		rule: 'RP-Initiated Logout §3: a registered one of this client',
		what: "another client's post_logout_redirect_uri",
		how: set('post_logout_redirect_uri', 'https://other.example/signed-out'),
		...told,
	},
	{
		rule: 'RP-Initiated Logout §3: of this client, not of its redirect URIs',
		what: 'a redirect_uri of the client',
		how: async (_, { rp }) => set('post_logout_redirect_uri', rp.redirectUri),
		...told,
	},
	{
		rule: 'RP-Initiated Logout §2: who asks is known',
		what: 'neither id_token_hint nor client_id',
		how: drop('id_token_hint', 'client_id'),
		...told,
	},
	{
		rule: 'RP-Initiated Logout §2: client_id is the hint’s',
		what: "another client's client_id",
		how: async (_, { other }) => set('client_id', other.id),
		...told,
	},
	{
		rule: 'RP-Initiated Logout §2: client_id is the hint’s',
		what: 'the id_token of another client',
		how: async (server, cast) => set('id_token_hint', (await freshTokens(server, neighbour(cast))).id_token),
		...told,
	},
	{
		rule: 'RP-Initiated Logout §2: an id_token of ours',
		what: 'an access token for a hint',
		how: async (server, cast) => set('id_token_hint', (await freshTokens(server, cast)).access_token),
		...told,
	},
	...['no.jwt', 'x', 'e30.e30.', '{"sub":"x"}', 'a.b.c.d.e'].map(
		(hint): Rule => ({
			rule: 'RP-Initiated Logout §2: an id_token of ours',
			what: `id_token_hint «${hint}»`,
			how: set('id_token_hint', hint),
			...told,
		}),
	),
	{
		rule: 'RP-Initiated Logout §2: a client that we know',
		what: 'a client_id that nobody has',
		how: all(drop('id_token_hint'), set('client_id', 'nobody')),
		...told,
		error: 'invalid_client',
	},
	{
		rule: 'the longest state that is echoed',
		what: 'a state of 2,049 characters',
		own: true,
		how: set('state', 's'.repeat(2_049)),
		...told,
	},
]
