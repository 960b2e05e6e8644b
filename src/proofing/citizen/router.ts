import { setActCookie } from '../../authn/index.ts'
import { actKeyOf, publicProcedure, router, z } from '../../lib/rpc.ts'
import { browserKey, pin, registration, token } from '../inputs.ts'
import type { ProofingNeeds } from '../needs.ts'
import { finishEnrolment } from './finish.ts'
import { openLink } from './open.ts'
import { enrolOptions } from './options.ts'

/** `enrol.*`: the citizen's phone. Public: who may act is proved by the link and the cookie of the phone that opened it. */
export function createEnrolRouter(needs: ProofingNeeds) {
	return router({
		// The same phone may open it again, so it needs no memory.
		open: publicProcedure('none')
			.input(z.strictObject({ token }))
			.mutation(async ({ ctx, input }) => openLink(needs, input.token, (await ctx.browser()).hash)),

		// Asked again it gives another challenge and makes the one before void; so it needs none either.
		options: publicProcedure('none')
			.input(z.strictObject({ token, pin, onPhone: z.boolean() }))
			.mutation(async ({ ctx, input }) => ({
				options: await enrolOptions(needs, { ...input, browserHash: (await ctx.browser()).hash }),
			})),

		finish: publicProcedure('ceremony')
			.input(z.strictObject({ token, pin, response: registration, browserKey }))
			.mutation(async ({ ctx, input }) => {
				const actKey = actKeyOf(ctx)
				const enrolled = await finishEnrolment(needs, input, { browserHash: (await ctx.browser()).hash, actKey })
				setActCookie(ctx.responseHeaders, needs.vault, actKey, { cookie: 'device', prefix: input.response.id })
				return enrolled
			}),
	})
}
