import { ASSERTION_TYPE, basic } from '../../kit/requests.ts'
import type { EndpointName } from '../kit/bases.ts'
import { all, change, changeHeader, type Draft, drop, header, paramOf, set } from '../kit/draft.ts'
import { type At, at, type Rule } from './rule.ts'

/** Where a client has to prove who it is. */
const PROVING: readonly EndpointName[] = ['par', 'token', 'refresh', 'introspect', 'revoke', 'logout_deliveries']
const withSecret: At[] = PROVING.flatMap((endpoint) => at(endpoint, 'oidc', 'thaid-v2'))
const withKey: At[] = PROVING.flatMap((endpoint) => at(endpoint, 'fapi2'))
const everywhere: At[] = [...withKey, ...withSecret]
const oidcOnly: At[] = PROVING.flatMap((endpoint) => at(endpoint, 'oidc'))

const refused = { error: 'invalid_client', status: 401 } as const
const malformed = { error: 'invalid_request' } as const

const noProof = all(header('authorization', null), drop('client_assertion', 'client_assertion_type', 'client_secret'))

const HEADERS: [string, string][] = [
	['another scheme', 'Digest username="rp"'],
	['a bearer token', 'Bearer abcdefgh'],
	['no base64', 'Basic ?????'],
	['base64 without a colon', `Basic ${btoa('rp-and-no-secret')}`],
	['bytes that are no UTF-8', `Basic ${btoa('\u00ff\u00fe:\u00ff')}`],
	['broken percent-encoding', `Basic ${btoa('rp%zz:secret%')}`],
	['nothing', 'Basic '],
	['two of them', `Basic ${btoa('a:b')}, Basic ${btoa('a:b')}`],
	['an empty id', `Basic ${btoa(':secret')}`],
	['an unknown id', basic('nobody', 'secret')],
]

/** RFC 6749 §2.3 and §3.2.1, RFC 7523 §3, FAPI 2.0 §5.3.2.1: nobody else, and in one way only. */
export const clientAuthentication: Rule[] = [
	{
		rule: 'RFC 6749 §3.2.1: a confidential client proves who it is',
		what: 'the client_id alone',
		at: everywhere,
		how: async (_, { rp }) => all(noProof, set('client_id', rp.id)),
		...refused,
	},
	{
		rule: 'RFC 6749 §3.2.1: a confidential client proves who it is',
		what: 'no client at all',
		at: everywhere,
		how: all(noProof, drop('client_id')),
		...malformed,
	},
	{
		rule: 'RFC 6749 §5.2: an unknown client',
		what: 'a client_id that nobody has',
		at: everywhere,
		how: all(noProof, set('client_id', 'nobody')),
		...refused,
	},
	...HEADERS.map(
		([what, value]): Rule => ({
			rule: 'RFC 6749 §2.3.1, RFC 7617: the Authorization header',
			what: `in it, ${what}`,
			at: withSecret,
			how: header('authorization', value),
			...refused,
		}),
	),
	{
		rule: 'RFC 6749 §2.3.1',
		what: 'a wrong secret',
		at: withSecret,
		how: async (_, { rp }) => header('authorization', basic(rp.id, `${rp.secret}x`)),
		...refused,
	},
	{
		rule: 'RFC 6749 §2.3.1',
		what: 'the secret in capitals',
		at: withSecret,
		how: async (_, { rp }) => header('authorization', basic(rp.id, rp.secret.toUpperCase())),
		...refused,
	},
	{
		rule: 'RFC 6749 §2.3.1',
		what: 'an empty secret',
		at: withSecret,
		how: async (_, { rp }) => header('authorization', basic(rp.id, '')),
		...refused,
	},
	{
		rule: 'RFC 6749 §2.3.1',
		what: "another client's secret",
		at: withSecret,
		how: async (_, { rp, other }) => header('authorization', basic(rp.id, other.secret)),
		...refused,
	},
	{
		rule: 'RFC 6749 §2.3.1: never in the URI',
		what: 'the secret in the query',
		at: withSecret,
		how: async (_, { rp }) =>
			all(noProof, drop('client_id'), (draft) => {
				draft.path += `?client_id=${rp.id}&client_secret=${rp.secret}`
			}),
		...malformed,
	},
	{
		rule: 'RFC 7591 §2: the registered method and no other',
		what: 'the right secret in the body',
		at: oidcOnly,
		how: async (_, { rp }) =>
			all(header('authorization', null), set('client_id', rp.id), set('client_secret', rp.secret)),
		...refused,
	},
	{
		rule: 'RFC 6749 §2.3: one way of authentication',
		what: 'the secret by header and body',
		at: oidcOnly,
		how: async (_, { rp }) => all(set('client_id', rp.id), set('client_secret', rp.secret)),
		...malformed,
	},
	{
		rule: 'RFC 6749 §2.3: one way of authentication',
		what: 'two different secrets by header and body',
		at: oidcOnly,
		how: async (_, { rp, other }) => all(set('client_id', rp.id), set('client_secret', other.secret)),
		...malformed,
	},
	{
		rule: 'RFC 6749 §2.3: one way of authentication; two that agree are borne with',
		what: 'two secrets that do not agree',
		at: PROVING.flatMap((endpoint) => at(endpoint, 'thaid-v2')),
		how: async (_, { rp, other }) => all(set('client_id', rp.id), set('client_secret', other.secret)),
		...refused,
	},
	{
		rule: 'RFC 6749 §2.3: one way of authentication',
		what: 'an assertion and a header',
		at: withKey,
		how: async (_, { rp }) => header('authorization', basic(rp.id, 'secret')),
		...malformed,
	},
	{
		rule: 'RFC 6749 §2.3: one way of authentication',
		what: 'an assertion and a secret',
		at: withKey,
		how: set('client_secret', 'secret'),
		...malformed,
	},
	{
		rule: 'RFC 7521 §4.2: client_id is the same where it is there',
		what: "another client's client_id beside the proof",
		at: everywhere,
		how: async (_, { other }) => set('client_id', other.id),
		...refused,
	},
	{
		rule: 'FAPI 2.0 §5.3.2.1: no shared secrets',
		what: 'a secret of a client that has keys',
		at: withKey,
		how: async (_, { rp }) => all(noProof, header('authorization', basic(rp.id, rp.secret))),
		...refused,
	},
	{
		rule: 'RFC 7521 §4.2: client_assertion_type',
		what: 'none',
		at: withKey,
		how: drop('client_assertion_type'),
		...malformed,
	},
	{
		rule: 'RFC 7521 §4.2: client_assertion_type',
		what: 'of SAML',
		at: withKey,
		how: set('client_assertion_type', ASSERTION_TYPE.replace('jwt-bearer', 'saml2-bearer')),
		...malformed,
	},
	{
		rule: 'RFC 7521 §4.2: client_assertion_type',
		what: 'without an assertion',
		at: withKey,
		how: drop('client_assertion'),
		...refused,
	},
	{
		rule: 'RFC 7523 §3: the signature',
		what: "another client's assertion, of which the payload was replaced",
		at: withKey,
		how: change('client_assertion', (jwt) => jwt.replace(/\.[^.]+$/, `.${'A'.repeat(86)}`)),
		...refused,
	},
	{
		rule: 'RFC 6749 §3.1: no parameter twice',
		what: 'two assertions',
		at: withKey,
		how: (draft: Draft) => {
			draft.params.push(['client_assertion', paramOf(draft, 'client_assertion') ?? ''])
		},
		...malformed,
	},
	{
		rule: 'RFC 6749 §2.3.1: Basic is what the header says',
		what: 'the right credentials, the colon lost',
		at: withSecret,
		how: changeHeader('authorization', (value) => `Basic ${btoa(atob(value.slice(6)).replace(':', ''))}`),
		...refused,
	},
]
