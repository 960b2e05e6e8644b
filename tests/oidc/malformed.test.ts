import { afterAll, describe, expect, test } from 'bun:test'
import { openProvider } from './kit/provider.ts'
import { newKey, register } from './kit/relying-party.ts'
import { ASSERTION_TYPE, authorizationParameters, basic, tokenForm } from './kit/requests.ts'

/**
 * Nothing that anybody sends makes an error of ours: whatever comes is answered with a 2xx, 3xx or 4xx, with the
 * headers of every answer, and the log sees no bug.
 */
const provider = await openProvider()
afterAll(() => provider.close())
const rp = await register(provider)
const keyed = await register(provider, {}, [await newKey('ES256')])

const NASTY: Record<string, string> = {
	NUL: '\u0000',
	'a NUL inside': 'a\u0000b',
	'control characters': '\u0001\u0008\u001b[31m\u007f',
	'line feeds': 'a\r\nset-cookie: evil=1\r\n\r\n<h1>',
	'a lone surrogate': '\ud800',
	'a text from right to left': '\u202eabc',
	'no character': '\uffff\ufffe',
	'an emoji family': '👨‍👩‍👧‍👦',
	'Thai with many marks': `ก${'ุ'.repeat(500)}`,
	'ten thousand letters': 'a'.repeat(10_000),
	'only spaces': '     ',
	'a percent sign': '%',
	'percent twice': '%2525%00',
	SQL: `'; DROP TABLE codes; --`,
	'a SQL comment': '/* */ -- ?1 :a @b $c',
	HTML: '<img src=x onerror=alert(1)>',
	'a template': '{{7*7}} #{7*7} <%= 7*7 %>',
	'a path up': '../../../../etc/passwd',
	JSON: '{"__proto__":{"admin":true}}',
	__proto__: '__proto__',
	constructor: 'constructor',
	'a number': '9'.repeat(400),
	'minus zero': '-0',
	'not a number': 'NaN',
	'an e-mail': 'a@b.example',
	'a PID': '1980000000019',
	'three dots': '..',
	'a JWT of nothing': 'e30.e30.e30',
}

const PARAMETERS = {
	'/oauth/authorize': [
		...authorizationParameters(rp).keys(),
		'prompt',
		'max_age',
		'acr_values',
		'ui_locales',
		'request',
		'request_uri',
		'response_mode',
		'claims',
		'login_hint',
		'id_token_hint',
	],
	'/oauth/par': [...authorizationParameters(rp).keys(), 'client_secret', 'client_assertion'],
	'/oauth/token': [
		...tokenForm(rp, 'code').keys(),
		'client_id',
		'client_secret',
		'client_assertion',
		'client_assertion_type',
	],
}

async function answered(request: Request): Promise<Response> {
	provider.logged.length = 0
	const response = await provider.app.fetch(request)
	expect(response.status).toBeLessThan(500)
	expect(provider.logged.filter(({ event }) => event === 'error')).toEqual([])
	expect(response.headers.get('x-content-type-options')).toBe('nosniff')
	return response
}

const form = (path: string, body: URLSearchParams | string | Uint8Array, headers: Record<string, string> = {}) =>
	new Request(`${provider.issuer}${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
		body: body instanceof URLSearchParams ? body.toString() : (body as BodyInit),
	})

function goodFor(path: keyof typeof PARAMETERS): URLSearchParams {
	const good = path === '/oauth/token' ? tokenForm(rp, 'x'.repeat(43)) : authorizationParameters(rp)
	return good
}

describe.each(Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[])('%s with one parameter spoilt', (path) => {
	test.each(Object.entries(NASTY))('%s', async (_, nasty) => {
		const authorization = path === '/oauth/authorize' ? undefined : basic(rp.id, rp.secret)
		for (const name of PARAMETERS[path]) {
			const params = goodFor(path)
			params.set(name, nasty)
			const headers: Record<string, string> = authorization && !name.startsWith('client_') ? { authorization } : {}
			const response = await answered(form(path, params, headers))
			// What came back names no header of the request's making.
			expect(response.headers.get('set-cookie') ?? '').not.toContain('evil')
		}
	})
})

describe('a query spoilt', () => {
	test.each([
		'',
		'?',
		'?&&&===&',
		'?client_id',
		'?%',
		'?%zz=%zz',
		'?client_id=%ff%fe',
		'?client_id[]=a&client_id[b]=c',
		'?__proto__=x&constructor=y&toString=z',
		`?${'a=1&'.repeat(5_000)}`,
		`?${Array.from({ length: 5_000 }, (_, i) => `p${i}=1`).join('&')}`,
		'?client_id=a;b=c',
		'?client_id=\u0e01',
		`?request_uri=urn:ietf:params:oauth:request_uri:${'x'.repeat(20_000)}&client_id=${rp.id}`,
		'#client_id=x',
	])('%#', async (query) => {
		for (const path of ['/oauth/authorize', '/oauth/userinfo', '/.well-known/openid-configuration'])
			await answered(new Request(`${provider.issuer}${path}${query}`))
	})
})

describe('a body spoilt', () => {
	const BODIES: Record<string, string | Uint8Array> = {
		nothing: '',
		ampersands: '&&&&',
		'a name alone': 'grant_type',
		'no UTF-8': new Uint8Array([0xff, 0xfe, 0x3d, 0x80]),
		JSON: '{"grant_type":"authorization_code"}',
		'broken percent-encoding': 'grant_type=%&code=%e0%b8',
		'a megabyte': 'a'.repeat(1_000_000),
		'64 KiB of parameters': 'a=1&'.repeat(16_000),
		'just below the limit': `code=${'a'.repeat(65_000)}`,
		multipart: '--x\r\ncontent-disposition: form-data; name="code"\r\n\r\nx\r\n--x--',
	}
	const TYPES = [
		'application/x-www-form-urlencoded',
		'application/x-www-form-urlencoded; charset=tis-620',
		'application/json',
		'multipart/form-data; boundary=x',
		'text/plain',
		'',
		'application/x-www-form-urlencodedx',
	]
	test.each(Object.entries(BODIES))('%s', async (_, body) => {
		for (const path of ['/oauth/authorize', '/oauth/par', '/oauth/token', '/oauth/userinfo'])
			for (const type of TYPES) {
				const response = await answered(form(path, body, { 'content-type': type }))
				expect(response.status).toBeGreaterThanOrEqual(400)
			}
	})

	test.each(['/oauth/token', '/oauth/par'])('%s: one that is too long is told so in JSON', async (path) => {
		const response = await answered(form(path, 'a'.repeat(70_000)))
		expect(response.status).toBe(413)
		expect(await response.json()).toMatchObject({ error: 'invalid_request' })
	})

	test('a body that says its length and one that does not are treated alike', async () => {
		const stream = new ReadableStream({
			start(controller) {
				for (let i = 0; i < 100; i++) controller.enqueue(new Uint8Array(1_000).fill(97))
				controller.close()
			},
		})
		const request = new Request(`${provider.issuer}/oauth/token`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: stream,
		})
		expect((await answered(request)).status).toBe(413)
	})
})

describe('headers spoilt', () => {
	const HEADERS: Record<string, Record<string, string>> = {
		'Basic of bytes': { authorization: `Basic ${btoa('\u0000\u00ff:\u00ff')}` },
		'Basic, ten thousand letters': { authorization: `Basic ${btoa('a'.repeat(10_000))}` },
		'Basic with ten thousand colons': { authorization: `Basic ${btoa(':'.repeat(10_000))}` },
		'an unknown scheme': { authorization: 'Negotiate abc' },
		Digest: { authorization: 'Digest username="a", realm="b"' },
		'Bearer of letters beyond ASCII': { authorization: 'Bearer \u00e9' },
		'Bearer, ten thousand letters': { authorization: `Bearer ${'a'.repeat(10_000)}` },
		'Bearer of padding': { authorization: 'Bearer =====' },
		'cookies without names': { cookie: '=;;=;=x; ' },
		'a session cookie of nonsense': { cookie: '__Host-session=%00%ff; __Host-browser=../..' },
		'a session cookie twice': { cookie: '__Host-session=a; __Host-session=b' },
		'two hundred cookies': { cookie: Array.from({ length: 200 }, (_, i) => `c${i}=v`).join('; ') },
		'a language that is none': { 'accept-language': ';;;q=,,,*;q=9' },
		'languages without end': { 'accept-language': 'x,'.repeat(5_000) },
		'a host of another': { host: 'evil.example:99999' },
		'forwarded from everywhere': { 'x-forwarded-for': '::1, 300.1.1.1, \u00e9', forwarded: 'for=_x' },
		'no user agent that is one': { 'user-agent': '\u00ff'.repeat(500) },
		'a content length of lies': { 'content-length': '99999999' },
		'a range': { range: 'bytes=0-1' },
		'an upgrade': { upgrade: 'websocket', connection: 'upgrade' },
		'a method for another': { 'x-http-method-override': 'DELETE' },
	}
	test.each(Object.entries(HEADERS))('%s', async (_, headers) => {
		const query = authorizationParameters(rp)
		await answered(new Request(`${provider.issuer}/oauth/authorize?${query}`, { headers }))
		await answered(new Request(`${provider.issuer}/oauth/authorize?client_id=nobody`, { headers }))
		await answered(new Request(`${provider.issuer}/oauth/userinfo`, { headers }))
		for (const path of ['/oauth/token', '/oauth/par', '/oauth/authorize'])
			await answered(form(path, authorizationParameters(rp), headers))
	})
})

describe('assertions spoilt', () => {
	const b64 = (text: string) => Buffer.from(text).toString('base64url')
	const sub = `"sub":"${keyed.id}"`
	test.each([
		'.',
		'...',
		'a.b.c',
		`${b64('{}')}.${b64(`{${sub}}`)}.`,
		`${b64('null')}.${b64(`{${sub}}`)}.x`,
		`${b64('[]')}.${b64(`{${sub}}`)}.x`,
		`${b64('{"alg":1}')}.${b64(`{${sub}}`)}.x`,
		`${b64('{"alg":{}}')}.${b64(`{${sub}}`)}.x`,
		`${b64('{"alg":"ES256","kid":1}')}.${b64(`{${sub}}`)}.x`,
		`${b64('{"alg":"ES256","kid":{"a":[]}}')}.${b64(`{${sub}}`)}.AAAA`,
		`${b64('{"alg":"ES256","typ":1}')}.${b64(`{${sub}}`)}.AAAA`,
		`${b64('{"alg":"ES256","crit":1}')}.${b64(`{${sub}}`)}.AAAA`,
		`${b64('{"alg":"ES256","zip":"DEF"}')}.${b64(`{${sub}}`)}.AAAA`,
		`${b64('{"alg":"__proto__"}')}.${b64(`{${sub}}`)}.AAAA`,
		`${b64('{"alg":"ES256"}')}.${b64(`{${sub},"exp":1e308,"aud":[[[]]]}`)}.AAAA`,
		`${b64('{"alg":"ES256"}')}.${b64(`{"sub":{"toString":1}}`)}.AAAA`,
		`${b64('{"alg":"ES256"}')}.${b64(`{"sub":null}`)}.AAAA`,
		`${b64('{"alg":"ES256"}')}.${b64('"text"')}.AAAA`,
		`${b64('{"alg":"ES256"}')}.${b64(`{${sub},"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)}.AAAA`,
		`${b64('{"alg":"ES256"}')}.${'A'.repeat(50_000)}.AAAA`,
		`\u0e01.${b64(`{${sub}}`)}.x`,
	])('%#', async (client_assertion) => {
		for (const path of ['/oauth/token', '/oauth/par']) {
			const body = new URLSearchParams({ client_assertion, client_assertion_type: ASSERTION_TYPE, grant_type: 'x' })
			expect((await answered(form(path, body))).status).toBe(401)
		}
	})
})

test.each([
	'/oauth',
	'/oauth/',
	'/oauth/token/',
	'/oauth//token',
	'/oauth/authorize/x',
	'/OAUTH/TOKEN',
	'/oauth/token%00',
	'/oauth/%2e%2e/token',
	'/.well-known/',
	'/.well-known/jwks',
	'/.well-known/webfinger?resource=acct:x@y',
	'/.well-known/openid-configuration/x',
	'/%',
	'/%E0%A4%A',
	'/%00',
	'/..%2f..%2fetc%2fpasswd',
	'/sign-in/',
	'/sign-in/%',
	'/sign-in/x/events',
	'/sign-in/x/poll',
	'/office/cases/x/events',
	'/trpc',
	'/trpc/',
	'/trpc/%',
	'/trpc/a.b.c?input=%',
])('the path %s', async (path) => {
	for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS'])
		await answered(new Request(`${provider.issuer}${path}`, { method, headers: { 'x-dopa': '1' } }))
})
