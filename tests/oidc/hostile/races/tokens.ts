import { expect } from 'bun:test'
import { and, eq, isNull } from 'drizzle-orm'
import { schema } from '../../../../db/client.ts'
import { hashSecret } from '../../../../src/lib/crypto.ts'
import { authorizationPairs, BASES, freshCode, freshTokens, pushed, send, tokenDraft } from '../kit/bases.ts'
import { type Draft, paramOf } from '../kit/draft.ts'
import { authenticate } from '../kit/proofs.ts'
import { anyCast, codesIn, noDraft, noneBroke, type Pair, type Race, sendAll, times, told, withStatus } from './race.ts'

const { accessTokens, codes, refreshTokens } = schema

/** What is issued, and may be used once. */
export const tokenRaces: Record<string, Race> = {
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

	async 'a refresh token, used and given back: nothing lives on'(arena, n) {
		const cast = anyCast(arena)
		const { db } = arena.parts
		const base = await BASES.refresh(arena, cast)
		const used = await times(n, () => base.make())
		const token = paramOf(used[0] ?? noDraft, 'refresh_token') ?? ''
		const givenBack = await times(1 + arena.die(3), async () => {
			const draft = {
				...noDraft,
				method: 'POST',
				path: arena.paths.revoke,
				params: [['token', token] as Pair],
				headers: {},
			}
			await authenticate(arena, cast.rp, draft)
			return draft
		})
		const drafts = [...used, ...givenBack].sort(() => arena.die(3) - 1)
		noneBroke(await sendAll(arena, drafts))
		const family = await db.query.refreshTokens.findFirst({ where: eq(refreshTokens.hash, hashSecret(token)) })
		const { codeHash = '' } = family ?? {}
		const living = [
			await db.$count(accessTokens, and(eq(accessTokens.codeHash, codeHash), isNull(accessTokens.endedAt))),
			await db.$count(refreshTokens, and(eq(refreshTokens.codeHash, codeHash), isNull(refreshTokens.endedAt))),
		]
		expect(living).toEqual([0, 0])
	},
}
