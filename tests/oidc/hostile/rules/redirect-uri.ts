import { change, type Draft, drop, set } from '../kit/draft.ts'
import type { Cast, Server } from '../kit/server.ts'
import { type Rule, request } from './rule.ts'

/** Each looks like the registered one, or would be it after somebody's idea of normalising. */
const VARIANTS: [what: string, by: (uri: string) => string][] = [
	['a slash behind', (uri) => `${uri}/`],
	['a query behind', (uri) => `${uri}?x=1`],
	['an empty query behind', (uri) => `${uri}?`],
	['a fragment', (uri) => `${uri}#x`],
	['an empty fragment', (uri) => `${uri}#`],
	['another path', (uri) => uri.replace('/callback', '/elsewhere')],
	['a path below', (uri) => `${uri}/below`],
	['a path up and down again', (uri) => uri.replace('/callback', '/x/../callback')],
	['an encoded path', (uri) => uri.replace('/callback', '/%63allback')],
	['the path in capitals', (uri) => uri.replace('/callback', '/CALLBACK')],
	['two slashes', (uri) => uri.replace('/callback', '//callback')],
	['a backslash', (uri) => uri.replace('/callback', '\\callback')],
	['a path parameter', (uri) => `${uri};x=1`],
	['http', (uri) => uri.replace('https:', 'http:')],
	['the scheme in capitals', (uri) => uri.replace('https:', 'HTTPS:')],
	['no scheme', (uri) => uri.replace('https:', '')],
	['the host in capitals', (uri) => uri.replace('.example', '.EXAMPLE')],
	['a dot behind the host', (uri) => uri.replace('.example', '.example.')],
	['the default port', (uri) => uri.replace('.example', '.example:443')],
	['another port', (uri) => uri.replace('.example', '.example:8443')],
	['a subdomain', (uri) => uri.replace('https://', 'https://x.')],
	['a longer domain', (uri) => uri.replace('.example', '.example.evil.example')],
	['somebody before the host', (uri) => uri.replace('https://', 'https://evil.example@')],
	['the host as somebody at another', (uri) => uri.replace('.example/', '.example@evil.example/')],
	['a space behind', (uri) => `${uri} `],
	['a space before', (uri) => ` ${uri}`],
	['a line end behind', (uri) => `${uri}\r\nlocation: https://evil.example`],
	['a NUL behind', (uri) => `${uri}\u0000`],
	['a lookalike letter', (uri) => uri.replace('example', 'ехample')],
	['only the host', (uri) => new URL(uri).origin],
	['two of them', (uri) => `${uri} ${uri}`],
	['a wildcard', (uri) => uri.replace('/callback', '/*')],
	['another site', () => 'https://evil.example/callback'],
	['a script', () => 'javascript:alert(1)'],
	['data', () => 'data:text/html,<svg onload=alert(1)>'],
	['a loopback', () => 'http://127.0.0.1/callback'],
	['an app', () => 'com.evil.app:/callback'],
	['the out-of-band URN', () => 'urn:ietf:wg:oauth:2.0:oob'],
	['ourselves', () => 'http://localhost:8787/oauth/authorize'],
]

const common = { error: 'invalid_request', page: true } as const

/** Nothing goes to a redirect URI that is not registered, letter by letter; not even an error. */
export const redirectUri: Rule[] = [
	{
		rule: 'FAPI 2.0 §5.3.2.2: redirect_uri is required',
		what: 'no redirect_uri',
		at: request(),
		how: drop('redirect_uri'),
		...common,
	},
	...VARIANTS.map(
		([what, by]): Rule => ({
			rule: 'RFC 9700 §2.1, RFC 6749 §3.1.2.3: exact comparison',
			what: `redirect_uri with ${what}`,
			at: request(),
			how: change('redirect_uri', by),
			...common,
		}),
	),
	{
		rule: 'RFC 6749 §3.1.2.3: a registered one of this client',
		what: 'redirect_uri of another client',
		at: request(),
		how: async (_server: Server, { other }: Cast) => set('redirect_uri', other.redirectUri),
		...common,
	},
	...(['response_type', 'prompt', 'max_age'] as const).map(
		(name): Rule => ({
			rule: 'RFC 6749 §4.1.2.1: with a wrong redirect_uri no other error travels either',
			what: `a wrong ${name} beside a redirect_uri of somebody else`,
			at: request(),
			how(draft: Draft) {
				set('redirect_uri', 'https://evil.example/callback')(draft)
				set(name, '-')(draft)
			},
			...common,
		}),
	),
]
