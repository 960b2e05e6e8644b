import { again, drop, set } from '../kit/draft.ts'
import { at, type Rule } from './rule.ts'

const both = [...at('introspect'), ...at('revoke')]

/** RFC 7662 §2.1 and RFC 7009 §2.1. What is no token of the client's is no error, and nothing is told of it. */
export const tokensAskedAbout: Rule[] = [
	{
		rule: 'RFC 7662 §2.1, RFC 7009 §2.1',
		what: 'no token',
		at: both,
		how: drop('token'),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 6749 §3.2',
		what: 'an empty token',
		at: both,
		how: set('token', ''),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 6749 §3.2: no parameter twice',
		what: 'two tokens',
		at: both,
		how: again('token', 'another'),
		error: 'invalid_request',
	},
	{
		rule: 'RFC 6749 §3.2: no parameter twice',
		what: 'the token twice',
		at: [...at('introspect', 'fapi2', 'oidc'), ...at('revoke', 'fapi2', 'oidc')],
		how: again('token'),
		error: 'invalid_request',
	},
]
