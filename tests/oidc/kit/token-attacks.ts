import { eq } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { hashSecret } from '../../../src/lib/crypto.ts'
import type { Guard, Scene } from './attacks.ts'
import { newDpopKey, proof } from './dpop.ts'
import { consented } from './provider.ts'
import type { Rp } from './relying-party.ts'
import { ASSERTION_TYPE, assertion, codeFor, exchange, post } from './requests.ts'
import type { Tap } from './stores.ts'
import { allTokens, exchangeWith, refresh, send } from './tokens.ts'

const { accessTokens, clients, codes, events, grants, refreshTokens } = schema
const NOTHING_ASKED = '? IS NOT NULL'
const TAKEN = /EXISTS \(SELECT 1 FROM "used_assertions" WHERE .*? = \? AND .*? = \?\)/
const BY_THIS_ACT = /EXISTS \(SELECT 1 FROM "access_tokens" WHERE "access_tokens"\."hash" = \?\)/
const USE = /^insert into "access_tokens".* FROM "refresh_tokens"/

/** A refresh token of the scene's relying party, of a moment ago. */
async function refreshTokenOf({ db, provider, browser, holder }: Scene, rp: Rp): Promise<string> {
	await db.update(clients).set({ grantTypes: '["authorization_code","refresh_token"]' }).where(eq(clients.id, rp.id))
	if (rp.authMethod === 'private_key_jwt') await consented(provider, holder, rp, 'openid pid name')
	return (await allTokens(await exchange(provider, rp, await codeFor(browser, rp)))).refresh_token
}

/** A refresh, while the world moves on between its read and its write. @returns how many got tokens */
async function refreshedWhile(
	scene: Scene,
	rewrite: Tap['rewrite'],
	happens: (scene: Scene, token: string) => Promise<unknown>,
): Promise<number> {
	const token = await refreshTokenOf(scene, scene.rp)
	const attacked = scene.attacked({ rewrite, meanwhile: () => happens(scene, token) })
	return (await refresh(attacked, scene.rp, token)).status === 200 ? 1 : 0
}

/** Two tokens are given back with one assertion. */
async function revokedByOne(scene: Scene, rewrite: Tap['rewrite'], kind: 'access_token' | 'refresh_token') {
	const { keyed, browser, provider } = scene
	await refreshTokenOf(scene, keyed)
	await scene.db.delete(accessTokens).where(eq(accessTokens.clientId, keyed.id))
	await scene.db.delete(refreshTokens).where(eq(refreshTokens.clientId, keyed.id))
	const tokens = [0, 1].map(async () => allTokens(await exchange(provider, keyed, await codeFor(browser, keyed))))
	const attacked = scene.attacked({ rewrite })
	const client_assertion = await assertion(attacked, keyed)
	const proven = { client_id: keyed.id, client_assertion_type: ASSERTION_TYPE, client_assertion }
	for (const each of await Promise.all(tokens)) {
		const form = new URLSearchParams({ ...proven, token: each[kind] })
		await post(attacked, '/oauth/revoke', { form, headers: {} })
	}
}
const accessRowsOf = ({ db, keyed }: Scene) => db.select().from(accessTokens).where(eq(accessTokens.clientId, keyed.id))
const revocationsOf = async ({ db }: Scene, rp: Rp) =>
	(await db.select().from(events).where(eq(events.actorId, rp.id))).filter(({ name }) => name === 'tokensRevoked')
		.length

type Row = typeof refreshTokens.$inferInsert
const change = (values: Partial<Row>) => async (scene: Scene, token: string) =>
	scene.db
		.update(refreshTokens)
		.set(values)
		.where(eq(refreshTokens.hash, hashSecret(token)))
const endGrant = async ({ db, rp }: Scene) => db.update(grants).set({ endedAt: 1 }).where(eq(grants.clientId, rp.id))
const rowsOf = ({ db, rp }: Scene) => db.select().from(refreshTokens).where(eq(refreshTokens.clientId, rp.id))
const accessOf = async ({ db }: Scene, rp: Rp) =>
	(await db.select().from(accessTokens).where(eq(accessTokens.clientId, rp.id))).length

const guardOfUse = (guard: RegExp, instead: string, happens: Parameters<typeof refreshedWhile>[2]): Guard => ({
	...{ statement: USE, guard, instead, good: 0 },
	attack: (scene, rewrite) => refreshedWhile(scene, rewrite, happens),
})

/** Each guard of the batches that give tokens, and what happens without it. */
export const TOKEN_GUARDS: Record<string, Guard> = {
	'a refresh token answers until it is revoked': guardOfUse(
		/"refresh_tokens"\."ended_at" is null/,
		'TRUE',
		change({ endedAt: 1 }),
	),
	'a refresh token answers in time': guardOfUse(
		/"refresh_tokens"\."expires_at" > \?/,
		NOTHING_ASKED,
		change({ expiresAt: 0 }),
	),
	'a refresh token answers until another took its place': guardOfUse(
		/\("refresh_tokens"\."replaced_at" IS NULL OR \(.*? >= \? AND .*? = \?\)\)/,
		`${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		change({ replacedAt: 1, replacedBy: 'another' }),
	),
	'a refresh token answers in its grace, not after': guardOfUse(
		/"refresh_tokens"\."replaced_at" >= \?/,
		NOTHING_ASKED,
		async (scene, token) => {
			await refresh(scene.provider, scene.rp, token)
			await change({ replacedAt: 1 })(scene, token)
		},
	),
	'a refresh token answers with one successor': guardOfUse(
		/"refresh_tokens"\."replaced_by" = \?/,
		NOTHING_ASKED,
		async (scene, token) => change({ replacedAt: scene.provider.clock.now(), replacedBy: 'another' })(scene, token),
	),
	'a refresh token answers while its grant lives': guardOfUse(
		/EXISTS \(SELECT 1 FROM "grants" WHERE .*? AND "grants"\."ended_at" IS NULL\)/,
		'TRUE',
		endGrant,
	),
	'a refresh token answers to a new assertion only': {
		statement: USE,
		guard: TAKEN,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			const { keyed } = scene
			const tokens = [await refreshTokenOf(scene, keyed), await refreshTokenOf(scene, keyed)]
			const attacked = scene.attacked({ rewrite })
			const client_assertion = await assertion(attacked, keyed)
			const before = await accessOf(scene, keyed)
			await Promise.all(
				tokens.map((refresh_token) =>
					post(attacked, '/oauth/token', {
						form: new URLSearchParams({
							...{ grant_type: 'refresh_token', refresh_token, client_id: keyed.id },
							...{ client_assertion_type: ASSERTION_TYPE, client_assertion },
						}),
						headers: {},
					}),
				),
			)
			return (await accessOf(scene, keyed)) - before
		},
		good: 1,
	},
	'a refresh token answers to a new proof only': {
		statement: USE,
		guard: TAKEN,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			const tokens = [await refreshTokenOf(scene, scene.rp), await refreshTokenOf(scene, scene.rp)]
			const attacked = scene.attacked({ rewrite })
			const dpop = await proof(attacked, await newDpopKey(), '/oauth/token')
			const before = await accessOf(scene, scene.rp)
			await Promise.all(tokens.map((token) => refresh(attacked, scene.rp, token, {}, { dpop })))
			return (await accessOf(scene, scene.rp)) - before
		},
		good: 1,
	},
	'a code is spent by a new proof only': {
		statement: /^update "codes"/,
		guard: TAKEN,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			const { rp, browser, db } = scene
			const two = [await codeFor(browser, rp), await codeFor(browser, rp)]
			const attacked = scene.attacked({ rewrite })
			const dpop = await proof(attacked, await newDpopKey(), '/oauth/token')
			await Promise.all(two.map((code) => exchangeWith(attacked, rp, code, { dpop })))
			const rows = await db.select().from(codes).where(eq(codes.clientId, rp.id))
			return rows.filter(({ consumedBy }) => consumedBy !== null).length
		},
		good: 1,
	},
	'a refresh token is replaced by whom it answered': {
		statement: /^update "refresh_tokens" set "replaced_at"/,
		guard: BY_THIS_ACT,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await refreshedWhile(scene, rewrite, endGrant)
			return (await rowsOf(scene)).filter(({ replacedAt }) => replacedAt !== null).length
		},
		good: 0,
	},
	'a successor is stored by whom the old one answered': {
		statement: /^insert into "refresh_tokens".* FROM "refresh_tokens"/,
		guard: BY_THIS_ACT,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await refreshedWhile(scene, rewrite, endGrant)
			return (await rowsOf(scene)).length
		},
		good: 1,
	},
	'a refresh is written down by whom it answered': {
		statement: /^insert into "events".* FROM "access_tokens"/,
		guard: /"access_tokens"\."hash" = \?/,
		instead: `rowid = (SELECT max(rowid) FROM "access_tokens") AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			await refreshedWhile(scene, rewrite, endGrant)
			const written = await scene.db.select().from(events).where(eq(events.actorId, scene.rp.id))
			return written.filter(({ name }) => name === 'tokensRefreshed').length
		},
		good: 0,
	},
	'a refresh token is stored by whoever spent the code': {
		statement: /^insert into "refresh_tokens".* FROM "codes"/,
		guard: /"codes"\."consumed_by" = \?/,
		instead: NOTHING_ASKED,
		async attack(scene, rewrite) {
			await refreshTokenOf(scene, scene.rp)
			await scene.db.delete(refreshTokens).where(eq(refreshTokens.clientId, scene.rp.id))
			const code = await codeFor(scene.browser, scene.rp)
			const attacked = scene.attacked({ rewrite })
			await Promise.all(Array.from({ length: 8 }, () => exchange(attacked, scene.rp, code)))
			return (await rowsOf(scene)).length
		},
		good: 1,
	},
	'a token is revoked by a new assertion only': {
		statement: /^update "access_tokens" set "ended_at" = \? where .*"access_tokens"\."hash" = \?/,
		guard: TAKEN,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			await revokedByOne(scene, rewrite, 'access_token')
			return (await accessRowsOf(scene)).filter(({ endedAt }) => endedAt !== null).length
		},
		good: 1,
	},
	'a family is revoked by a new assertion only: its refresh tokens': {
		statement: /^update "refresh_tokens" set "ended_at"/,
		guard: TAKEN,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			await revokedByOne(scene, rewrite, 'refresh_token')
			const rows = await scene.db.select().from(refreshTokens).where(eq(refreshTokens.clientId, scene.keyed.id))
			return rows.filter(({ endedAt }) => endedAt !== null).length
		},
		good: 1,
	},
	'a family is revoked by a new assertion only: its access tokens': {
		statement: /^update "access_tokens" set "ended_at" = \? where .*"access_tokens"\."code_hash" = \?/,
		guard: TAKEN,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			await revokedByOne(scene, rewrite, 'refresh_token')
			return (await accessRowsOf(scene)).filter(({ endedAt }) => endedAt !== null).length
		},
		good: 1,
	},
	'a revocation is written down by a new assertion only': {
		statement: /^insert into "events".* FROM "(access|refresh)_tokens" WHERE .*"ended_at" is null/,
		guard: TAKEN,
		instead: `${NOTHING_ASKED} AND ${NOTHING_ASKED}`,
		async attack(scene, rewrite) {
			await revokedByOne(scene, rewrite, 'access_token')
			return revocationsOf(scene, scene.keyed)
		},
		good: 1,
	},
	'a revocation is written down once': {
		statement: /^insert into "events".* FROM "access_tokens"/,
		guard: /"access_tokens"\."ended_at" is null/,
		instead: 'TRUE',
		async attack(scene, rewrite) {
			const { access_token } = await allTokens(
				await exchange(scene.provider, scene.rp, await codeFor(scene.browser, scene.rp)),
			)
			const attacked = scene.attacked({ rewrite })
			for (let i = 0; i < 2; i++)
				await send(attacked, scene.rp, '/oauth/revoke', new URLSearchParams({ token: access_token }))
			return revocationsOf(scene, scene.rp)
		},
		good: 1,
	},
}
