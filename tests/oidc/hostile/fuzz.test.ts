import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { anyJson, detail, inHeader, jwtishFor, nearly, pairs, someClaims, text } from './fuzz/arbitraries.ts'
import { BASES, bearerDraft, freshTokens, send } from './kit/bases.ts'
import { type Draft, drop, header, set } from './kit/draft.ts'
import { openOurs } from './kit/ours.ts'
import { type Cast, SIGNED_OUT } from './kit/server.ts'

/**
 * Whatever is sent: no error of ours, no answer that takes long, nothing given, and no way out to an address that is not
 * registered. Seeded; fast-check prints the smallest case that fails. `TEST_LONG` tries many more, from another seed
 * each time (`FUZZ_SEED` gives it again).
 */
const LONG = Boolean(process.env.TEST_LONG)
const RUNS = LONG ? 20_000 : 120
const SEED = Number(process.env.FUZZ_SEED ?? (LONG ? Date.now() % 2 ** 31 : 20_261_125))
/** ms; a machine under load included. */
const LONGEST = 5_000
setDefaultTimeout(LONG ? 3_600_000 : 120_000)

const ours = await openOurs()
afterAll(() => ours.provider.close())
const { fapi2, oidc } = ours.casts

interface Answer {
	status: number
	location: string | null
	text: string
}

async function answer(draft: Draft, { rp }: Cast): Promise<Answer> {
	ours.provider.logged.length = 0
	const begun = performance.now()
	const response = await send(ours, draft)
	const text = await response.text()
	expect(performance.now() - begun).toBeLessThan(LONGEST)
	expect(response.status).toBeLessThan(500)
	expect(ours.provider.logged.filter(({ event }) => event === 'error')).toEqual([])
	const location = response.headers.get('location')
	if (location !== null) expect(allowed(rp)).toContain(location.replace(/\/si_[\w-]{22}|\?.*$/gs, ''))
	return { status: response.status, location, text }
}

/** Every address that an answer may lead to: registered, or ours. */
const allowed = ({ redirectUri }: Cast['rp']) => [
	redirectUri,
	SIGNED_OUT.rp,
	`${ours.issuer}/sign-in`,
	`${ours.issuer}/oauth/end_session/resume`,
]

/** Whether it holds anything that lets somebody act. */
function gives({ location, text }: Answer): boolean {
	return /[?&]code=/.test(location ?? '') || /"(access_token|refresh_token|id_token|sub)":|"active":true/.test(text)
}

const holds = <T>(values: fc.Arbitrary<T>, check: (value: T) => Promise<void>): Promise<void> =>
	fc.assert(fc.asyncProperty(values, check), { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: 3_000_000 })

test('redirect_uri: nothing goes to one that is not registered', async () => {
	const base = await BASES.authorize(ours, oidc)
	await holds(
		fc.oneof(nearly(oidc.rp.redirectUri), fc.webUrl({ withFragments: true, withQueryParameters: true }), text),
		async (uri) => {
			const draft = await base.make()
			set('redirect_uri', uri)(draft)
			const got = await answer(draft, oidc)
			if (uri !== oidc.rp.redirectUri)
				expect({ uri, location: got.location, status: got.status }).toEqual({ uri, location: null, status: 400 })
		},
	)
})

test.each(['par', 'token', 'introspect', 'revoke', 'authorize', 'end_session'] as const)(
	'%s: any parameters in any number',
	async (endpoint) => {
		const cast = endpoint === 'authorize' ? oidc : fapi2
		const base = await BASES[endpoint](ours, cast)
		await holds(fc.tuple(pairs, fc.boolean()), async ([params, alone]) => {
			const draft = await base.make()
			draft.params = alone ? params : [...draft.params, ...params]
			if (alone) delete draft.headers.cookie
			const got = await answer(draft, cast)
			if (alone) expect(gives(got)).toBe(false)
		})
	},
)

test.each(['par', 'token', 'introspect', 'revoke', 'end_session'] as const)(
	'%s: any bytes for a body',
	async (endpoint) => {
		await holds(fc.tuple(fc.uint8Array({ maxLength: 2_000 }), fc.boolean()), async ([bytes, encoded]) => {
			const body = encoded
				? [...bytes].map((byte) => `%${byte.toString(16)}`).join('')
				: Buffer.from(bytes).toString('latin1')
			const draft: Draft = { method: 'POST', path: ours.paths[endpoint], params: [], headers: {}, body }
			expect(gives(await answer(draft, fapi2))).toBe(false)
		})
	},
)

const par = await BASES.par(ours, fapi2)
const authorize = await BASES.authorize(ours, oidc)
const introspect = await BASES.introspect(ours, fapi2)
const userinfoTokens = await freshTokens(ours, fapi2)
/** Where a JWT comes in. */
const DOORS: Record<string, { cast: Cast; bring(jwt: string): Promise<Draft> }> = {
	'a client assertion': {
		cast: fapi2,
		async bring(jwt) {
			const draft = await par.make()
			set('client_assertion', jwt)(draft)
			return draft
		},
	},
	'a request object': {
		cast: oidc,
		async bring(jwt) {
			const draft = await authorize.make()
			drop('scope', 'response_type')(draft)
			set('request', jwt)(draft)
			return draft
		},
	},
	'a hint': {
		cast: oidc,
		async bring(jwt) {
			const draft = await authorize.make()
			set('id_token_hint', jwt)(draft)
			return draft
		},
	},
	'a hint at the end of a session': {
		cast: oidc,
		bring: async (jwt) => ({
			...{ method: 'GET', path: ours.paths.end_session, headers: { accept: 'text/html' } },
			params: [['id_token_hint', jwt]],
		}),
	},
	'a DPoP proof': {
		cast: fapi2,
		async bring(jwt) {
			const draft = await bearerDraft(ours, fapi2, ours.paths.userinfo, userinfoTokens)
			header('dpop', inHeader(jwt))(draft)
			return draft
		},
	},
	'an access token': {
		cast: fapi2,
		async bring(jwt) {
			const draft = await bearerDraft(ours, fapi2, ours.paths.userinfo, userinfoTokens)
			header('authorization', inHeader(`DPoP ${jwt}`))(draft)
			return draft
		},
	},
	'a token asked about': {
		cast: fapi2,
		async bring(jwt) {
			const draft = await introspect.make()
			set('token', jwt)(draft)
			return draft
		},
	},
}

test.each(Object.entries(DOORS))('%s: what looks like a JWT gives nothing', async (_, { cast, bring }) => {
	await holds(jwtishFor(ours), async (jwt) => {
		// Without a value it counts as left out.
		if (jwt !== '') expect(gives(await answer(await bring(jwt), cast))).toBe(false)
	})
})

/** Sealed by us, to be brought back by the browser: a wish to sign out, or an answer that is to be posted. */
test.each<[string, (sealed: string) => Draft]>([
	['resume', (request) => ({ ...page('GET', '/oauth/end_session/resume'), params: [['request', request]] })],
	[
		'confirm',
		(request) => ({
			...page('POST', '/oauth/end_session/confirm'),
			headers: { origin: ours.issuer, 'sec-fetch-site': 'same-origin', cookie: ours.cookie },
			params: [
				['request', request],
				['decision', 'sign-out'],
			],
		}),
	],
	['form_post', (request) => ({ ...page('GET', '/oauth/form_post'), params: [['answer', request]] })],
])('%s: what we did not seal leads nowhere', async (_, bring) => {
	const { make } = await BASES.end_session(ours, oidc)
	const sent = await send(ours, { ...(await make()), method: 'POST' })
	const sealed = new URL(sent.headers.get('location') ?? '').searchParams.get('request') ?? ''
	const before = await ours.written()
	await holds(fc.oneof(nearly(sealed), text), async (request) => {
		const { status, location } = await answer(bring(request), oidc)
		// What is no letter of base64url is passed over: the same bytes, spelt otherwise.
		if (request.replace(/[^\w.-]/g, '') !== sealed)
			expect({ status, location }).toEqual({ status: 400, location: null })
	})
	expect(await ours.written()).toEqual(before)
})

const page = (method: string, path: string): Draft => ({ method, path, params: [], headers: { accept: 'text/html' } })

test.each<[string, fc.Arbitrary<string>, string[]]>([
	[
		'claims',
		fc
			.oneof(fc.record({ userinfo: someClaims, id_token: someClaims }, { requiredKeys: [] }), anyJson)
			.map((each) => JSON.stringify(each)),
		['invalid_request', 'unmet_authentication_requirements'],
	],
	[
		'authorization_details',
		fc.oneof(fc.array(detail, { maxLength: 7 }), anyJson).map((each) => JSON.stringify(each)),
		['invalid_authorization_details'],
	],
	['claims that are any text', text, ['invalid_request']],
	['authorization_details that are any text', text, ['invalid_authorization_details']],
])('%s: whatever it is, it is taken or refused by its own code', async (what, values, codes) => {
	const [name = ''] = what.split(' ')
	const base = await BASES.par(ours, fapi2)
	await holds(values, async (json) => {
		const draft = await base.make()
		set(name, json)(draft)
		const { status, text } = await answer(draft, fapi2)
		if (status !== 201) expect(codes).toContain(JSON.parse(text).error)
	})
})
