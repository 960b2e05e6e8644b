import { eq } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { createKeyRing } from '../../../src/oidc/index.ts'
import type { Browser } from '../../kit/http-client.ts'
import { consented, type Holder, type Parts } from './provider.ts'
import type { Rp } from './relying-party.ts'
import { assertion, authenticated, codeFor, exchange, post, push, tokenForm } from './requests.ts'
import type { Tap } from './stores.ts'

/** Where an attack plays: the provider as it is, somebody signed in, and two relying parties of theirs. */
export interface Scene {
	db: Db
	holder: Holder
	browser: Browser
	/** By its secret, by its key. */
	rp: Rp
	keyed: Rp
	/** The provider as it is, and the one under attack. */
	provider: Parts
	attacked(tap?: Tap): Parts
}

export interface Guard {
	/** Which statement, what in it, and what stands there instead; as many values are taken. */
	statement: RegExp
	guard: RegExp
	instead: string
	/** @param rewrite takes the guard away, or nothing. @returns how often the bad thing could be seen */
	attack(scene: Scene, rewrite: Tap['rewrite']): Promise<number>
	/** What that is where the guard is in its place. */
	good: number
}

const { accessTokens, codes, events, grants, pushedRequests, sessions, signingKeys } = schema
const AT_ONCE = 8
const NOTHING_ASKED = '? IS NOT NULL'
const asks = (count: number) => Array(count).fill(NOTHING_ASKED).join(' AND ')

const times = <T>(make: () => Promise<T>) => Promise.all(Array.from({ length: AT_ONCE }, make))
const ok = (responses: Response[], status = 200) => responses.filter((response) => response.status === status).length

/** The provider under attack sees the browser with the same session. */
const at = (provider: Parts, { browser }: Scene): Browser => {
	const visitor = provider.browser()
	for (const { name, value } of browser.cookies())
		visitor.addCookie(`${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`)
	return visitor
}

async function exchangedAtOnce(scene: Scene, rewrite: Tap['rewrite']): Promise<Response[]> {
	const code = await codeFor(scene.browser, scene.rp)
	const attacked = scene.attacked({ rewrite })
	return times(() => exchange(attacked, scene.rp, code))
}

async function exchangedAfter(scene: Scene, tap: Tap): Promise<number> {
	const code = await codeFor(scene.browser, scene.rp)
	return ok([await exchange(scene.attacked(tap), scene.rp, code)])
}

async function openedAtOnce(scene: Scene, rewrite: Tap['rewrite']): Promise<Response[]> {
	const { request_uri } = (await (await push(scene.provider, scene.rp)).json()) as { request_uri: string }
	const visitor = at(scene.attacked({ rewrite }), scene)
	const query = new URLSearchParams({ client_id: scene.rp.id, request_uri })
	return times(() => visitor.get(`/oauth/authorize?${query}`))
}

async function silentAfter(scene: Scene, tap: Tap): Promise<number> {
	const visitor = at(scene.attacked(tap), scene)
	await codeFor(visitor, scene.rp).catch(() => {})
	return codesOf(scene)
}

async function pushedAtOnce(scene: Scene, rewrite: Tap['rewrite']): Promise<Response[]> {
	const attacked = scene.attacked({ rewrite })
	const sent = await authenticated(attacked, scene.keyed, new URLSearchParams())
	const { form } = sent
	for (const [name, value] of Object.entries({
		response_type: 'code',
		redirect_uri: scene.keyed.redirectUri,
		scope: 'openid',
	}))
		form.set(name, value)
	return times(() => post(attacked, '/oauth/par', sent))
}

const count = async (rows: Promise<unknown[]>) => (await rows).length
const codesOf = ({ db, rp }: Scene) => count(db.select().from(codes).where(eq(codes.clientId, rp.id)))
const told = async ({ db, rp }: Scene, name: string) =>
	(await db.select().from(events).where(eq(events.actorId, rp.id))).filter((event) => event.name === name).length
const endSession = ({ db, holder }: Scene) =>
	db.update(sessions).set({ endedAt: 1 }).where(eq(sessions.accountId, holder.accountId))
const endGrant = ({ db, rp }: Scene) => db.update(grants).set({ endedAt: 1 }).where(eq(grants.clientId, rp.id))

const SPEND = /^update "codes"/
const SESSION_ALIVE =
	/EXISTS \(SELECT 1 FROM "sessions" WHERE "sessions"\."secret_hash" = \? AND "sessions"\."ended_at" IS NULL\)/
const GRANT_ALIVE = /EXISTS \(SELECT 1 FROM "grants" WHERE "grants"\."id" = \? AND "grants"\."ended_at" IS NULL\)/
const ASSERTION_TAKEN = /EXISTS \(SELECT 1 FROM "used_assertions" WHERE .*? = \? AND .*? = \?\)/
const BY_THIS_ACT = /"codes"\."consumed_by" = \?/

/** Each guard of the provider's batches, and what happens without it. */
export const GUARDS: Record<string, Guard> = {
	'a code is spent once: not spent before': {
		statement: SPEND,
		guard: /"codes"\."consumed_by" is null/,
		instead: 'TRUE',
		attack: async (scene, rewrite) => ok(await exchangedAtOnce(scene, rewrite)),
		good: 1,
	},
	'a code is spent in time': {
		statement: SPEND,
		guard: /"codes"\."expires_at" > \?/,
		instead: NOTHING_ASKED,
		attack: (scene, rewrite) =>
			exchangedAfter(scene, { rewrite, meanwhile: async () => scene.db.update(codes).set({ expiresAt: 0 }) }),
		good: 0,
	},
	'a code is spent while its grant lives': {
		statement: SPEND,
		guard:
			/EXISTS \(SELECT 1 FROM "grants" WHERE "grants"\."id" = "codes"\."grant_id" AND "grants"\."ended_at" IS NULL\)/,
		instead: 'TRUE',
		attack: (scene, rewrite) => exchangedAfter(scene, { rewrite, meanwhile: async () => endGrant(scene) }),
		good: 0,
	},
	'a code is spent by a new assertion only': {
		statement: SPEND,
		guard: ASSERTION_TAKEN,
		instead: asks(2),
		async attack(scene, rewrite) {
			const { keyed, browser, db } = scene
			await consented(scene.provider, scene.holder, keyed, 'openid pid name')
			const two = [await codeFor(browser, keyed), await codeFor(browser, keyed)]
			const attacked = scene.attacked({ rewrite })
			const client_assertion = await assertion(attacked, keyed)
			const { form: proof } = await authenticated(attacked, keyed, new URLSearchParams())
			await Promise.all(
				two.map((code) => {
					const form = tokenForm(keyed, code, { ...Object.fromEntries(proof), client_assertion })
					return post(attacked, '/oauth/token', { form, headers: {} })
				}),
			)
			const rows = await db.select().from(codes).where(eq(codes.clientId, keyed.id))
			return rows.filter(({ consumedBy }) => consumedBy !== null).length
		},
		good: 1,
	},
	'a token is stored by whoever spent the code': {
		statement: /^insert into "access_tokens"/,
		guard: BY_THIS_ACT,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await exchangedAtOnce(scene, rewrite)
			return count(scene.db.select().from(accessTokens).where(eq(accessTokens.clientId, scene.rp.id)))
		},
		good: 1,
	},
	'what was given is written down by whoever gave it': {
		statement: /^insert into "events".* FROM "codes"/,
		guard: BY_THIS_ACT,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await exchangedAtOnce(scene, rewrite)
			return told(scene, 'claimsGiven')
		},
		good: 1,
	},
	'a second use is written down once': {
		statement: /^insert into "events".* WHERE \(EXISTS \(SELECT 1 FROM "access_tokens"/,
		guard: /\(EXISTS \(SELECT 1 FROM "access_tokens" .*? OR EXISTS .*? IS NULL\)\)/,
		instead: asks(2),
		async attack(scene, rewrite) {
			await exchangedAtOnce(scene, rewrite)
			return told(scene, 'codeReused')
		},
		good: 1,
	},
	'an assertion is taken once': {
		statement: /^insert into "used_assertions"/,
		guard: /on conflict do nothing/,
		instead: 'on conflict do update set used_by = excluded.used_by',
		attack: async (scene, rewrite) => ok(await pushedAtOnce(scene, rewrite), 201),
		good: 1,
	},
	'a request is pushed by a new assertion only': {
		statement: /^insert into "pushed_requests"/,
		guard: ASSERTION_TAKEN,
		instead: asks(2),
		async attack(scene, rewrite) {
			await pushedAtOnce(scene, rewrite)
			return count(scene.db.select().from(pushedRequests).where(eq(pushedRequests.clientId, scene.keyed.id)))
		},
		good: 1,
	},
	'a pushed request is spent once': {
		statement: /^update "pushed_requests"/,
		guard: /"pushed_requests"\."consumed_by" is null/,
		instead: 'TRUE',
		attack: async (scene, rewrite) => ok(await openedAtOnce(scene, rewrite), 303),
		good: 1,
	},
	'a code is stored by whoever spent the pushed request': {
		statement: /^insert into "codes"/,
		guard: /EXISTS \(SELECT 1 FROM "pushed_requests" WHERE .*? = \? AND .*? = \?\)/,
		instead: asks(2),
		async attack(scene, rewrite) {
			await openedAtOnce(scene, rewrite)
			return codesOf(scene)
		},
		good: 1,
	},
	'a pushed request is spent while the session lives': {
		statement: /^update "pushed_requests"/,
		guard: SESSION_ALIVE,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			const { request_uri } = (await (await push(scene.provider, scene.rp)).json()) as { request_uri: string }
			const visitor = at(scene.attacked({ rewrite, meanwhile: async () => endSession(scene) }), scene)
			await visitor.get(`/oauth/authorize?${new URLSearchParams({ client_id: scene.rp.id, request_uri })}`)
			const rows = await scene.db.select().from(pushedRequests).where(eq(pushedRequests.clientId, scene.rp.id))
			return rows.filter(({ consumedBy }) => consumedBy !== null).length
		},
		good: 0,
	},
	'a silent code is stored while the session lives': {
		statement: /^insert into "codes"/,
		guard: SESSION_ALIVE,
		instead: NOTHING_ASKED,
		attack: (scene, rewrite) => silentAfter(scene, { rewrite, meanwhile: async () => endSession(scene) }),
		good: 0,
	},
	'a silent code is stored while the grant lives': {
		statement: /^insert into "codes"/,
		guard: GRANT_ALIVE,
		instead: NOTHING_ASKED,
		attack: (scene, rewrite) => silentAfter(scene, { rewrite, meanwhile: async () => endGrant(scene) }),
		good: 0,
	},
	'of two servers that start at once, one makes the keys': {
		statement: /^insert into "signing_keys"/,
		guard: /NOT EXISTS \(SELECT 1 FROM "signing_keys" WHERE .*? = \? AND .*? IS NULL\)/,
		instead: NOTHING_ASKED,
		async attack({ db, provider, attacked }, rewrite) {
			await db.delete(signingKeys)
			const { vault, clock } = provider
			const rings = [0, 1].map(() => createKeyRing({ db: attacked({ rewrite }).db, vault, clock }))
			await Promise.all(rings.map((ring) => ring.jwks()))
			return count(db.select().from(signingKeys))
		},
		good: 4,
	},
}
