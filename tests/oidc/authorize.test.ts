import { afterAll, describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { openProvider } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { answerAt, authorizationParameters, authorize, type Changes } from './kit/requests.ts'

const provider = await openProvider()
afterAll(() => provider.close())
const rp = await register(provider, { id: 'good' })
const strict = await register(provider, { id: 'strict', requirePkce: true })
const open = await register(provider, { id: 'public', authMethod: 'none' })
const narrow = await register(provider, { id: 'narrow', scopes: '["openid","name"]' })
const suspended = await register(provider, { id: 'suspended', status: 'suspended' })
const ofAnother = await register(provider, { id: 'of-a-profile-not-served', profile: 'of-tomorrow' as never })
const browser = () => provider.browser()

/** Nothing was written: a request that is refused leaves no trace in the database. */
async function signInsStored(): Promise<number> {
	return (await provider.db.select().from(schema.signIns)).length
}

describe('a good request', () => {
	test.each<[string, Rp, Changes]>([
		['as it is', rp, {}],
		['without state and nonce', rp, { state: null, nonce: null }],
		['without PKCE, of a client that may', rp, { code_challenge: null, code_challenge_method: null }],
		['with response_mode=query', rp, { response_mode: 'query' }],
		['with prompt=login', rp, { prompt: 'login' }],
		['with prompt=consent', rp, { prompt: 'consent' }],
		['with prompt=select_account', rp, { prompt: 'select_account' }],
		['with prompt=login consent', rp, { prompt: 'login consent' }],
		['with max_age=0', rp, { max_age: '0' }],
		['with an unknown scope beside', rp, { scope: 'openid name telepathy' }],
		['with a repeated scope', rp, { scope: 'openid name name' }],
		['with two spaces between scopes', rp, { scope: 'openid  name' }],
		['with unknown acr_values', rp, { acr_values: 'urn:nobody:knows' }],
		['with acr_values=phr', rp, { acr_values: 'phr' }],
		['with an unknown parameter', rp, { approval_prompt: 'auto' }],
		['with an empty parameter, which counts as left out', rp, { response_mode: '', prompt: '' }],
		['with a claims parameter, which is not supported and ignored', rp, { claims: '{"id_token":{"pid":null}}' }],
		['with a state of 2,048 characters', rp, { state: 's'.repeat(2_048) }],
		['with a nonce of 512 characters', rp, { nonce: 'n'.repeat(512) }],
		['with Thai in state', rp, { state: 'กลับไปหน้าเดิม' }],
		['of a public client', open, {}],
		['of a client that must use PKCE', strict, {}],
	])('%s waits for the citizen', async (_, client, changes) => {
		const response = await authorize(browser(), client, changes)
		expect(response.status).toBe(303)
		expect(response.headers.get('location')).toMatch(/^http:\/\/localhost:8787\/sign-in\/si_[\w-]{22}$/)
		expect(response.headers.get('cache-control')).toBe('no-store')
	})

	test('comes by POST as well', async () => {
		const response = await browser().post('/oauth/authorize', authorizationParameters(rp))
		expect(response.headers.get('location')).toContain('/sign-in/')
	})

	test.each([
		['th', 'th'],
		['en-GB th', 'en'],
		['fr de en', 'en'],
	])('with ui_locales=%s is shown in %s', async (ui_locales, language) => {
		const response = await authorize(browser(), rp, { ui_locales })
		expect(response.headers.get('location')).toEndWith(`?lang=${language}`)
	})
})

const LONG = 'x'.repeat(600)

describe('what is wrong is told to the relying party', () => {
	test.each<[string, Rp, Changes, string]>([
		['no response_type', rp, { response_type: null }, 'invalid_request'],
		['response_type=token', rp, { response_type: 'token' }, 'unsupported_response_type'],
		['response_type=id_token', rp, { response_type: 'id_token' }, 'unsupported_response_type'],
		['response_type=code id_token', rp, { response_type: 'code id_token' }, 'unsupported_response_type'],
		['response_type=none', rp, { response_type: 'none' }, 'unsupported_response_type'],
		['response_type=CODE', rp, { response_type: 'CODE' }, 'unsupported_response_type'],
		['response_mode=fragment', rp, { response_mode: 'fragment' }, 'invalid_request'],
		['response_mode=fragment.jwt', rp, { response_mode: 'fragment.jwt' }, 'invalid_request'],
		['response_mode=QUERY', rp, { response_mode: 'QUERY' }, 'invalid_request'],
		['no scope', rp, { scope: null }, 'invalid_scope'],
		['scope without openid', rp, { scope: 'name pid' }, 'invalid_scope'],
		['scope=OPENID', rp, { scope: 'OPENID' }, 'invalid_scope'],
		['a known scope that is not approved', narrow, { scope: 'openid name pid' }, 'invalid_scope'],
		['profile, which stands for claims that are not approved', narrow, { scope: 'openid profile' }, 'invalid_scope'],
		['no PKCE of a client that must', strict, { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
		['no PKCE of a public client', open, { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
		['code_challenge_method=plain', rp, { code_challenge_method: 'plain' }, 'invalid_request'],
		['no code_challenge_method, which means plain', rp, { code_challenge_method: null }, 'invalid_request'],
		['code_challenge_method=s256', rp, { code_challenge_method: 's256' }, 'invalid_request'],
		['a method without a challenge', rp, { code_challenge: null }, 'invalid_request'],
		['a challenge that is too short', rp, { code_challenge: 'short' }, 'invalid_request'],
		['a challenge that is too long', rp, { code_challenge: LONG }, 'invalid_request'],
		['a challenge that is no base64url', rp, { code_challenge: `${'+'.repeat(42)}=` }, 'invalid_request'],
		['prompt=none and no session', rp, { prompt: 'none' }, 'login_required'],
		['prompt=none login', rp, { prompt: 'none login' }, 'invalid_request'],
		['prompt=none none', rp, { prompt: 'none none' }, 'invalid_request'],
		['prompt=magic', rp, { prompt: 'magic' }, 'invalid_request'],
		['max_age=-1', rp, { max_age: '-1' }, 'invalid_request'],
		['max_age=1.5', rp, { max_age: '1.5' }, 'invalid_request'],
		['max_age=soon', rp, { max_age: 'soon' }, 'invalid_request'],
		['max_age of ten digits', rp, { max_age: '1234567890' }, 'invalid_request'],
		['a nonce of 513 characters', rp, { nonce: 'n'.repeat(513) }, 'invalid_request'],
		['an unsigned request object', rp, { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'invalid_request_object'],
	])('%s', async (_, client, changes, error) => {
		const before = await signInsStored()
		const answer = answerAt(client, await authorize(browser(), client, changes))
		expect(answer).toMatchObject({ error, state: 'state-of-the-rp', iss: provider.issuer })
		expect(answer.code).toBeUndefined()
		// RFC 6749 §4.1.2.1: ASCII without quotation mark and backslash.
		expect(answer.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
		expect(await signInsStored()).toBe(before)
	})

	test('a state of 2,049 characters, which is not echoed', async () => {
		const answer = answerAt(rp, await authorize(browser(), rp, { state: 's'.repeat(2_049) }))
		expect(answer).toMatchObject({ error: 'invalid_request' })
		expect(answer.state).toBeUndefined()
	})

	test('and not even where another parameter is wrong too', async () => {
		const changes = { state: 's'.repeat(2_049), response_type: 'token' }
		expect(answerAt(rp, await authorize(browser(), rp, changes)).state).toBeUndefined()
	})

	test('by a redirect that nobody keeps and no referrer follows', async () => {
		const response = await authorize(browser(), rp, { response_type: 'token' })
		expect(response.status).toBe(303)
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(response.headers.get('referrer-policy')).toBe('no-referrer')
	})
})

describe('what is wrong with client or address is told to the person alone', () => {
	test.each<[string, Rp, Changes, string]>([
		['no client_id', rp, { client_id: null }, 'invalid_request'],
		['an unknown client', rp, { client_id: 'nobody' }, 'invalid_client'],
		['a client_id in other letters', rp, { client_id: 'GOOD' }, 'invalid_client'],
		['a client_id with a space behind', rp, { client_id: 'good ' }, 'invalid_client'],
		['a client_id with a NUL behind', rp, { client_id: 'good\u0000' }, 'invalid_client'],
		['a suspended client', suspended, {}, 'invalid_client'],
		['a client of a profile that is not served', ofAnother, {}, 'unauthorized_client'],
		['no redirect_uri', rp, { redirect_uri: null }, 'invalid_request'],
		['an empty redirect_uri', rp, { redirect_uri: '' }, 'invalid_request'],
		['the redirect_uri of another client', rp, { redirect_uri: open.redirectUri }, 'invalid_request'],
		[
			'a request_uri that is to be fetched',
			rp,
			{ request_uri: 'https://good.example/request.jwt' },
			'request_uri_not_supported',
		],
		['an unknown request_uri', rp, { request_uri: 'urn:ietf:params:oauth:request_uri:unknown' }, 'invalid_request_uri'],
		['client_id twice', rp, { client_id: ['good', 'good'] }, 'invalid_request'],
		['client_id twice, another first', rp, { client_id: ['narrow', 'good'] }, 'invalid_request'],
		['redirect_uri twice', rp, { redirect_uri: [rp.redirectUri, 'https://evil.example/'] }, 'invalid_request'],
		['state twice', rp, { state: ['a', 'b'] }, 'invalid_request'],
		['scope twice', rp, { scope: ['openid', 'pid'] }, 'invalid_request'],
		['an unknown parameter twice', rp, { x: ['1', '2'] }, 'invalid_request'],
	])('%s', async (_, client, changes, error) => {
		const before = await signInsStored()
		const response = await authorize(browser(), client, changes)
		expect(response.status).toBe(400)
		expect(response.headers.get('location')).toBeNull()
		expect(response.headers.get('content-type')).toStartWith('text/html')
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(await response.text()).toContain(`data-error="${error}"`)
		expect(await signInsStored()).toBe(before)
	})

	test('a POST of another content type', async () => {
		const response = await browser().post('/oauth/authorize', { client_id: rp.id })
		expect(response.status).toBe(415)
		expect(await response.text()).toContain('data-error="invalid_request"')
	})

	test('a client with keys of its own is no different', async () => {
		const keyed = await register(provider, { id: 'keyed' }, [await newKey('ES256')])
		const response = await authorize(browser(), keyed, { redirect_uri: 'https://evil.example/' })
		expect(response.status).toBe(400)
	})
})
