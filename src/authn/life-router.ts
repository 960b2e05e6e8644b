import { clearCookie } from '../lib/cookies.ts'
import { actKeyOf, citizenProcedure, type RpcContext, z } from '../lib/rpc.ts'
import { changePin, changePinOptions } from './change-pin.ts'
import { endOptions, endOwn, freezeOwn } from './freeze.ts'
import { assertionResponse, browserKey, pin } from './inputs.ts'
import type { AuthnDeps } from './needs.ts'

const ceremony = { pin, response: assertionResponse, browserKey }
/** As typed; the rules of `lib/pin-rules.ts` say what is wrong with it. */
const newPin = z.string().max(64)

const unlocker = async (ctx: RpcContext) => ({
	request: ctx.request,
	browserHash: (await ctx.browser()).hash,
	actKey: actKeyOf(ctx),
})

/** What a citizen does to the digital ID itself; a part of `me.*`. */
export function lifeProcedures(deps: AuthnDeps) {
	return {
		// A challenge more does no harm, so it needs no memory.
		changePinOptions: citizenProcedure('session')
			.input(z.strictObject({ newPin }))
			.mutation(async ({ ctx, input }) => ({
				options: await changePinOptions(deps, ctx.me, await unlocker(ctx), input.newPin),
			})),

		changePin: citizenProcedure('ceremony')
			.input(z.strictObject({ ...ceremony, newPin }))
			.mutation(async ({ ctx, input }) => changePin(deps, ctx.me, await unlocker(ctx), input)),

		freeze: citizenProcedure('session')
			.input(z.strictObject({}))
			.mutation(async ({ ctx, input }) => {
				const frozen = await freezeOwn(deps, ctx.me, { actKey: actKeyOf(ctx), input })
				clearCookie(ctx.responseHeaders, 'session')
				return frozen
			}),

		endOptions: citizenProcedure('session')
			.input(z.strictObject({}))
			.mutation(async ({ ctx }) => ({ options: await endOptions(deps, ctx.me, await unlocker(ctx)) })),

		end: citizenProcedure('ceremony')
			.input(z.strictObject(ceremony))
			.mutation(async ({ ctx, input }) => {
				const ended = await endOwn(deps, ctx.me, await unlocker(ctx), input)
				if (ended.outcome === 'ended')
					for (const cookie of ['session', 'device'] as const) clearCookie(ctx.responseHeaders, cookie)
				return ended
			}),
	}
}
