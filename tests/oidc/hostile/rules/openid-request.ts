import { all, drop, header, set } from '../kit/draft.ts'
import { at, type Rule, request } from './rule.ts'

const PROMPTS = ['none login', 'none consent', 'login none', 'none none select_account', 'create', 'Login', 'nonsense']
const AGES = ['-1', 'ten', '1.5', '1e3', '0x10', ' 60', '9999999999', '60s', '١٠', 'NaN', 'Infinity']

/** OpenID Connect Core §3.1.2.1 and §3.1.2.2: what its own parameters have to be. */
export const openidRequest: Rule[] = [
	{
		rule: 'OpenID Connect Core §3.1.2.1: the scope openid',
		what: 'no scope',
		at: request('fapi2', 'oidc'),
		how: drop('scope'),
		error: 'invalid_scope',
	},
	{
		rule: 'OpenID Connect Core §3.1.2.1: the scope openid',
		what: 'a scope without openid',
		at: request('fapi2', 'oidc'),
		how: set('scope', 'pid name'),
		error: 'invalid_scope',
	},
	{
		rule: 'RFC 6749 §3.3: case counts',
		what: 'scope OPENID',
		at: request('fapi2', 'oidc'),
		how: set('scope', 'OPENID pid'),
		error: 'invalid_scope',
	},
	...PROMPTS.map(
		(prompt): Rule => ({
			rule: 'OpenID Connect Core §3.1.2.1: prompt',
			what: `prompt «${prompt}»`,
			at: request(),
			how: set('prompt', prompt),
			error: 'invalid_request',
		}),
	),
	...AGES.map(
		(age): Rule => ({
			rule: 'OpenID Connect Core §3.1.2.1: max_age is a number of seconds',
			what: `max_age «${age}»`,
			at: request(),
			how: set('max_age', age),
			error: 'invalid_request',
		}),
	),
	...['no.jwt', 'x', 'e30.e30.', '{"sub":"x"}', 'a.b.c.d.e'].map(
		(hint): Rule => ({
			rule: 'OpenID Connect Core §3.1.2.1: id_token_hint is an ID token of ours',
			what: `id_token_hint «${hint}»`,
			at: request(),
			how: set('id_token_hint', hint),
			error: 'invalid_request',
		}),
	),
	{
		rule: 'RFC 6749 §3.3: approved for this client',
		what: 'a scope that is not approved',
		at: request(),
		how: set('scope', 'openid pid address'),
		error: 'invalid_scope',
	},
	{
		rule: 'RFC 6749 §3.3, as ThaID does: one that nobody knows',
		what: 'a scope that nobody knows',
		at: request('thaid-v2'),
		how: set('scope', 'openid pid telepathy'),
		error: 'invalid_scope',
	},
	...(
		[
			['in a browser where nobody is signed in', header('cookie', null), 'login_required'],
			['where the sign-in has to be fresh', set('max_age', '0'), 'login_required'],
			['for what was not consented to', set('scope', 'openid pid gender'), 'consent_required'],
		] as const
	).map(
		([what, how, error]): Rule => ({
			rule: 'OpenID Connect Core §3.1.2.6: prompt=none shows no page',
			what: `prompt=none ${what}`,
			at: at('authorize', 'oidc', 'thaid-v2'),
			how: all(set('prompt', 'none'), how),
			error,
		}),
	),
]
