import { expect } from 'bun:test'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { schema } from '../../../../db/client.ts'
import { hashSecret } from '../../../../src/lib/crypto.ts'
import { createKeyRing, deliverLogouts, rotateKeys } from '../../../../src/oidc/index.ts'
import { beginSignIn, collect, confirm, type Inspection } from '../../../kit/journeys.ts'
import { authorizationPairs, freshCode, freshTokens, pushed } from '../kit/bases.ts'
import { type Draft, set } from '../kit/draft.ts'
import { SIGNED_OUT } from '../kit/server.ts'
import type { Arena } from './arena.ts'
import { anyCast, noneBroke, type Pair, type Race, sendAll, times, told } from './race.ts'

const { codes, grants, logoutDeliveries, sessionClients, sessions, signingKeys } = schema

const settle = (act: Promise<unknown>) => act.then(() => 'ok').catch(() => 'refused')

/** What a citizen does, and what the servers do by themselves. */
export const sessionRaces: Record<string, Race> = {
	async 'the end of a session while it answers silently: no relying party is left out'(arena, n) {
		const { oidc } = arena.casts
		const { db } = arena.parts
		const cookie = await arena.session()
		const { id_token } = await freshTokens(arena, oidc, await freshCode({ ...arena, cookie }, oidc))
		const ask = (path: string, params: Pair[]): Draft => ({ method: 'GET', path, params, headers: { cookie } })
		const ending = ask(arena.paths.end_session, [['id_token_hint', id_token]])
		const silent = await times(n, async (i) =>
			i % 2 === 0
				? ask(arena.paths.authorize, authorizationPairs(oidc))
				: ask(arena.paths.authorize, [
						['client_id', arena.casts.fapi2.rp.id],
						['request_uri', await pushed(arena, arena.casts.fapi2)],
					]),
		)
		arena.sent.length = 0
		noneBroke(
			await sendAll(
				arena,
				[...silent, ending].sort(() => arena.die(3) - 1),
			),
		)
		const secret = /__Host-session=([^;]+)/.exec(cookie)?.[1] ?? ''
		const named = await db
			.select()
			.from(sessionClients)
			.where(eq(sessionClients.sessionHash, hashSecret(secret)))
		expect(named.filter(({ endedAt }) => endedAt === null)).toEqual([])
		await deliver(arena, 0)
		for (let look = 0; look < 500 && (await waitingDeliveries(arena)) > 0; look++) await Bun.sleep(2)
		expect(arena.sent).toHaveLength(named.length)
	},

	async 'the end of a session, and what its relying parties are told'(arena, n) {
		const cast = anyCast(arena)
		const cookie = await arena.session()
		const { id_token } = await freshTokens(arena, cast, await freshCode({ ...arena, cookie }, cast))
		const params: [string, string][] = [
			['id_token_hint', id_token],
			['post_logout_redirect_uri', SIGNED_OUT.rp],
		]
		const ended = await told(arena, 'signedOut')
		arena.sent.length = 0
		const draft = { method: 'GET', path: arena.paths.end_session, params, headers: { cookie, accept: 'text/html' } }
		const responses = await sendAll(arena, await times(n, async () => draft))
		expect(responses.map((each) => each.headers.get('location'))).toEqual(Array(n).fill(SIGNED_OUT.rp))
		expect(await told(arena, 'signedOut')).toBe(ended + 1)
		// The servers tell it by themselves; here all of them look once more for what is due.
		await times(Math.min(n, 16), (i) => deliver(arena, i))
		for (let look = 0; look < 500 && (await waitingDeliveries(arena)) > 0; look++) await Bun.sleep(2)
		expect(await waitingDeliveries(arena)).toBe(0)
		expect(arena.sent).toHaveLength(1)
	},

	async 'a new signing key'(arena, n) {
		const { vault, clock } = arena.parts
		const { db } = arena.parts
		await createKeyRing(arena.parts).jwks()
		const kind = (['planned', 'now', 'emergency'] as const)[arena.die(3)] ?? 'now'
		// As if no key were coming, and no other had been.
		await db.delete(signingKeys).where(and(eq(signingKeys.alg, 'EdDSA'), gt(signingKeys.activeFrom, clock.now())))
		await db.update(signingKeys).set({ activeUntil: null, activeFrom: 0 }).where(eq(signingKeys.alg, 'EdDSA'))
		await db
			.delete(signingKeys)
			.where(
				sql`${signingKeys.alg} = 'EdDSA' AND ${signingKeys.kid} NOT IN (SELECT min(kid) FROM ${signingKeys} WHERE ${signingKeys.alg} = 'EdDSA')`,
			)
		const results = await times(n, (i) =>
			rotateKeys({ db: arena.dbs[i % arena.dbs.length] ?? db, vault, clock }, ['EdDSA'], kind),
		)
		expect(results.flat().filter(({ kid }) => kid !== null)).toHaveLength(1)
		const open = and(eq(signingKeys.alg, 'EdDSA'), isNull(signingKeys.activeUntil))
		expect(await db.$count(signingKeys, open)).toBe(1)
	},

	async 'a citizen’s confirmation, and what is collected for it'(arena, n) {
		// Each tries the PIN, which is made to be slow.
		const few = Math.min(n, 6)
		const { citizen, casts, parts } = arena
		const query = new URLSearchParams([...authorizationPairs(casts.oidc), ['prompt', 'login']])
		const id = await beginSignIn(citizen.browser, `${arena.paths.authorize}?${query}`)
		const shown = await citizen.browser.mutate<Inspection>('signIn.inspect', { id })
		const before = [await parts.db.$count(grants), await parts.db.$count(sessions)]
		const all = await times(few, () =>
			settle(confirm({ ...citizen, browser: arena.twin(citizen.browser) }, shown, null)),
		)
		expect(all.filter((each) => each === 'ok')).toHaveLength(1)
		expect([await parts.db.$count(grants), await parts.db.$count(sessions)]).toEqual(before.map((each) => each + 1))
		const codesBefore = await parts.db.$count(codes)
		const collected = await times(n, () => settle(collect(arena.twin(citizen.browser), id)))
		expect(collected.filter((each) => each === 'ok')).toHaveLength(1)
		expect(await parts.db.$count(codes)).toBe(codesBefore + 1)
	},

	async 'sign-ins that began with one request_uri: one of them gives a code'(arena, n) {
		const few = Math.min(n, 4)
		const { citizen, casts, parts } = arena
		const uri = await pushed(arena, casts.fapi2, set('prompt', 'login'))
		const query = new URLSearchParams({ client_id: casts.fapi2.rp.id, request_uri: uri })
		const begun: string[] = []
		for (let i = 0; i < few; i++) {
			const id = await beginSignIn(citizen.browser, `${arena.paths.authorize}?${query}`)
			await confirm(citizen, await citizen.browser.mutate<Inspection>('signIn.inspect', { id }), null)
			begun.push(id)
		}
		const before = await parts.db.$count(codes)
		const collected = (i: number) => collect(arena.twin(citizen.browser), begun[i] ?? '').catch(() => '')
		const all = await times(few, collected)
		// To the others it is told there that the request is gone.
		expect(all.filter((each) => each.includes('code='))).toHaveLength(1)
		expect(await parts.db.$count(codes)).toBe(before + 1)
	},
}

const waitingDeliveries = ({ parts }: Arena) => parts.db.$count(logoutDeliveries, eq(logoutDeliveries.state, 'waiting'))

function deliver({ dbs, parts, outbound }: Arena, i: number): Promise<number> {
	const { vault, clock, issuer } = parts
	const db = dbs[i % dbs.length] ?? parts.db
	const keys = createKeyRing({ db, vault, clock })
	return deliverLogouts({ db, vault, clock, keys, issuer, outbound, log: () => {} })
}
