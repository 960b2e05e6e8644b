import { again, all, drop, set } from '../kit/draft.ts'
import { type Rule, request } from './rule.ts'

const RESPONSE_TYPES: [string, string][] = [
	['token', 'RFC 9700 §2.1.2: no implicit grant'],
	['id_token', 'RFC 9700 §2.1.2: no implicit grant'],
	['id_token token', 'RFC 9700 §2.1.2: no implicit grant'],
	['code token', 'FAPI 2.0 §5.3.2.2: response_type is code'],
	['code id_token', 'FAPI 2.0 §5.3.2.2: response_type is code'],
	['code id_token token', 'FAPI 2.0 §5.3.2.2: response_type is code'],
	['none', 'RFC 6749 §3.1.1: one that is not known'],
	['Code', 'RFC 6749 §3.1.1: case counts'],
	['code code', 'RFC 6749 §3.1.1: a list is another value'],
	['nonsense', 'RFC 6749 §3.1.1: one that is not known'],
]

const CHALLENGES: [string, string][] = [
	['short', 'too short'],
	['a'.repeat(42), 'a character short'],
	['a'.repeat(44), 'a character long'],
	[`${'a'.repeat(42)}=`, 'with padding'],
	[`${'a'.repeat(42)}+`, 'of base64, not of base64url'],
	[`${'a'.repeat(42)} `, 'with a space'],
	[`${'a'.repeat(42)}é`, 'beyond ASCII'],
]

const pkce = request('fapi2', 'oidc')

/** What an authorization request has to be, wherever it comes in. */
export const authorizationRequest: Rule[] = [
	{
		rule: 'RFC 6749 §3.1.1',
		what: 'no response_type',
		at: request(),
		how: drop('response_type'),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 6749 §3.1',
		what: 'an empty response_type counts as none',
		at: request(),
		how: set('response_type', ''),
		error: 'invalid_request',
	},
	...RESPONSE_TYPES.map(
		([value, rule]): Rule => ({
			rule,
			what: `response_type «${value}»`,
			at: request(),
			how: set('response_type', value),
			error: 'unsupported_response_type',
		}),
	),
	...['response_type', 'nonce', 'scope', 'code_challenge', 'prompt', 'max_age'].map(
		(name): Rule => ({
			rule: 'RFC 6749 §3.1: no parameter twice',
			what: `${name} twice with one value`,
			at: request('fapi2', 'oidc'),
			how: all(name === 'prompt' || name === 'max_age' ? again(name, '1') : () => {}, again(name)),
			error: 'invalid_request',
			page: true,
		}),
	),
	...['response_type', 'redirect_uri', 'nonce', 'scope'].map(
		(name): Rule => ({
			rule: 'RFC 6749 §3.1: no parameter twice',
			what: `${name} twice with different values`,
			at: request(),
			how: again(name, 'https://evil.example/'),
			error: 'invalid_request',
			page: true,
		}),
	),
	{
		rule: 'RFC 6749 §3.1: no parameter twice',
		what: 'state twice with different values',
		at: request('fapi2', 'oidc'),
		how: again('state', 'another'),
		error: 'invalid_request',
		page: true,
	},
	...['fragment', 'web_message', 'fragment.jwt', 'QUERY', 'query query', 'none'].map(
		(mode): Rule => ({
			rule: 'OAuth 2.0 Multiple Response Types §2.1, FAPI 2.0 §5.3.2.2',
			what: `response_mode «${mode}»`,
			at: request(),
			how: set('response_mode', mode),
			error: 'invalid_request',
		}),
	),
	{
		rule: 'the longest state that is echoed',
		what: 'a state of 2,049 characters',
		at: request(),
		how: set('state', 's'.repeat(2_049)),
		error: 'invalid_request',
		state: null,
	},
	{
		rule: 'the longest nonce that is echoed',
		what: 'a nonce of 513 characters',
		at: request(),
		how: set('nonce', 'n'.repeat(513)),
		error: 'invalid_request',
	},
	{
		rule: 'FAPI 2.0 §5.3.2.2: PKCE is required',
		what: 'no code_challenge',
		at: request('fapi2'),
		how: drop('code_challenge', 'code_challenge_method'),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 7636 §4.3: a method needs a challenge',
		what: 'code_challenge_method alone',
		at: pkce,
		how: drop('code_challenge'),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 7636 §4.3: no method means plain; RFC 9700 §2.1.1: plain is not served',
		what: 'no code_challenge_method',
		at: pkce,
		how: drop('code_challenge_method'),
		error: 'invalid_request',
	},
	...['plain', 's256', 'S512', 'S256 '].map(
		(method): Rule => ({
			rule: 'RFC 9700 §2.1.1, FAPI 2.0 §5.3.2.2: S256',
			what: `code_challenge_method «${method}»`,
			at: pkce,
			how: set('code_challenge_method', method),
			error: 'invalid_request',
		}),
	),
	...CHALLENGES.map(
		([value, what]): Rule => ({
			rule: 'RFC 7636 §4.2: the base64url of a SHA-256',
			what: `a code_challenge ${what}`,
			at: pkce,
			how: set('code_challenge', value),
			error: 'invalid_request',
		}),
	),
]
