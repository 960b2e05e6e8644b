import { afterAll, describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { type DpopKey, newDpopKey, proof } from './kit/dpop.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import {
	answerAt,
	authenticated,
	authorizationParameters,
	authorize,
	type Changes,
	codeFor,
	outcome,
	post,
	push,
} from './kit/requests.ts'

/** Parameters that make the page fit better, and those that say what a token will be for. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider
const rp = await register(provider, { authorizationDetailsTypes: '["dopa_document_signature","dopa_mandate"]' })
const plain = await register(provider)
const server = { accessTokenAlg: 'ES256', scopes: '["openid"]', createdAt: clock.now() } as const
await db.insert(schema.resourceServers).values([
	{ ...server, id: 'https://api.example/v1', status: 'live' },
	{ ...server, id: 'urn:example:api', status: 'live' },
	{ ...server, id: 'https://api.example/old', status: 'suspended' },
])
const holder = await enrolled(provider)
for (const each of [rp, plain]) await consented(provider, holder, each, 'openid pid name')
const browser = await signedIn(provider, holder)

/** `waits`, or the error: at the authorization endpoint and at PAR alike. */
async function asked(changes: Changes, client: Rp = rp): Promise<string> {
	const response = await authorize(provider.browser(), client, changes)
	const direct = response.headers.get('location')?.includes('/sign-in/') ? 'waits' : answerAt(client, response).error
	const pushed = await outcome(await push(provider, client, changes))
	expect(pushed).toBe(direct === 'waits' ? '201' : `400 ${direct}`)
	return direct ?? 'nothing'
}

describe('hints', () => {
	test.each<[string, Changes, string]>([
		...['page', 'popup', 'touch', 'wap'].map((display): [string, Changes, string] => [
			`display=${display}`,
			{ display },
			'waits',
		]),
		['display=hologram', { display: 'hologram' }, 'invalid_request'],
		['claims_locales', { claims_locales: 'th en' }, 'waits'],
		['a login_hint', { login_hint: 'a3f09c' }, 'waits'],
		['an e-mail for a login_hint', { login_hint: 'somchai@example.com' }, 'waits'],
		['a login_hint of thirteen digits that are no citizen number', { login_hint: '1980000000010' }, 'waits'],
		['a citizen number', { login_hint: '1980000000019' }, 'invalid_request'],
		['a citizen number with dashes', { login_hint: '1-9800-00000-01-9' }, 'invalid_request'],
		['a citizen number in Thai digits', { login_hint: '๑๙๘๐๐๐๐๐๐๐๐๑๙' }, 'invalid_request'],
		['a citizen number inside', { login_hint: 'pid:1980000000019;x' }, 'invalid_request'],
		['a login_hint that is too long', { login_hint: 'a'.repeat(257) }, 'invalid_request'],
		['as many acr_values as there are', { acr_values: 'phrh phr urn:unknown' }, 'waits'],
		['acr_values that are too long', { acr_values: 'x '.repeat(513) }, 'invalid_request'],
		['a prompt that repeats itself', { prompt: 'login consent login' }, 'waits'],
		['a prompt that is too long', { prompt: 'login '.repeat(20) }, 'invalid_request'],
		['a scope that is too long', { scope: `openid ${'x '.repeat(1_000)}` }, 'invalid_scope'],
		['ui_locales that are too long', { ui_locales: 'th '.repeat(100) }, 'invalid_request'],
		['claims_locales that are too long', { claims_locales: 'th '.repeat(100) }, 'invalid_request'],
	])('%s', async (_, changes, expected) => {
		expect(await asked(changes)).toBe(expected)
	})
})

describe('resource (RFC 8707)', () => {
	test.each([
		['https://api.example/v1', 'waits'],
		['urn:example:api', 'waits'],
		['https://api.example/old', 'invalid_target'],
		['https://api.example/v2', 'invalid_target'],
		['https://api.example/v1/', 'invalid_target'],
		['HTTPS://API.EXAMPLE/v1', 'invalid_target'],
		['https://api.example/v1#x', 'invalid_target'],
		['https://api.example/v1#', 'invalid_target'],
		['/v1', 'invalid_target'],
		['api', 'invalid_target'],
		['["https://api.example/v1"]', 'invalid_target'],
	])('%s: %s', async (resource, expected) => {
		expect(await asked({ resource })).toBe(expected)
	})

	test('two of them are one too many', async () => {
		const resource = ['https://api.example/v1', 'urn:example:api']
		expect(await outcome(await push(provider, rp, { resource }))).toBe('400 invalid_request')
	})

	test('goes with the code, also from a pushed request', async () => {
		const resource = 'https://api.example/v1'
		const resourceOfTheLast = async () => (await db.select().from(schema.codes)).at(-1)?.resource
		await db.delete(schema.codes)
		await codeFor(browser, rp, { resource })
		expect(await resourceOfTheLast()).toBe(resource)
		await db.delete(schema.codes)
		const { request_uri } = (await (await push(provider, rp, { resource })).json()) as { request_uri: string }
		answerAt(rp, await browser.get(`/oauth/authorize?${new URLSearchParams({ client_id: rp.id, request_uri })}`))
		expect(await resourceOfTheLast()).toBe(resource)
	})

	test('that was suspended since it was pushed is none', async () => {
		await db.insert(schema.resourceServers).values({ ...server, id: 'urn:soon:gone', status: 'live' })
		const { request_uri } = (await (await push(provider, rp, { resource: 'urn:soon:gone' })).json()) as {
			request_uri: string
		}
		await db.update(schema.resourceServers).set({ status: 'suspended' })
		const opened = await browser.get(`/oauth/authorize?${new URLSearchParams({ client_id: rp.id, request_uri })}`)
		expect(answerAt(rp, opened).error).toBe('invalid_target')
	})
})

describe('dpop_jkt (RFC 9449 §10)', () => {
	const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
	test.each([
		[jkt, 'waits'],
		[`${jkt}=`, 'invalid_request'],
		[jkt.slice(1), 'invalid_request'],
		[`${jkt}A`, 'invalid_request'],
		[jkt.replace('-', '+'), 'invalid_request'],
	])('%s: %s', async (dpop_jkt, expected) => {
		expect(await asked({ dpop_jkt })).toBe(expected)
	})

	/** PAR with a proof by the key. */
	async function pushedWith(key: DpopKey, changes: Changes): Promise<Response> {
		const sent = await authenticated(provider, rp, authorizationParameters(rp, changes))
		sent.headers.dpop = await proof(provider, key, '/oauth/par')
		return post(provider, '/oauth/par', sent)
	}

	test('a proof that comes with a pushed request agrees with it, and says it alone too (§10.1)', async () => {
		const [key, other] = [await newDpopKey(), await newDpopKey()]
		expect(await outcome(await pushedWith(key, { dpop_jkt: key.jkt }))).toBe('201')
		expect(await outcome(await pushedWith(key, { dpop_jkt: other.jkt }))).toBe('400 invalid_request')
		const { request_uri } = (await (await pushedWith(key, {})).json()) as { request_uri: string }
		await db.delete(schema.codes)
		answerAt(rp, await browser.get(`/oauth/authorize?${new URLSearchParams({ client_id: rp.id, request_uri })}`))
		expect(await db.select().from(schema.codes)).toMatchObject([{ dpopJkt: key.jkt }])
	})

	test('goes with the code', async () => {
		await db.delete(schema.codes)
		await codeFor(browser, rp, { dpop_jkt: jkt })
		expect(await db.select().from(schema.codes)).toMatchObject([{ dpopJkt: jkt }])
	})
})

const SIGNATURE = {
	type: 'dopa_document_signature',
	label: 'คำขอโอนที่ดิน เลขที่ 12',
	hash_alg: 'sha-256',
	document_digest: 'A'.repeat(43),
}
const MANDATE = {
	type: 'dopa_mandate',
	act: 'รับบัตรประจำตัวแทน',
	delegate: 'สมหญิง ใจดี',
	valid_from: '2026-01-15',
	valid_until: '2026-01-20',
}

describe('authorization_details (RFC 9396)', () => {
	const details = (...list: unknown[]) => ({ authorization_details: JSON.stringify(list) })
	const sign = (more: object) => details({ ...SIGNATURE, ...more })
	const mandate = (more: object) => details({ ...MANDATE, ...more })
	const WRONG = 'invalid_authorization_details'

	test.each<[string, Changes, string]>([
		['a signature', details(SIGNATURE), 'waits'],
		['a signature with SHA-512', sign({ hash_alg: 'sha-512', document_digest: 'A'.repeat(86) }), 'waits'],
		['a mandate', details(MANDATE), 'waits'],
		['a mandate of one day', mandate({ valid_until: '2026-01-15' }), 'waits'],
		['both', details(SIGNATURE, MANDATE), 'waits'],
		['five', details(...Array(5).fill(MANDATE)), 'waits'],
		['six', details(...Array(6).fill(MANDATE)), WRONG],
		['none', details(), WRONG],
		['no JSON', { authorization_details: '[{' }, WRONG],
		['one without its list', { authorization_details: JSON.stringify(MANDATE) }, WRONG],
		['a text in the list', details('dopa_mandate'), WRONG],
		['null in the list', details(null), WRONG],
		['a list in the list', details([MANDATE]), WRONG],
		['an unknown type', mandate({ type: 'payment_initiation' }), WRONG],
		['a type of every object’s making', mandate({ type: 'constructor' }), WRONG],
		['no type', mandate({ type: undefined }), WRONG],
		['a type that is a number', mandate({ type: 1 }), WRONG],
		['a field that is not there', mandate({ act: undefined }), WRONG],
		['a field that nobody knows', mandate({ locations: ['https://api.example'] }), WRONG],
		['a second one that is wrong', details(MANDATE, { type: 'dopa_mandate' }), WRONG],
		['an empty text', mandate({ act: ' ' }), WRONG],
		['a text that is too long', mandate({ act: 'ก'.repeat(201) }), WRONG],
		['a text of two lines', mandate({ act: 'a\nb' }), WRONG],
		['a text from right to left', mandate({ act: '\u202eabc' }), WRONG],
		['a text that is an object', mandate({ act: { th: 'x' } }), WRONG],
		['a citizen number in a text', mandate({ delegate: '1-9800-00000-01-9' }), WRONG],
		['a day that is none', mandate({ valid_until: '2026-02-30' }), WRONG],
		['a day of the Buddhist era in other form', mandate({ valid_from: '15/01/2569' }), WRONG],
		['an end before its beginning', mandate({ valid_until: '2026-01-14' }), WRONG],
		['more than a year', mandate({ valid_until: '2027-01-17' }), WRONG],
		['a digest that is too short', sign({ document_digest: 'A'.repeat(42) }), WRONG],
		['a digest of the other length', sign({ hash_alg: 'sha-512' }), WRONG],
		['a digest in hexadecimal', sign({ document_digest: 'a1'.repeat(32) }), WRONG],
		['a digest that is no base64url', sign({ document_digest: `${'A'.repeat(42)}=` }), WRONG],
		['an algorithm that is too weak', sign({ hash_alg: 'sha-1', document_digest: 'A'.repeat(27) }), WRONG],
		['more than 8 kB', { authorization_details: `${JSON.stringify([MANDATE])}${' '.repeat(8_192)}` }, WRONG],
	])('%s', async (_, changes, expected) => {
		expect(await asked(changes)).toBe(expected)
	})

	test('of a client that is not registered for the type', async () => {
		expect(await asked(details(MANDATE), plain)).toBe(WRONG)
		const one = await register(provider, { authorizationDetailsTypes: '["dopa_mandate"]' })
		expect(await asked(details(MANDATE), one)).toBe('waits')
		expect(await asked(details(MANDATE, SIGNATURE), one)).toBe(WRONG)
	})
})
