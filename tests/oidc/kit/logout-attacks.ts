import { eq } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import type { Browser } from '../../kit/http-client.ts'
import type { Guard, Scene } from './attacks.ts'
import type { Parts } from './provider.ts'
import { authorize, codeFor, exchange, push, tokensOf } from './requests.ts'
import type { Tap } from './stores.ts'

const { clients, events, grants, logoutDeliveries, sessionClients, sessions } = schema
const AT_ONCE = 8
const NOTHING_ASKED = '? IS NOT NULL'

const times = <T>(make: () => Promise<T>) => Promise.all(Array.from({ length: AT_ONCE }, make))
const failures = (responses: Response[]) => responses.filter(({ status }) => status >= 500).length

const at = (provider: Parts, { browser }: Scene): Browser => {
	const visitor = provider.browser()
	for (const { name, value } of browser.cookies())
		visitor.addCookie(`${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`)
	return visitor
}

/** The same browser signs out at the relying party's wish, many times at once. */
async function signedOutAtOnce(scene: Scene, rewrite: Tap['rewrite']): Promise<Response[]> {
	const { db, rp } = scene
	await db.update(clients).set({ backchannelLogoutUri: 'https://rp.example/logout' }).where(eq(clients.id, rp.id))
	const code = await codeFor(scene.browser, rp)
	const { id_token } = await tokensOf(await exchange(scene.provider, rp, code))
	const visitor = at(scene.attacked({ rewrite }), scene)
	return times(() => visitor.get(`/oauth/end_session?${new URLSearchParams({ id_token_hint: id_token })}`))
}

const named = async ({ db, rp }: Scene) =>
	(await db.select().from(sessionClients).where(eq(sessionClients.clientId, rp.id))).length

/** A first silent answer, while something happens between its read and its batch. */
async function namedAfter(scene: Scene, tap: Tap): Promise<number> {
	await codeFor(at(scene.attacked(tap), scene), scene.rp).catch(() => {})
	return named(scene)
}

async function queued({ db, rp, holder, provider }: Scene, count: number): Promise<void> {
	await db.delete(logoutDeliveries)
	const now = provider.clock.now()
	const row = { clientId: rp.id, accountId: holder.accountId, state: 'waiting' as const, attempts: 0 }
	await db
		.insert(logoutDeliveries)
		.values(
			Array.from({ length: count }, (_, i) => ({ ...row, id: `d${i}`, sid: `d${i}`, nextAt: now, createdAt: now })),
		)
}

const SESSION_ALIVE =
	/EXISTS \(SELECT 1 FROM "sessions" WHERE "sessions"\."secret_hash" = \? AND "sessions"\."ended_at" IS NULL\)/
const GRANT_ALIVE = /EXISTS \(SELECT 1 FROM "grants" WHERE "grants"\."id" = \? AND "grants"\."ended_at" IS NULL\)/
const NAME = /^insert into "session_clients"/

/** Each guard of what belongs to signing out, and what happens without it. */
export const LOGOUT_GUARDS: Record<string, Guard> = {
	'a session’s end is written down once': {
		statement: /^insert into "events"/,
		guard: SESSION_ALIVE,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await scene.db.delete(events)
			await signedOutAtOnce(scene, rewrite)
			return (await scene.db.select().from(events).where(eq(events.name, 'signedOut'))).length
		},
		good: 1,
	},
	'and told once': {
		statement: /^insert into "logout_deliveries"/,
		guard: / AND "sessions"\."ended_at" IS NULL\) AND "session_clients"\."ended_at" IS NULL/,
		instead: ')',
		attack: async (scene, rewrite) => failures(await signedOutAtOnce(scene, rewrite)),
		good: 0,
	},
	'a logout token is taken by one server': {
		statement: /^update "logout_deliveries" set "attempts"/,
		guard: /"logout_deliveries"\."next_at" <= \?/,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await queued(scene, 5)
			const servers = [0, 1].map(() => scene.attacked({ rewrite }).app)
			const attempts = await Promise.all(servers.map((app) => app.deliverLogouts()))
			return attempts.reduce((sum, each) => sum + each, 0)
		},
		good: 5,
	},
	'and while it waits': {
		statement: /^update "logout_deliveries" set "attempts"/,
		guard: /"logout_deliveries"\."state" = 'waiting' AND/,
		instead: '',
		async attack(scene, rewrite) {
			await queued(scene, 5)
			await scene.db.update(logoutDeliveries).set({ state: 'delivered' })
			return scene.attacked({ rewrite }).app.deliverLogouts()
		},
		good: 0,
	},
	'an attempt that was overtaken settles nothing': {
		statement: /^update "logout_deliveries" set "state"/,
		guard: /"logout_deliveries"\."attempts" = \?/,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await queued(scene, 1)
			const meanwhile = async () => scene.db.update(logoutDeliveries).set({ attempts: 7 })
			await scene.attacked({ rewrite, meanwhile }).app.deliverLogouts()
			return (await scene.db.select().from(logoutDeliveries)).filter(({ lastOutcome }) => lastOutcome !== null).length
		},
		good: 0,
	},
	'a session is named while it lives': {
		statement: NAME,
		guard: SESSION_ALIVE,
		instead: NOTHING_ASKED,
		attack: (scene, rewrite) =>
			namedAfter(scene, { rewrite, meanwhile: async () => scene.db.update(sessions).set({ endedAt: 1 }) }),
		good: 0,
	},
	'and while the consent holds': {
		statement: NAME,
		guard: GRANT_ALIVE,
		instead: NOTHING_ASKED,
		attack: (scene, rewrite) =>
			namedAfter(scene, { rewrite, meanwhile: async () => scene.db.update(grants).set({ endedAt: 1 }) }),
		good: 0,
	},
	'and by whoever spent the pushed request': {
		statement: NAME,
		guard: /EXISTS \(SELECT 1 FROM "pushed_requests" WHERE .*? = \? AND .*? = \?\)/,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			const { db, provider, rp } = scene
			const { request_uri } = (await (await push(provider, rp)).json()) as { request_uri: string }
			const meanwhile = async () => db.update(schema.pushedRequests).set({ consumedBy: 'another tab' })
			const visitor = at(scene.attacked({ rewrite, meanwhile }), scene)
			await visitor.get(`/oauth/authorize?${new URLSearchParams({ client_id: rp.id, request_uri })}`)
			return named(scene)
		},
		good: 0,
	},
	'a session has one name at a relying party': {
		statement: NAME,
		guard: /on conflict do nothing/,
		instead: '',
		async attack(scene, rewrite) {
			const visitor = at(scene.attacked({ rewrite }), scene)
			return failures(await times(() => authorize(visitor, scene.rp)))
		},
		good: 0,
	},
}
