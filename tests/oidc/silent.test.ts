import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { and, eq, isNull } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { HOUR, MINUTE } from '../../src/lib/clock.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import { answerAt, authorize, type Changes, codeFor, exchange, tokensOf } from './kit/requests.ts'

/** A session and an earlier consent may speak for the citizen. Each condition of the policy is broken once. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider
const { accounts, clients, grants, sessions } = schema
const rp = await register(provider)
const loud = await register(provider, { silent: false })
const QR = 'urn:dopa:digital-id:acr:aal2:qr'

let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
})
beforeEach(async () => {
	await db.delete(grants)
	await db.update(accounts).set({ status: 'active' })
	for (const each of [rp, loud]) await consented(provider, holder, each, 'openid pid name')
	browser = await signedIn(provider, holder)
})

/** `code`, `asked`, or the error that the relying party gets. */
async function answer(changes: Changes = {}, client: Rp = rp, who = browser): Promise<string> {
	const response = await authorize(who, client, changes)
	if (response.headers.get('location')?.includes('/sign-in/')) return 'asked'
	const { code, error } = answerAt(client, response)
	return error ?? (code ? 'code' : 'nothing')
}

describe('the citizen is not asked', () => {
	test.each<[string, Changes]>([
		['for what was consented to', {}],
		['for less', { scope: 'openid name' }],
		['for openid alone', { scope: 'openid' }],
		['with prompt=none', { prompt: 'none' }],
		['with a max_age that is not over', { max_age: '1' }],
		['with acr_values=phr after phr', { acr_values: 'phr' }],
		["with the QR's acr after phr, which is more", { acr_values: QR }],
		['with one of several acr_values', { acr_values: `urn:unknown ${QR}` }],
		['with acr_values that nobody knows, a wish and no more', { acr_values: 'urn:unknown' }],
		['for a claim by name that was consented to', { claims: '{"userinfo":{"name":{"essential":true}}}' }],
	])('%s', async (_, changes) => {
		expect(await answer(changes)).toBe('code')
	})

	test('29 minutes after the last use, again and again', async () => {
		for (let i = 0; i < 3; i++) {
			await db.update(accounts).set({ snapshotAt: clock.now() })
			expect(await answer()).toBe('code')
			clock.advance(29 * MINUTE)
		}
	})

	test('and the tokens tell when and how the citizen signed in, not when nobody was asked', async () => {
		const authenticatedAt = clock.now()
		clock.advance(5 * MINUTE)
		const { id_token } = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
		const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
		expect(claims).toMatchObject({ auth_time: authenticatedAt / 1_000, acr: 'phr', amr: ['user', 'pin', 'mfa'] })
		expect(claims.iat).toBe(clock.now() / 1_000)
	})
})

type Break = () => unknown

const CONDITIONS: Record<string, { breaks?: Break; changes?: Changes; none: string }> = {
	'no session': { breaks: () => browser.clearCookies(), none: 'login_required' },
	'a session that was ended': {
		breaks: () => db.update(sessions).set({ endedAt: clock.now() }),
		none: 'login_required',
	},
	'30 minutes idle': { breaks: () => clock.advance(30 * MINUTE), none: 'login_required' },
	'12 hours after the sign-in, never idle': {
		async breaks() {
			clock.advance(12 * HOUR)
			await db.update(sessions).set({ lastSeenAt: clock.now() })
			await db.update(accounts).set({ snapshotAt: clock.now() })
		},
		none: 'login_required',
	},
	'an answer of the AS older than 30 minutes': {
		async breaks() {
			clock.advance(30 * MINUTE + 1)
			await db.update(sessions).set({ lastSeenAt: clock.now() })
		},
		none: 'login_required',
	},
	'a suspended account': { breaks: () => db.update(accounts).set({ status: 'suspended' }), none: 'login_required' },
	'an ended account': { breaks: () => db.update(accounts).set({ status: 'ended' }), none: 'login_required' },
	'a session by less than the acr that is wished': {
		async breaks() {
			browser = await signedIn(provider, holder, QR)
		},
		changes: { acr_values: 'phr' },
		// RFC 9470 §5
		none: 'unmet_authentication_requirements',
	},
	'an acr that this key does not reach': {
		changes: { acr_values: 'phrh' },
		none: 'unmet_authentication_requirements',
	},
	'an acr that the citizen’s proofing does not reach': {
		changes: { acr_values: 'urn:dopa:digital-id:acr:ial2.3' },
		none: 'unmet_authentication_requirements',
	},
	'a claim by name beyond the consent': {
		changes: { claims: '{"id_token":{"gender":null}}' },
		none: 'consent_required',
	},
	'leave for one act, which is asked for at each': {
		async breaks() {
			await db.update(clients).set({ authorizationDetailsTypes: '["dopa_mandate"]' })
		},
		changes: {
			authorization_details:
				'[{"type":"dopa_mandate","act":"รับเอกสาร","delegate":"สมหญิง","valid_from":"2026-01-15","valid_until":"2026-01-20"}]',
		},
		none: 'consent_required',
	},
	'a max_age that is over': {
		breaks: () => clock.advance(10_001),
		changes: { max_age: '10' },
		none: 'login_required',
	},
	'max_age=0, in the same millisecond': { changes: { max_age: '0' }, none: 'login_required' },
	'no consent at all': { breaks: () => db.delete(grants), none: 'consent_required' },
	'a consent that ended': {
		breaks: () => db.update(grants).set({ endedAt: clock.now() }),
		none: 'consent_required',
	},
	'a scope beyond the consent': { changes: { scope: 'openid pid name address' }, none: 'consent_required' },
	'a scope that only an older consent had': {
		async breaks() {
			clock.advance(1)
			await consented(provider, holder, rp, 'openid')
		},
		none: 'consent_required',
	},
}

describe.each(Object.entries(CONDITIONS))('%s', (_, { breaks, changes = {}, none }) => {
	test('the citizen is asked', async () => {
		await breaks?.()
		expect(await answer(changes)).toBe('asked')
	})

	test('with prompt=none the relying party hears why not', async () => {
		await breaks?.()
		expect(await answer({ ...changes, prompt: 'none' })).toBe(none)
	})
})

describe('and who may never be answered silently', () => {
	test('a client that is not registered so', async () => {
		expect(await answer({}, loud)).toBe('asked')
		expect(await answer({ prompt: 'none' }, loud)).toBe('login_required')
	})

	test.each(['login', 'consent', 'select_account', 'login consent'])('prompt=%s', async (prompt) => {
		expect(await answer({ prompt })).toBe('asked')
	})

	test("another citizen's consent", async () => {
		await db.delete(grants)
		await consented(provider, await enrolled(provider, 'somying'), rp, 'openid pid name')
		expect(await answer()).toBe('asked')
	})

	test('a cookie of another name or a session made up', async () => {
		const stranger = provider.browser({ headers: { cookie: `session=${'x'.repeat(43)}` } })
		expect(await answer({}, rp, stranger)).toBe('asked')
		const forger = provider.browser({ headers: { cookie: `__Host-session=${'x'.repeat(43)}` } })
		expect(await answer({}, rp, forger)).toBe('asked')
	})
})

describe('an id_token_hint', () => {
	const hintFrom = async (client: Rp) =>
		(await tokensOf(await exchange(provider, client, await codeFor(browser, client)))).id_token

	test('of the citizen who is signed in changes nothing, even an old one', async () => {
		const id_token_hint = await hintFrom(rp)
		clock.advance(20 * MINUTE)
		expect(await answer({ id_token_hint })).toBe('code')
	})

	test('of somebody else: nobody is answered for', async () => {
		const id_token_hint = await hintFrom(rp)
		const other = await enrolled(provider, 'pimchanok')
		await consented(provider, other, rp, 'openid pid name')
		const visitor = await signedIn(provider, other)
		expect(await answer({}, rp, visitor)).toBe('code')
		expect(await answer({ id_token_hint }, rp, visitor)).toBe('asked')
		expect(await answer({ id_token_hint, prompt: 'none' }, rp, visitor)).toBe('login_required')
	})

	test('of another client is refused', async () => {
		const elsewhere = await register(provider)
		await consented(provider, holder, elsewhere, 'openid pid name')
		// A client that brings another client's token is confused, or was given what is not its own.
		expect(await answer({ id_token_hint: await hintFrom(elsewhere) })).toBe('invalid_request')
	})

	test.each(['x', 'e30.e30.', 'e30.eyJzdWIiOjF9.x'])('that is none (%s) is refused', async (id_token_hint) => {
		expect(await answer({ id_token_hint })).toBe('invalid_request')
	})
})

test('prompt=none writes nothing and sets no cookie', async () => {
	provider.trips.length = 0
	const response = await authorize(provider.browser(), rp, { prompt: 'none' })
	expect(response.headers.getSetCookie()).toEqual([])
	expect(provider.trips).toHaveLength(1)
})

describe('the world moves on between read and write', () => {
	test.each<[string, () => Promise<unknown>]>([
		['the session ends', () => db.update(sessions).set({ endedAt: clock.now() }).where(isNull(sessions.endedAt))],
		[
			'the grant ends',
			() =>
				db
					.update(grants)
					.set({ endedAt: clock.now() })
					.where(and(eq(grants.clientId, rp.id))),
		],
	])('%s: no code', async (_, happens) => {
		const batch = provider.client.batch.bind(provider.client)
		provider.client.batch = async (...args) => {
			provider.client.batch = batch
			await happens()
			return batch(...args)
		}
		expect(await answer()).toBe('login_required')
	})
})
