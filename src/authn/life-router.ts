import { actKeyOf, citizenProcedure, type RpcContext, z } from '../lib/rpc.ts'
import { changePin, changePinOptions } from './change-pin.ts'
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
	}
}
