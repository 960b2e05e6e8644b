import type { SQL } from 'drizzle-orm'
import type { Statement } from '../../db/client.ts'
import { actKeyOf, publicProcedure, type RpcContext, router, z } from '../lib/rpc.ts'
import { mayUseQr } from '../oidc/index.ts'
import { type ActCookie, rememberAct, setActCookie } from './acts.ts'
import { deviceOf, findDevice } from './device.ts'
import { setCookiesHere } from './here.ts'
import { assertionResponse, browserKey, id, pin } from './inputs.ts'
import type { AuthnDeps } from './needs.ts'
import {
	cancel,
	clientName,
	collect,
	confirm,
	decline,
	inspect,
	readForBrowser,
	readRequest,
	showQr,
	waitingState,
} from './qr/index.ts'
import { sessionHashOf } from './session/index.ts'

const decision = z.union([
	z.strictObject({ id, decision: z.literal('decline') }),
	z.strictObject({
		id,
		decision: z.literal('confirm'),
		number: z.number().int().min(10).max(99).nullable(),
		pin,
		response: assertionResponse,
		browserKey,
	}),
])

/** `signIn.*`: the four acts as procedures. Public: who may act is proved by cookies and the ceremony itself. */
export function createSignInRouter(deps: AuthnDeps) {
	const browserHash = async (ctx: RpcContext) => (await ctx.browser()).hash
	const actor = async (ctx: RpcContext) => ({ browserHash: await browserHash(ctx), actKey: actKeyOf(ctx) })
	const visitor = async (ctx: RpcContext) => ({ ...(await actor(ctx)), sessionHash: sessionHashOf(ctx.request) })
	/** Writes the act's answer beside the act. */
	const remembering =
		(ctx: RpcContext, procedure: string, input: unknown) =>
		(outcome: unknown, guard: SQL, cookies: readonly ActCookie[] = []): Statement =>
			rememberAct(deps.db, deps, { actKey: actKeyOf(ctx), procedure, input, outcome, cookies }, guard)

	return router({
		page: publicProcedure('none')
			.input(z.strictObject({ id }))
			.query(async ({ ctx, input }) => {
				const { signIn, client } = await readForBrowser(deps.db, input.id, await browserHash(ctx))
				return {
					...waitingState(signIn, deps.clock.now()),
					client: clientName(client),
					knownDevice: (await findDevice(deps.db, ctx.request)) !== null,
					qrAllowed: mayUseQr(readRequest(deps.vault, signIn)),
				}
			}),

		// Shown again it starts again: the same call twice does no harm, so it needs no memory.
		showQr: publicProcedure('none')
			.input(z.strictObject({ id }))
			.mutation(async ({ ctx, input }) => showQr(deps, input.id, await browserHash(ctx))),

		// The same phone may look as often as it likes; each look makes a new challenge.
		inspect: publicProcedure('none')
			.input(
				z.union([
					z.strictObject({ frame: z.string().max(200), from: z.enum(['camera', 'scanner']) }),
					z.strictObject({ id }),
				]),
			)
			.mutation(async ({ ctx, input }) => inspect(deps, ctx.request, await browserHash(ctx), input)),

		decide: publicProcedure('ceremony')
			.input(decision)
			.mutation(async ({ ctx, input }) => {
				const by = { ...(await visitor(ctx)), deviceHash: deviceOf(ctx.request)?.secretHash ?? null }
				const remember = remembering(ctx, 'signIn.decide', input)
				if (input.decision === 'decline') return decline(deps, input.id, by, remember)
				const { decision, cookies } = await confirm(deps, by, input, remember)
				if (decision.outcome === 'approved') setCookiesHere(ctx, deps.vault, by.actKey, cookies)
				return decision
			}),

		collect: publicProcedure('none')
			.input(z.strictObject({ id }))
			.mutation(async ({ ctx, input }) => {
				const by = await visitor(ctx)
				const remember = remembering(ctx, 'signIn.collect', input)
				const { collected, cookies, told } = await collect(deps, input.id, by, remember)
				for (const cookie of cookies) setActCookie(ctx.responseHeaders, deps.vault, by.actKey, cookie)
				if (told > 0) deps.tellClients()
				return collected
			}),

		cancel: publicProcedure('none')
			.input(z.strictObject({ id }))
			.mutation(async ({ ctx, input }) =>
				cancel(deps, input.id, await actor(ctx), remembering(ctx, 'signIn.cancel', input)),
			),
	})
}
