import { eq } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { setActCookie } from '../../authn/index.ts'
import { clearCookie } from '../../lib/cookies.ts'
import { ServiceError } from '../../lib/errors.ts'
import { actKeyOf, type OfficerActor, officerProcedure, publicProcedure, router, z } from '../../lib/rpc.ts'
import { assertion, browserKey, caseId, lostCaseId, nothing, registration, token } from '../inputs.ts'
import type { ProofingNeeds } from '../needs.ts'
import { findInvitation, join, joinOptions } from '../officer/join.ts'
import { closeOfficerSession } from '../officer/session.ts'
import { officerSignInOptions, signInOfficer } from '../officer/sign-in.ts'
import { type Office, officeOf } from '../registry.ts'
import { caseView, ownCase, selectCase } from './case.ts'
import { cancelCase, issueLink } from './link.ts'
import { lookUp } from './look-up.ts'
import { LOSS_REASONS, lookUpLost, suspendLost } from './lost-device.ts'
import { thawAtDesk } from './thaw.ts'

const { officers } = schema

export interface OfficerProfile {
	name: string
	role: OfficerActor['role']
	office: Office
}

/** `office.*`: the counter of a registration office. */
export function createOfficeRouter(needs: ProofingNeeds) {
	const officer = { cookie: 'officer' } as const
	return router({
		...whoIsAtTheCounter(needs),
		...lostDevices(needs),

		join: publicProcedure('ceremony')
			.input(
				z.strictObject({
					token,
					name: z.string().min(1).max(200).regex(/\S/),
					pid: z.string().max(40),
					response: registration,
					browserKey: browserKey.optional(),
				}),
			)
			.mutation(async ({ ctx, input }) => {
				const actKey = actKeyOf(ctx)
				const joined = await join(needs, input, { browserHash: (await ctx.browser()).hash, actKey })
				setActCookie(ctx.responseHeaders, needs.vault, actKey, officer)
				return joined
			}),

		signIn: publicProcedure('ceremony')
			.input(z.strictObject({ response: assertion, browserKey: browserKey.optional() }))
			.mutation(async ({ ctx, input }) => {
				const actKey = actKeyOf(ctx)
				const signedIn = await signInOfficer(needs, input, { browserHash: (await ctx.browser()).hash, actKey })
				setActCookie(ctx.responseHeaders, needs.vault, actKey, officer)
				return signedIn
			}),

		// The case's id follows from the act's key: a repeated call finds its own case.
		lookUp: officerProcedure('session')
			.input(z.strictObject({ pid: z.string().max(40), cardNumber: z.string().max(40).optional() }))
			.mutation(({ ctx, input }) => lookUp(needs, ctx.me, actKeyOf(ctx), input)),

		case: officerProcedure('session')
			.input(z.strictObject({ caseId }))
			.query(async ({ ctx, input }) => {
				const found = ownCase(await selectCase(needs.db, input.caseId).get(), ctx.me)
				return caseView(needs.vault, found, needs.clock.now())
			}),

		issueLink: officerProcedure('session')
			.input(z.strictObject({ caseId, faceConfirmed: z.literal(true) }))
			.mutation(({ ctx, input }) => issueLink(needs, { officer: ctx.me, actKey: actKeyOf(ctx) }, input)),

		// Calling off twice is calling off once, so it needs no memory.
		cancel: officerProcedure('session')
			.input(z.strictObject({ caseId }))
			.mutation(async ({ ctx, input }) => {
				await cancelCase(needs, ctx.me, input.caseId)
				return { ok: true as const }
			}),
	})
}

/** A phone that is gone, and one that is there again. */
function lostDevices(needs: ProofingNeeds) {
	return {
		// The case's id follows from the act's key: a repeated call finds its own case.
		lookUpLost: officerProcedure('session')
			.input(z.strictObject({ pid: z.string().max(40) }))
			.mutation(({ ctx, input }) => lookUpLost(needs, ctx.me, actKeyOf(ctx), input)),

		suspendLost: officerProcedure('session')
			.input(z.strictObject({ caseId: lostCaseId, reason: z.enum(LOSS_REASONS), callerAsked: z.literal(true) }))
			.mutation(({ ctx, input }) => suspendLost(needs, { officer: ctx.me, actKey: actKeyOf(ctx) }, input)),

		thaw: officerProcedure('session')
			.input(z.strictObject({ caseId, faceConfirmed: z.literal(true) }))
			.mutation(({ ctx, input }) => thawAtDesk(needs, { officer: ctx.me, actKey: actKeyOf(ctx) }, input)),
	}
}

/** What is asked before or beside the work: the invitation, the options of the ceremonies, who I am, and out again. */
function whoIsAtTheCounter(needs: ProofingNeeds) {
	return {
		// A mutation, though it changes nothing: a query would carry the token in its URL.
		invitation: publicProcedure('none')
			.input(z.strictObject({ token }))
			.mutation(({ input }) => findInvitation(needs, input.token)),

		// A challenge more does no harm, so these two need no memory.
		joinOptions: publicProcedure('none')
			.input(z.strictObject({ token }))
			.mutation(async ({ ctx, input }) => ({
				options: await joinOptions(needs, input.token, (await ctx.browser()).hash),
			})),

		signInOptions: publicProcedure('none')
			.input(nothing)
			.mutation(async ({ ctx }) => {
				const by = { request: ctx.request, browserHash: (await ctx.browser()).hash }
				return { options: await officerSignInOptions(needs, by) }
			}),

		me: publicProcedure('none')
			.input(nothing)
			.query(async ({ ctx }) => {
				const actor = await ctx.officer()
				return actor && profile(needs, actor)
			}),

		signOut: publicProcedure('none')
			.input(nothing)
			.mutation(async ({ ctx }) => {
				const actor = await ctx.officer()
				if (actor) await closeOfficerSession(needs, ctx.request, actor)
				clearCookie(ctx.responseHeaders, 'officer')
				return { ok: true as const }
			}),
	}
}

async function profile({ db, vault, registry }: ProofingNeeds, actor: OfficerActor): Promise<OfficerProfile> {
	const row = await db.select({ name: officers.name }).from(officers).where(eq(officers.id, actor.officerId)).get()
	if (!row) throw new ServiceError('officer_unknown')
	return {
		name: vault.open(['officers', actor.officerId, 'name'], row.name),
		role: actor.role,
		office: await officeOf(registry, actor.officeCode),
	}
}
