import { freshTokens } from '../kit/bases.ts'
import { all, type Break, changeHeader, type Draft, drop, header, set } from '../kit/draft.ts'
import { dpopProof } from '../kit/proofs.ts'
import { at, type Rule, request } from './rule.ts'

/** What is unusual and right: whoever refuses it keeps relying parties out. */
export type Benign = Pick<Rule, 'rule' | 'what' | 'at' | 'how'>

const byPost: Break = (draft) => {
	draft.method = 'POST'
}
const withDpop =
	(htu: (path: string) => string): Benign['how'] =>
	async (server, { dpop }) => {
		if (!dpop) throw new Error('no key')
		const path = htu(`${server.issuer}${server.paths.token}`)
		return header('dpop', await dpopProof(server, { key: dpop, method: 'POST', path }))
	}

const AUTHORIZATION: [what: string, rule: string, how: Break][] = [
	['no state', 'RFC 6749 §4.1.1: recommended', drop('state')],
	['no nonce', 'OpenID Connect Core §3.1.2.1: optional for code', drop('nonce')],
	['a nonce of 64 characters', 'FAPI 2.0 §5.3.2.2', set('nonce', 'n'.repeat(64))],
	['a state of 1,000 characters', 'RFC 6749 §4.1.1: opaque', set('state', 's'.repeat(1_000))],
	['a state in Thai', 'RFC 6749 §4.1.1: opaque', set('state', 'กลับไปหน้าเดิม')],
	['a parameter that nobody knows', 'RFC 6749 §3.1: ignored', set('unknown', 'x')],
	['a parameter without a value', 'RFC 6749 §3.1: as if left out', set('prompt', '')],
	['scopes in another order', 'RFC 6749 §3.3: order does not matter', set('scope', 'name pid openid')],
	['a scope that nobody knows', 'OpenID Connect Core §3.1.2.1: ignored', set('scope', 'openid pid name telepathy')],
	['a scope twice', 'RFC 6749 §3.3: a set', set('scope', 'openid pid name name')],
	['response_mode=query', 'OAuth 2.0 Multiple Response Types §2.1', set('response_mode', 'query')],
	['response_mode=form_post', 'Form Post Response Mode §2', set('response_mode', 'form_post')],
	['response_mode=jwt', 'JARM §2.3.4', set('response_mode', 'jwt')],
	['response_mode=query.jwt', 'JARM §2.3.1', set('response_mode', 'query.jwt')],
	['response_mode=form_post.jwt', 'JARM §2.3.3', set('response_mode', 'form_post.jwt')],
	['prompt=login', 'OpenID Connect Core §3.1.2.1', set('prompt', 'login')],
	['prompt=consent', 'OpenID Connect Core §3.1.2.1', set('prompt', 'consent')],
	['prompt=login consent', 'OpenID Connect Core §3.1.2.1', set('prompt', 'login consent')],
	['max_age=0', 'OpenID Connect Core §3.1.2.1', set('max_age', '0')],
	['max_age=10000', 'OpenID Connect Core §3.1.2.1', set('max_age', '10000')],
	['acr_values that nobody knows', 'OpenID Connect Core §3.1.2.1: voluntary', set('acr_values', 'urn:nobody:knows')],
	['acr_values=phr', 'OpenID Connect Core §3.1.2.1', set('acr_values', 'phr')],
	['ui_locales', 'OpenID Connect Core §3.1.2.1', set('ui_locales', 'fr de-CH en')],
	['claims_locales', 'OpenID Connect Core §5.2', set('claims_locales', 'se')],
	['display=page', 'OpenID Connect Core §3.1.2.1', set('display', 'page')],
	['display=popup', 'OpenID Connect Core §3.1.2.1', set('display', 'popup')],
	['login_hint', 'OpenID Connect Core §3.1.2.1', set('login_hint', 'buffy@example.com')],
	['claims by name', 'OpenID Connect Core §5.5', set('claims', '{"id_token":{"pid":null},"userinfo":{"name":null}}')],
	['an essential claim', 'OpenID Connect Core §5.5.1', set('claims', '{"userinfo":{"name":{"essential":true}}}')],
	['a claim that nobody knows', 'OpenID Connect Core §5.5: ignored', set('claims', '{"userinfo":{"shoe_size":null}}')],
	[
		'an acr that is wished',
		'OpenID Connect Core §5.5.1.1',
		set('claims', '{"id_token":{"acr":{"values":["x","phr"]}}}'),
	],
	['a claims parameter without members', 'OpenID Connect Core §5.5: both optional', set('claims', '{}')],
]

/** Compared at PAR and at the authorization endpoint, then at the others. */
export const benign: Benign[] = [
	...AUTHORIZATION.map(([what, rule, how]): Benign => ({ what, rule, at: request('fapi2', 'oidc'), how })),
	{
		what: 'by POST',
		rule: 'OpenID Connect Core §3.1.2.1: GET and POST',
		at: at('authorize', 'oidc'),
		how: byPost,
	},
	{
		what: 'an id_token_hint of this client',
		rule: 'OpenID Connect Core §3.1.2.1',
		at: at('authorize', 'oidc'),
		how: async (server, cast) => set('id_token_hint', (await freshTokens(server, cast)).id_token),
	},
	{
		what: 'prompt=none and an id_token_hint',
		rule: 'OpenID Connect Core §3.1.2.1',
		at: at('authorize', 'oidc'),
		how: async (server, cast) =>
			all(set('prompt', 'none'), set('id_token_hint', (await freshTokens(server, cast)).id_token)),
	},
	{
		what: 'other parameters beside a request_uri',
		rule: 'RFC 9126 §4: ignored',
		at: at('authorize', 'fapi2'),
		how: all(set('scope', 'openid'), set('redirect_uri', 'https://evil.example/'), set('state', 'another')),
	},
	{
		what: 'no PKCE, of a confidential client',
		rule: 'RFC 9700 §2.1.1: recommended',
		at: request('oidc'),
		how: drop('code_challenge', 'code_challenge_method'),
	},
	{
		what: 'a parameter that nobody knows',
		rule: 'RFC 6749 §3.2: ignored',
		at: [...at('token', 'fapi2', 'oidc'), ...at('refresh', 'fapi2', 'oidc')],
		how: set('unknown', 'x'),
	},
	{
		what: 'less scope than was granted',
		rule: 'RFC 6749 §6',
		at: at('refresh', 'fapi2', 'oidc'),
		how: set('scope', 'openid name'),
	},
	{
		what: 'the content type with a charset',
		rule: 'RFC 6749 §3.2',
		at: [...at('token', 'fapi2', 'oidc'), ...at('par', 'fapi2', 'oidc')],
		how: header('content-type', 'application/x-www-form-urlencoded; charset=UTF-8'),
	},
	{
		what: 'the scheme in small letters',
		rule: 'RFC 9110 §11.1: case does not count',
		at: [...at('userinfo', 'fapi2', 'oidc'), ...at('token', 'oidc')],
		how: changeHeader('authorization', (value) => value.replace(/^\w+/, (scheme) => scheme.toLowerCase())),
	},
	{
		what: 'by POST, the token in the header',
		rule: 'OpenID Connect Core §5.3.1',
		at: at('userinfo', 'oidc'),
		how: byPost,
	},
	{
		what: 'by POST, the token in the form',
		rule: 'RFC 6750 §2.2',
		at: at('userinfo', 'oidc'),
		how: (draft: Draft) => {
			const [, token = ''] = draft.headers.authorization?.split(' ') ?? []
			all(byPost, header('authorization', null), set('access_token', token))(draft)
		},
	},
	...['access_token', 'refresh_token', 'nonsense'].map(
		(hint): Benign => ({
			what: `token_type_hint ${hint}`,
			rule: 'RFC 7662 §2.1, RFC 7009 §2.1: a hint may be wrong',
			at: [...at('introspect', 'fapi2', 'oidc'), ...at('revoke', 'fapi2', 'oidc')],
			how: set('token_type_hint', hint),
		}),
	),
	{
		what: 'a token that nobody got',
		rule: 'RFC 7662 §2.2, RFC 7009 §2.2: no error',
		at: [...at('introspect', 'fapi2', 'oidc'), ...at('revoke', 'fapi2', 'oidc')],
		how: set('token', 'x'.repeat(43)),
	},
	{
		what: 'htu with a query',
		rule: 'RFC 9449 §4.3 point 9: query and fragment are ignored',
		at: at('token', 'fapi2'),
		how: withDpop((htu) => `${htu}?x=1`),
	},
	{
		what: 'htu with a fragment',
		rule: 'RFC 9449 §4.3 point 9: query and fragment are ignored',
		at: at('token', 'fapi2'),
		how: withDpop((htu) => `${htu}#x`),
	},
	{
		what: 'htu with its scheme in capitals',
		rule: 'RFC 9449 §4.3 point 9: normalised',
		at: at('token', 'fapi2'),
		how: withDpop((htu) => htu.replace('http:', 'HTTP:')),
	},
]
