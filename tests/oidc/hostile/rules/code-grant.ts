import { CHALLENGE } from '../../kit/requests.ts'
import { freshCode, usedCode } from '../kit/bases.ts'
import { again, all, change, drop, set } from '../kit/draft.ts'
import { neighbour } from '../kit/server.ts'
import { at, type Rule } from './rule.ts'

const GRANTS = [
	'password',
	'client_credentials',
	'implicit',
	'Authorization_Code',
	'authorization_code refresh_token',
	'urn:ietf:params:oauth:grant-type:jwt-bearer',
	'urn:ietf:params:oauth:grant-type:token-exchange',
	'urn:ietf:params:oauth:grant-type:device_code',
]
const CODES: [string, (code: string) => string][] = [
	['that nobody got', () => 'x'.repeat(43)],
	['in capitals', (code) => (code === code.toUpperCase() ? code.toLowerCase() : code.toUpperCase())],
	['with a space behind', (code) => `${code} `],
	['with a letter less', (code) => code.slice(0, -1)],
	['with SQL in it', () => "' OR 1=1 --"],
	['with a NUL in it', (code) => `${code}\u0000`],
]
const VERIFIERS: [string, string][] = [
	['another one', 'b-verifier-of-at-least-forty-three-characters-1234'],
	['its challenge', CHALLENGE],
	['too short', 'short'],
	['too long', 'a'.repeat(129)],
	['of letters beyond the unreserved', `${'a'.repeat(42)}é`],
	['with a space behind', 'a-verifier-of-at-least-forty-three-characters-1234 '],
]
const gone = { error: 'invalid_grant' } as const

/** RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9700 §2.1.1: what a code asks of whoever brings it. */
export const codeGrant: Rule[] = [
	{
		rule: 'RFC 6749 §4.1.3',
		what: 'no grant_type',
		at: at('token'),
		how: drop('grant_type'),
		error: 'invalid_request',
	},
	...GRANTS.map(
		(type): Rule => ({
			rule: type === 'password' ? 'RFC 9700 §2.4: no password grant' : 'RFC 6749 §5.2',
			what: `grant_type ${type}`,
			at: at('token'),
			how: set('grant_type', type),
			error: 'unsupported_grant_type',
		}),
	),
	...['grant_type', 'code', 'redirect_uri'].map(
		(name): Rule => ({
			rule: 'RFC 6749 §3.2: no parameter twice',
			what: `${name} twice with different values`,
			at: at('token'),
			how: again(name, 'authorization_code_'),
			error: 'invalid_request',
		}),
	),
	...['grant_type', 'code', 'code_verifier'].map(
		(name): Rule => ({
			rule: 'RFC 6749 §3.2: no parameter twice',
			what: `${name} twice`,
			at: at('token', 'fapi2', 'oidc'),
			how: again(name),
			error: 'invalid_request',
		}),
	),
	{ rule: 'RFC 6749 §4.1.3', what: 'no code', at: at('token'), how: drop('code'), error: 'invalid_request' },
	{ rule: 'RFC 6749 §3.2', what: 'an empty code', at: at('token'), how: set('code', ''), error: 'invalid_request' },
	...CODES.map(
		([what, by]): Rule => ({
			rule: 'RFC 6749 §5.2: a code that is not right',
			what: `a code ${what}`,
			at: at('token'),
			how: change('code', by),
			...gone,
		}),
	),
	{
		rule: 'RFC 6749 §4.1.3: the code was issued to this client',
		what: "another client's code, with all that belongs to it",
		at: at('token'),
		how: async (server, cast) =>
			all(set('code', await freshCode(server, neighbour(cast))), set('redirect_uri', cast.other.redirectUri)),
		...gone,
	},
	{
		rule: 'RFC 6749 §4.1.3: redirect_uri as in the request',
		what: 'no redirect_uri',
		at: at('token'),
		how: drop('redirect_uri'),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 6749 §4.1.3: redirect_uri as in the request',
		what: 'a redirect_uri with a slash behind',
		at: at('token'),
		how: change('redirect_uri', (uri) => `${uri}/`),
		...gone,
	},
	{
		rule: 'RFC 6749 §4.1.3: redirect_uri as in the request',
		what: "another client's redirect_uri",
		at: at('token'),
		how: async (_, { other }) => set('redirect_uri', other.redirectUri),
		...gone,
	},
	{
		rule: 'RFC 7636 §4.6, RFC 9700 §2.1.1: PKCE cannot be left out',
		what: 'no code_verifier',
		at: at('token', 'fapi2', 'oidc'),
		how: drop('code_verifier'),
		...gone,
	},
	...VERIFIERS.map(
		([what, verifier]): Rule => ({
			rule: 'RFC 7636 §4.6',
			what: `a code_verifier: ${what}`,
			at: at('token', 'fapi2', 'oidc'),
			how: set('code_verifier', verifier),
			...gone,
		}),
	),
	{
		rule: 'RFC 9700 §2.1.1: a verifier without a challenge',
		what: 'a code_verifier for a code without a challenge',
		at: at('token', 'oidc'),
		how: async (server, cast) =>
			set('code', await freshCode(server, cast, drop('code_challenge', 'code_challenge_method'))),
		...gone,
	},
	{
		rule: 'RFC 8707 §2.2: not another than was granted',
		what: 'a resource that was not granted',
		at: at('token'),
		how: set('resource', 'https://api.example/'),
		error: 'invalid_target',
	},
	{
		rule: 'RFC 6749 §4.1.2: a code is good once',
		what: 'a code that was used',
		at: at('token'),
		how: async (server, cast) => set('code', await usedCode(server, cast)),
		...gone,
		ends: true,
	},
	{
		rule: 'FAPI 2.0 §5.3.2.1: 60 s at most',
		what: 'a code of 61 s ago',
		at: at('token'),
		how: async (server, cast) => {
			const code = await freshCode(server, cast)
			await server.advance(61_000)
			return all(set('code', code))
		},
		...gone,
		spoils: true,
	},
]
