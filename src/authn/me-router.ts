import { clearCookie } from '../lib/cookies.ts'
import { actKeyOf, citizenProcedure, publicProcedure, router, z } from '../lib/rpc.ts'
import { card } from './card.ts'
import { showCard, watchShown } from './card-check.ts'
import { endDesks } from './desks.ts'
import { findDevice } from './device.ts'
import { setCookiesHere } from './here.ts'
import { assertionResponse, browserKey, id, pin } from './inputs.ts'
import { lifeProcedures } from './life-router.ts'
import type { AuthnDeps } from './needs.ts'
import { closeSession } from './session/index.ts'
import { unlock, unlockOptions } from './unlock.ts'

const nothing = z.strictObject({}).optional()

/** `me.*`: the citizen at the provider itself, in this browser. */
export function createMeRouter(deps: AuthnDeps) {
	const { db, vault } = deps
	return router({
		...lifeProcedures(deps),

		device: publicProcedure('none')
			.input(nothing)
			.query(async ({ ctx }) => ({
				known: (await findDevice(db, ctx.request)) !== null,
				unlocked: (await ctx.citizen()) !== null,
			})),

		// A challenge more does no harm, so it needs no memory.
		unlockOptions: publicProcedure('none')
			.input(nothing)
			.mutation(async ({ ctx }) => ({
				options: await unlockOptions(deps, { request: ctx.request, browserHash: (await ctx.browser()).hash }),
			})),

		unlock: publicProcedure('ceremony')
			.input(z.strictObject({ pin, response: assertionResponse, browserKey }))
			.mutation(async ({ ctx, input }) => {
				const by = { request: ctx.request, browserHash: (await ctx.browser()).hash, actKey: actKeyOf(ctx) }
				const { unlocked, cookies } = await unlock(deps, by, input)
				if (unlocked.outcome === 'unlocked') setCookiesHere(ctx, vault, by.actKey, cookies)
				return unlocked
			}),

		card: citizenProcedure('session')
			.input(nothing)
			.query(({ ctx }) => card(deps, ctx.me)),

		showCard: citizenProcedure('session')
			.input(z.strictObject({}))
			.mutation(({ ctx, input }) => showCard(deps, ctx.me, { actKey: actKeyOf(ctx), input })),

		shownCard: citizenProcedure('session')
			.input(z.strictObject({ id }))
			.query(({ ctx, input }) => watchShown(deps, ctx.me, input.id)),

		// Ended twice is ended once, so a repeated call needs no memory.
		endDesks: citizenProcedure('session')
			.input(z.strictObject({}))
			.mutation(({ ctx }) => endDesks(deps, ctx.me)),

		// Public: what is locked already may be locked again, and a repeated call is answered as the first one was.
		lock: publicProcedure('none')
			.input(nothing)
			.mutation(async ({ ctx }) => {
				if ((await closeSession(deps, ctx.request)) > 0) deps.tellClients()
				clearCookie(ctx.responseHeaders, 'session')
				return { ok: true as const }
			}),
	})
}
