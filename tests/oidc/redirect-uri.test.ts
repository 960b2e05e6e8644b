import { afterAll, describe, expect, test } from 'bun:test'
import { openProvider } from './kit/provider.ts'
import { register } from './kit/relying-party.ts'
import { authorize, outcome, push } from './kit/requests.ts'

const provider = await openProvider()
afterAll(() => provider.close())

const REGISTERED = ['https://rp.example/callback', 'https://rp.example/q?tenant=a%20b&x', 'com.example.app:/callback']
const rp = await register(provider, { id: 'rp', redirectUris: JSON.stringify(REGISTERED) })

/** RFC 9700 §2.1: exact string comparison. Each of these is taken for the registered one by somebody's comparison. */
const NEAR_MISSES: [string, string][] = [
	['a trailing slash', 'https://rp.example/callback/'],
	['a path below', 'https://rp.example/callback/more'],
	['a path that begins alike', 'https://rp.example/callback2'],
	['the path cut short', 'https://rp.example/callbac'],
	['the origin alone', 'https://rp.example'],
	['another case of the path', 'https://rp.example/Callback'],
	['another case of the host', 'https://RP.example/callback'],
	['another case of the scheme', 'HTTPS://rp.example/callback'],
	['http', 'http://rp.example/callback'],
	['the default port, spelt', 'https://rp.example:443/callback'],
	['another port', 'https://rp.example:8443/callback'],
	['a query', 'https://rp.example/callback?next=x'],
	['an empty query', 'https://rp.example/callback?'],
	['a fragment', 'https://rp.example/callback#x'],
	['an empty fragment', 'https://rp.example/callback#'],
	['user information', 'https://rp.example@evil.example/callback'],
	['user information of ours', 'https://user@rp.example/callback'],
	['a subdomain', 'https://a.rp.example/callback'],
	['a host that ends alike', 'https://evilrp.example/callback'],
	['a host that begins alike', 'https://rp.example.evil.example/callback'],
	['a root dot', 'https://rp.example./callback'],
	['a dot segment', 'https://rp.example/./callback'],
	['a way up and back', 'https://rp.example/x/../callback'],
	['an encoded letter', 'https://rp.example/%63allback'],
	['an encoded slash', 'https://rp.example%2fcallback'],
	['a double slash', 'https://rp.example//callback'],
	['a backslash', 'https://rp.example\\@evil.example/callback'],
	['a backslash for the slash', 'https://rp.example\\callback'],
	['a leading space', ' https://rp.example/callback'],
	['a trailing space', 'https://rp.example/callback '],
	['a trailing line feed', 'https://rp.example/callback\n'],
	['a trailing NUL', 'https://rp.example/callback\u0000'],
	['a tab in the scheme', 'ht\ttps://rp.example/callback'],
	['no scheme', '//rp.example/callback'],
	['the path alone', '/callback'],
	['a registered query in another encoding', 'https://rp.example/q?tenant=a+b&x'],
	['a registered query in another order', 'https://rp.example/q?x&tenant=a%20b'],
	['a registered query and more', 'https://rp.example/q?tenant=a%20b&x&y=1'],
	['a script', 'javascript:alert(1)//https://rp.example/callback'],
	['data', 'data:text/html,https://rp.example/callback'],
	['another case of an own scheme', 'com.Example.app:/callback'],
	['an own scheme with a host', 'com.example.app://callback'],
	['a wildcard', 'https://rp.example/*'],
	['the list as it is stored', JSON.stringify(REGISTERED)],
	['two in one', `${REGISTERED[0]} ${REGISTERED[0]}`],
	['a letter that looks alike', 'https://rр.example/callback'],
]

describe('a redirect_uri that is not registered', () => {
	test.each(NEAR_MISSES)('%s: nothing is sent there', async (_, redirect_uri) => {
		const response = await authorize(provider.browser(), rp, { redirect_uri })
		expect(response.status).toBe(400)
		expect(response.headers.get('location')).toBeNull()
		expect(await response.text()).toContain('redirect_uri is not registered')
	})

	test.each(NEAR_MISSES)('%s: nor is it pushed', async (_, redirect_uri) => {
		expect(await outcome(await push(provider, rp, { redirect_uri }))).toBe('400 invalid_request')
	})
})

describe('a registered redirect_uri', () => {
	test.each(REGISTERED.map((uri) => [uri]))(
		'%s gets the answer with its own spelling untouched',
		async (redirect_uri) => {
			const response = await authorize(provider.browser(), rp, { redirect_uri, prompt: 'none', state: 'a b&c=d#e' })
			const joint = redirect_uri.includes('?') ? '&' : '?'
			const location = response.headers.get('location') ?? ''
			expect(location).toStartWith(`${redirect_uri}${joint}error=login_required&`)
			const answer = new URLSearchParams(location.slice(redirect_uri.length + 1))
			expect(answer.get('state')).toBe('a b&c=d#e')
			expect(answer.get('iss')).toBe(provider.issuer)
		},
	)
})
