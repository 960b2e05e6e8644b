import { expect } from 'bun:test'
import { and, count, eq, gt, isNull, sql } from 'drizzle-orm'
import { schema } from '../../../../db/client.ts'
import { hashSecret } from '../../../../src/lib/crypto.ts'
import { createKeyRing, deliverLogouts, rotateKeys } from '../../../../src/oidc/index.ts'
import { beginSignIn, collect, confirm, type Inspection } from '../../../kit/journeys.ts'
import { authorizationPairs, BASES, freshCode, freshTokens, pushed, send, tokenDraft } from '../kit/bases.ts'
import type { Draft } from '../kit/draft.ts'
import { authenticate } from '../kit/proofs.ts'
import { SIGNED_OUT } from '../kit/server.ts'
import type { Arena } from './arena.ts'

/** Something that may happen once, asked for by `n` at once. It throws where there is not exactly one winner. */
export type Race = (arena: Arena, n: number) => Promise<void>

const { accessTokens, codes, events, grants, logoutDeliveries, refreshTokens, sessions, signingKeys } = schema

const times = <T>(n: number, make: (i: number) => Promise<T>): Promise<T[]> =>
	Promise.all(Array.from({ length: n }, (_, i) => make(i)))
const anyCast = ({ casts, die }: Arena) => (die(2) === 0 ? casts.fapi2 : casts.oidc)
const withStatus = (responses: Response[], status: number) => responses.filter((each) => each.status === status)
const sendAll = (arena: Arena, drafts: readonly Draft[]) => Promise.all(drafts.map((draft) => send(arena, draft)))
const codesIn = (responses: Response[]) =>
	responses.flatMap((each) => new URL(each.headers.get('location') ?? 'x:', 'x:').searchParams.get('code') ?? [])

async function told({ parts }: Arena, name: string): Promise<number> {
	const [row] = await parts.db.select({ n: count() }).from(events).where(eq(events.name, name))
	return row?.n ?? 0
}

/** Nobody was told of an error of ours. */
const noneBroke = (responses: Response[]) => expect(responses.filter(({ status }) => status >= 500)).toEqual([])

export const RACES: Record<string, Race> = {
	async 'a code'(arena, n) {
		const cast = anyCast(arena)
		const code = await freshCode(arena, cast)
		const responses = await sendAll(arena, await times(n, () => tokenDraft(arena, cast, code)))
		noneBroke(responses)
		expect(withStatus(responses, 200)).toHaveLength(1)
		expect(await arena.parts.db.$count(accessTokens, eq(accessTokens.codeHash, hashSecret(code)))).toBe(1)
	},

	async 'a code that was used'(arena, n) {
		const cast = anyCast(arena)
		const code = await freshCode(arena, cast)
		await freshTokens(arena, cast, code)
		const before = await told(arena, 'codeReused')
		const responses = await sendAll(arena, await times(n, () => tokenDraft(arena, cast, code)))
		noneBroke(responses)
		expect(withStatus(responses, 200)).toEqual([])
		expect(await told(arena, 'codeReused')).toBe(before + 1)
		const living = and(eq(accessTokens.codeHash, hashSecret(code)), isNull(accessTokens.endedAt))
		expect(await arena.parts.db.$count(accessTokens, living)).toBe(0)
	},

	async 'a request_uri'(arena, n) {
		const cast = anyCast(arena)
		const params: [string, string][] = [
			['client_id', cast.rp.id],
			['request_uri', await pushed(arena, cast)],
		]
		const headers = { cookie: arena.cookie }
		const responses = await sendAll(
			arena,
			await times(n, async () => ({ method: 'GET', path: arena.paths.authorize, params, headers })),
		)
		noneBroke(responses)
		const given = codesIn(responses)
		expect(given).toHaveLength(1)
		expect(await arena.parts.db.$count(codes, eq(codes.hash, hashSecret(given[0] ?? '')))).toBe(1)
	},

	async 'a client assertion'(arena, n) {
		const { fapi2 } = arena.casts
		const proof: Draft = { method: 'POST', path: '', params: [], headers: {} }
		await authenticate(arena, fapi2.rp, proof)
		const asks: [string, [string, string][]][] = [
			[arena.paths.par, authorizationPairs(fapi2).filter(([name]) => name !== 'client_id')],
			[arena.paths.introspect, [['token', 'x'.repeat(43)]]],
			[arena.paths.revoke, [['token', 'x'.repeat(43)]]],
		]
		const responses = await sendAll(
			arena,
			await times(n, async () => {
				const [path, params] = asks[arena.die(asks.length)] ?? ['', []]
				return { ...proof, path, params: [...proof.params, ...params] }
			}),
		)
		noneBroke(responses)
		expect(withStatus(responses, 401)).toHaveLength(n - 1)
	},

	async 'a DPoP proof where a token is used'(arena, n) {
		const base = await BASES.userinfo(arena, arena.casts.fapi2)
		const draft = await base.make()
		const responses = await sendAll(arena, await times(n, async () => draft))
		noneBroke(responses)
		expect(withStatus(responses, 200)).toHaveLength(1)
	},

	async 'a DPoP proof where a token is asked for'(arena, n) {
		const base = await BASES.refresh(arena, arena.casts.fapi2)
		const { headers } = await base.make()
		const drafts = await times(n, async () => ({ ...(await base.make()), headers }))
		const responses = await sendAll(arena, drafts)
		noneBroke(responses)
		expect(withStatus(responses, 200)).toHaveLength(1)
	},

	async 'a refresh token: one takes its place'(arena, n) {
		const base = await BASES.refresh(arena, arena.casts.oidc)
		const before = await arena.parts.db.$count(refreshTokens)
		const responses = await sendAll(arena, await times(n, () => base.make()))
		noneBroke(responses)
		// Within its grace each answers, with the same successor: the family does not fork.
		expect(withStatus(responses, 200)).toHaveLength(n)
		const next = await Promise.all(responses.map(async (each) => (await each.json()).refresh_token as string))
		expect(new Set(next).size).toBe(1)
		expect(await arena.parts.db.$count(refreshTokens)).toBe(before + 1)
	},

	async 'a refresh token that was replaced: all ends'(arena, n) {
		const base = await BASES.refresh(arena, arena.casts.oidc)
		const { access_token } = await (await send(arena, await base.make())).json()
		await arena.advance(31_000)
		const before = await told(arena, 'refreshReused')
		const responses = await sendAll(arena, await times(n, () => base.make()))
		noneBroke(responses)
		expect(withStatus(responses, 200)).toEqual([])
		expect(await told(arena, 'refreshReused')).toBe(before + 1)
		const living = and(eq(accessTokens.hash, hashSecret(access_token)), isNull(accessTokens.endedAt))
		expect(await arena.parts.db.$count(accessTokens, living)).toBe(0)
	},

	async 'a token and its end'(arena, n) {
		const cast = anyCast(arena)
		const base = await BASES.revoke(arena, cast)
		const before = await told(arena, 'tokensRevoked')
		const responses = await sendAll(arena, await times(n, () => base.make()))
		noneBroke(responses)
		expect(withStatus(responses, 200)).toHaveLength(n)
		expect(await told(arena, 'tokensRevoked')).toBe(before + 1)
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
		const settle = async (act: Promise<unknown>) => act.then(() => 'ok').catch(() => 'refused')
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
}

const waitingDeliveries = ({ parts }: Arena) => parts.db.$count(logoutDeliveries, eq(logoutDeliveries.state, 'waiting'))

function deliver({ dbs, parts, outbound }: Arena, i: number): Promise<number> {
	const { vault, clock, issuer } = parts
	const db = dbs[i % dbs.length] ?? parts.db
	const keys = createKeyRing({ db, vault, clock })
	return deliverLogouts({ db, vault, clock, keys, issuer, outbound, log: () => {} })
}
