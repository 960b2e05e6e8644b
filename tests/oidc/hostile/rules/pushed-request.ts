import { authorizationPairs, freshCode, pushed } from '../kit/bases.ts'
import { again, change, type Draft, drop, set } from '../kit/draft.ts'
import { at, type Rule } from './rule.ts'

const PREFIX = 'urn:ietf:params:oauth:request_uri:'
const URIS: [string, (uri: string) => string][] = [
	['that nobody pushed', () => `${PREFIX}${'x'.repeat(43)}`],
	['empty after its prefix', () => PREFIX],
	['in capitals', (uri) => uri.toUpperCase()],
	['with a letter more', (uri) => `${uri}x`],
	['with a letter less', (uri) => uri.slice(0, -1)],
	['with a space behind', (uri) => `${uri} `],
	['with SQL in it', () => `${PREFIX}' OR '1'='1`],
	['of 5,000 letters', () => `${PREFIX}${'x'.repeat(5_000)}`],
]
const FOREIGN = [
	'https://rp.example/request.jwt',
	'http://169.254.169.254/latest/meta-data/',
	'http://localhost:8787/.well-known/jwks.json',
	'file:///etc/passwd',
	'urn:other:x',
	'//evil.example/x',
]

/** RFC 9126: what a request_uri is good for, and what may not be pushed. */
export const pushedRequest: Rule[] = [
	{
		rule: 'FAPI 2.0 §5.3.2.2, RFC 9126 §5: requests come by PAR',
		what: 'the request in the query, not pushed',
		at: at('authorize', 'fapi2'),
		how: async (_, cast) => (draft) => {
			draft.params = authorizationPairs(cast)
		},
		error: 'invalid_request',
	},
	...URIS.map(
		([what, by]): Rule => ({
			rule: 'RFC 9126 §4: a request_uri that is not known',
			what: `a request_uri ${what}`,
			at: at('authorize', 'fapi2'),
			how: change('request_uri', by),
			error: what === 'in capitals' ? 'request_uri_not_supported' : 'invalid_request_uri',
			page: true,
		}),
	),
	{
		rule: 'RFC 9126 §4: bound to the client that pushed it',
		what: "another client's request_uri",
		at: at('authorize'),
		how: async (server, { profile, other }) => {
			const uri = await pushed(server, { profile, rp: other })
			return (draft) => {
				draft.params = [...draft.params.filter(([name]) => name === 'client_id'), ['request_uri', uri]]
			}
		},
		error: 'invalid_request_uri',
		page: true,
	},
	{
		rule: 'RFC 9126 §4: bound to the client that pushed it',
		what: "a request_uri by another client's client_id",
		at: at('authorize', 'fapi2'),
		how: async (_, { other }) => set('client_id', other.id),
		error: 'invalid_request_uri',
		page: true,
	},
	{
		rule: 'RFC 9126 §4: client_id is sent',
		what: 'a request_uri alone',
		at: at('authorize', 'fapi2'),
		how: drop('client_id'),
		error: 'invalid_request',
		page: true,
	},
	{
		rule: 'RFC 6749 §3.1: no parameter twice',
		what: 'two request_uris',
		at: at('authorize', 'fapi2'),
		how: again('request_uri', `${PREFIX}${'y'.repeat(43)}`),
		error: 'invalid_request',
		page: true,
	},
	{
		rule: 'FAPI 2.0 §5.3.2.2: less than 600 s',
		what: 'a request_uri whose time is over',
		at: at('authorize', 'fapi2'),
		how: async (server, cast) => {
			const uri = await pushed(server, cast)
			await server.advance(600_000)
			return set('request_uri', uri)
		},
		error: 'invalid_request_uri',
		page: true,
		spoils: true,
	},
	{
		rule: 'FAPI 2.0 §5.3.2.2, RFC 9126 §4: good once',
		what: 'a request_uri that has given a code',
		at: at('authorize'),
		how: async (server, cast) => {
			const uri = await pushed(server, cast)
			const through = (draft: Draft) => {
				draft.params = [
					['client_id', cast.rp.id],
					['request_uri', uri],
				]
			}
			await freshCode(server, cast, through)
			return through
		},
		error: 'invalid_request_uri',
		page: true,
	},
	...FOREIGN.map(
		(uri): Rule => ({
			rule: 'RFC 9101 §10.4, OpenID Connect Core §6.2: no request_uri of a client is fetched',
			what: `request_uri=${uri}`,
			at: at('authorize'),
			how: set('request_uri', uri),
			error: 'request_uri_not_supported',
			page: true,
		}),
	),
	...[`${PREFIX}${'x'.repeat(43)}`, 'https://rp.example/request.jwt'].map(
		(uri): Rule => ({
			rule: 'RFC 9126 §2.1: request_uri is not pushed',
			what: `request_uri=${uri.slice(0, 30)} pushed`,
			at: at('par'),
			how: set('request_uri', uri),
			error: 'invalid_request',
		}),
	),
]
