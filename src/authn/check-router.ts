import { actKeyOf, publicProcedure, router, z } from '../lib/rpc.ts'
import { checkCard } from './card-check.ts'
import type { AuthnDeps } from './needs.ts'

/** `check.*`: what anybody may ask who was shown something. */
export function createCheckRouter(deps: AuthnDeps) {
	return router({
		// A repeated call is known by its act in the row itself: nothing that was shown is kept.
		card: publicProcedure('none')
			.input(z.strictObject({ token: z.string().regex(/^[\w-]{43}$/) }))
			.mutation(async ({ ctx, input }) => {
				const by = { request: ctx.request, browserHash: (await ctx.browser()).hash, actKey: actKeyOf(ctx) }
				return checkCard(deps, by, input)
			}),
	})
}
