import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { MINUTE, SECOND } from '../../src/lib/clock.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { sweep } from '../../src/sweep.ts'
import { enrolledCitizen } from '../kit/enrolled.ts'
import type { Browser } from '../kit/http-client.ts'
import { beginSignIn, type Citizen, collect, confirm, type Inspection, signInHere } from '../kit/journeys.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import {
	answerAt,
	authenticated,
	authorizationParameters,
	type Changes,
	exchange,
	outcome,
	post,
	push,
	pushedParameters,
	tokensOf,
} from './kit/requests.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider
const rp = await register(provider)
const other = await register(provider)
const keyed = await register(provider, {}, [await newKey('ES256')])
const narrow = await register(provider, { scopes: '["openid","name"]', requirePkce: true })

let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [rp, keyed]) await consented(provider, holder, each, 'openid pid name')
	browser = await signedIn(provider, holder)
})

async function pushed(client: Rp, changes: Changes = {}): Promise<string> {
	const { request_uri } = (await (await push(provider, client, changes)).json()) as { request_uri: string }
	return request_uri
}

const open = (visitor: Browser, client: Rp, request_uri: string, more: Record<string, string> = {}) =>
	visitor.get(`/oauth/authorize?${new URLSearchParams({ client_id: client.id, request_uri, ...more })}`)

const errorOf = async (response: Response) => /data-error="(\w+)"/.exec(await response.text())?.[1]

describe('a pushed request', () => {
	test('waits for 90 s under a name that tells nothing', async () => {
		const response = await push(provider, rp)
		expect(response.status).toBe(201)
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(await response.json()).toEqual({
			request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
			expires_in: 90,
		})
	})

	test('is answered as if its parameters had come by themselves', async () => {
		const answer = answerAt(rp, await open(browser, rp, await pushed(rp)))
		expect(answer).toMatchObject({ state: 'state-of-the-rp', iss: provider.issuer })
		expect(await outcome(await exchange(provider, rp, answer.code ?? ''))).toBe('200')
	})

	test('ignores whatever comes beside it (RFC 9126 §4)', async () => {
		const more = { scope: 'openid address', state: 'evil', redirect_uri: 'https://evil.example/', prompt: 'login' }
		const answer = answerAt(rp, await open(browser, rp, await pushed(rp), more))
		expect(answer).toMatchObject({ state: 'state-of-the-rp', code: expect.any(String) })
	})

	test('keeps nothing of the proof of the client', async () => {
		const post = await register(provider, { authMethod: 'client_secret_post' })
		await pushed(post)
		await pushed(keyed)
		const stored = JSON.stringify(await pushedParameters(provider))
		expect(stored).toContain('code_challenge')
		expect(stored).not.toContain(post.secret)
		expect(stored).not.toContain('client_assertion')
	})

	test('keeps nothing that is no parameter of ours: anybody may push in the name of a public client', async () => {
		await pushed(await register(provider, { authMethod: 'none' }), { whatever: 'x'.repeat(50_000), display: 'page' })
		const kept = (await pushedParameters(provider)).flatMap((params) => Object.keys(params))
		expect(kept).toContain('code_challenge')
		expect(kept).not.toContain('whatever')
	})

	test('is sealed, for the row in which it lies: a hint holds names', async () => {
		const { code } = answerAt(rp, await open(browser, rp, await pushed(rp)))
		const { id_token } = await tokensOf(await exchange(provider, rp, code ?? ''))
		const [one, two] = [await pushed(rp, { id_token_hint: id_token, state: 'of-one' }), await pushed(rp)]
		const rows = await db.select().from(schema.pushedRequests)
		expect(JSON.stringify(rows)).not.toContain(id_token.split('.')[1])
		expect(JSON.stringify(rows)).not.toContain('of-one')
		expect(answerAt(rp, await open(browser, rp, one)).state).toBe('of-one')
		const { params } = rows.find(({ uriHash }) => uriHash === hashSecret(one)) ?? { params: '' }
		await db
			.update(schema.pushedRequests)
			.set({ params })
			.where(eq(schema.pushedRequests.uriHash, hashSecret(two)))
		expect((await open(browser, rp, two)).status).toBe(500)
	})

	test('its name is stored as a hash', async () => {
		const uri = await pushed(rp)
		expect(JSON.stringify(await db.select().from(schema.pushedRequests))).not.toContain(uri.split(':').at(-1))
	})
})

describe('what is checked at once', () => {
	test.each<[string, Rp, Changes, string]>([
		['an unregistered redirect_uri', rp, { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
		['no redirect_uri', rp, { redirect_uri: null }, 'invalid_request'],
		['no response_type', rp, { response_type: null }, 'invalid_request'],
		['response_type=token', rp, { response_type: 'token' }, 'unsupported_response_type'],
		['response_mode=fragment', rp, { response_mode: 'fragment' }, 'invalid_request'],
		['a scope that is not approved', narrow, { scope: 'openid pid' }, 'invalid_scope'],
		['no openid', rp, { scope: 'name' }, 'invalid_scope'],
		[
			'no PKCE where it is required',
			narrow,
			{ scope: 'openid', code_challenge: null, code_challenge_method: null },
			'invalid_request',
		],
		['PKCE plain', rp, { code_challenge_method: 'plain' }, 'invalid_request'],
		['prompt=none login', rp, { prompt: 'none login' }, 'invalid_request'],
		['max_age=x', rp, { max_age: 'x' }, 'invalid_request'],
		['a state that is too long', rp, { state: 's'.repeat(2_049) }, 'invalid_request'],
		['a nonce that is too long', rp, { nonce: 'n'.repeat(513) }, 'invalid_request'],
		['a request_uri inside', rp, { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
		['an unsigned request object', rp, { request: 'e30.e30.' }, 'invalid_request_object'],
		['a parameter twice', rp, { scope: ['openid', 'openid'] }, 'invalid_request'],
		['another client_id than the proof', rp, { client_id: other.id }, '401 invalid_client'],
	])('%s', async (_, client, changes, error) => {
		const expected = error.startsWith('401') ? error : `400 ${error}`
		expect(await outcome(await push(provider, client, changes))).toBe(expected)
	})

	test('a body of another type', async () => {
		const sent = await authenticated(provider, rp, authorizationParameters(rp))
		sent.headers['content-type'] = 'application/json'
		expect(await outcome(await post(provider, '/oauth/par', sent))).toBe('415 invalid_request')
	})
})

describe('a request_uri that is not to be taken leads to a page and never to an address', () => {
	test.each<[string, () => Promise<[Rp, string]>]>([
		['of another client', async () => [other, await pushed(rp)]],
		['cut short', async () => [rp, (await pushed(rp)).slice(0, -1)]],
		['in capitals', async () => [rp, (await pushed(rp)).replace('urn:', 'URN:')]],
		['without its name', async () => [rp, 'urn:ietf:params:oauth:request_uri:']],
		[
			'that was used',
			async () => {
				const uri = await pushed(rp)
				answerAt(rp, await open(browser, rp, uri))
				return [rp, uri]
			},
		],
		[
			'after 90 s',
			async () => {
				const uri = await pushed(rp)
				clock.advance(90 * SECOND)
				return [rp, uri]
			},
		],
	])('%s', async (_, make) => {
		const [client, uri] = await make()
		const response = await open(browser, client, uri)
		expect(response.status).toBe(400)
		expect(response.headers.get('location')).toBeNull()
		expect(await errorOf(response)).toMatch(/^invalid_request_uri$|^request_uri_not_supported$/)
	})

	test('twice in one request', async () => {
		const uri = await pushed(rp)
		const query = new URLSearchParams([
			['client_id', rp.id],
			['request_uri', uri],
			['request_uri', uri],
		])
		expect(await errorOf(await browser.get(`/oauth/authorize?${query}`))).toBe('invalid_request')
	})

	test('without client_id', async () => {
		const query = new URLSearchParams({ request_uri: await pushed(rp) })
		expect(await errorOf(await browser.get(`/oauth/authorize?${query}`))).toBe('invalid_request')
	})
})

describe('it is spent with the code and not before', () => {
	test('a page that was only loaded spends nothing: link preloaders do', async () => {
		const uri = await pushed(rp)
		for (let load = 0; load < 3; load++) {
			const response = await open(provider.browser(), rp, uri)
			expect(response.headers.get('location')).toContain('/sign-in/')
		}
		expect(answerAt(rp, await open(browser, rp, uri)).code).toBeString()
	})

	test('an error that travels spends nothing', async () => {
		const uri = await pushed(rp, { prompt: 'none' })
		expect(answerAt(rp, await open(provider.browser(), rp, uri)).error).toBe('login_required')
		expect(answerAt(rp, await open(browser, rp, uri)).code).toBeString()
	})

	test('32 times at once it gives one code; the others see what a later one would', async () => {
		const uri = await pushed(rp)
		const responses = await Promise.all(Array.from({ length: 32 }, () => open(browser, rp, uri)))
		const given = responses.filter(({ status }) => status === 303)
		expect(given.map((response) => Object.keys(answerAt(rp, response)))).toEqual([['code', 'state', 'iss']])
		for (const response of responses)
			if (response.status !== 303) expect(await errorOf(response)).toBe('invalid_request_uri')
	})
})

describe('with the citizen asked', () => {
	let citizen: Citizen
	beforeAll(async () => {
		citizen = { browser: provider.browser(), phone: provider.phone(), pin: '58203914' }
		const record = await provider.simulator.findPerson(people.somying.pid, 'enrolment')
		if (!record) throw new Error('the registry does not know somying')
		await enrolledCitizen({ ...provider, now: clock.now() }, { ...citizen, record })
	})

	const urlOf = (uri: string) => `/oauth/authorize?${new URLSearchParams({ client_id: rp.id, request_uri: uri })}`
	const codeAt = (location: string) => new URL(location).searchParams.get('code')

	test('two tabs of one pushed request get one code', async () => {
		const uri = await pushed(rp)
		const id = await beginSignIn(citizen.browser, urlOf(uri))
		expect(codeAt(await signInHere(citizen, urlOf(uri)))).toBeString()
		const shown = await citizen.browser.mutate<Inspection>('signIn.inspect', { id })
		await confirm(citizen, shown, null)
		const location = await collect(citizen.browser, id)
		expect(location).toStartWith(`${rp.redirectUri}?error=`)
		expect(codeAt(location)).toBeNull()
	})

	test('a citizen who takes ten minutes gets through, whatever was swept meanwhile', async () => {
		const id = await beginSignIn(citizen.browser, urlOf(await pushed(rp, { prompt: 'login' })))
		clock.advance(10 * MINUTE)
		await sweep({ ...provider, random: systemRandom })
		const shown = await citizen.browser.mutate<Inspection>('signIn.inspect', { id })
		clock.advance(4 * MINUTE)
		await sweep({ ...provider, random: systemRandom })
		await confirm(citizen, shown, null)
		expect(codeAt(await collect(citizen.browser, id))).toBeString()
	})
})
