import { initTRPC, TRPCError } from '@trpc/server'
import { z } from 'zod'
import { isServiceError, ServiceError, type ServiceErrorCode } from './errors.ts'

/**
 * How procedures are made. Each one declares who may call it and what a mutation's key is, or it does not compile:
 * tRPC's own builder is not exported.
 */

/** Who calls, as the cookies of the request prove it. Each is read at most once a request, and only when asked. */
export interface RpcContext {
	request: Request
	/** Headers for the answer: cookies mostly. */
	responseHeaders: Headers
	/** From the `idempotency-key` header, bound to the browser. Mutations only. */
	actKey: string | null
	/** Hash of `__Host-browser`, made with the first call where the browser has none. */
	browser(): Promise<{ hash: string }>
	citizen(): Promise<CitizenActor | null>
	officer(): Promise<OfficerActor | null>
	/** Whether the error means that the database does not answer now. */
	isUnavailable(error: unknown): boolean
	/** Answers a call that was done already; see `acts`. */
	acts: ActMemory
}

export interface CitizenActor {
	accountId: string
	credentialId: string
	/** ms */
	authenticatedAt: number
}

export interface OfficerActor {
	officerId: string
	officeCode: string
	role: 'officer' | 'registrar'
	authenticatedAt: number
}

export interface ActMemory {
	recall(actKey: string, procedure: string, input: unknown): Promise<{ outcome: unknown } | null>
}

/** What a caller must be. `public` says so on purpose. */
export type Role = 'public' | 'citizen' | 'officer'

/** How fresh the proof must be: `none`, a living `session`, or an assertion inside the call itself (`ceremony`). */
export type Assurance = 'none' | 'session' | 'ceremony'

export interface ProcedureMeta {
	role: Role
	assurance: Assurance
}

const t = initTRPC
	.context<RpcContext>()
	.meta<ProcedureMeta>()
	.create({
		errorFormatter({ shape, error }) {
			const cause = error.cause
			const code: ServiceErrorCode | 'internal' = isServiceError(cause)
				? cause.code
				: error.code === 'BAD_REQUEST' || error.code === 'PARSE_ERROR'
					? 'invalid_input'
					: 'internal'
			return {
				message: code,
				code: shape.code,
				data: {
					httpStatus: shape.data.httpStatus,
					serviceCode: code,
					detail: isServiceError(cause) ? cause.detail : {},
				},
			}
		},
	})

const statusOf = (code: ServiceErrorCode): TRPCError['code'] => {
	switch (code) {
		case 'not_signed_in':
			return 'UNAUTHORIZED'
		case 'not_allowed':
		case 'own_record':
			return 'FORBIDDEN'
		case 'too_many_attempts':
		case 'pin_wait':
			return 'TOO_MANY_REQUESTS'
		case 'registry_unavailable':
		case 'unavailable':
			return 'SERVICE_UNAVAILABLE'
		default:
			return 'UNPROCESSABLE_CONTENT'
	}
}

/** Turns our errors into tRPC's with the right status; a bug stays a bug and shows nothing of itself. */
const translateErrors = t.middleware(async ({ ctx, next }) => {
	const result = await next()
	if (!result.ok && ctx.isUnavailable(result.error.cause)) {
		const cause = new ServiceError('unavailable')
		throw new TRPCError({ code: statusOf(cause.code), message: cause.code, cause })
	}
	if (!result.ok && isServiceError(result.error.cause)) {
		const cause = result.error.cause
		throw new TRPCError({ code: statusOf(cause.code), message: cause.code, cause })
	}
	return result
})

/** A mutation carries a key. What that key has already done is answered again and not done again. */
const rememberActs = t.middleware(async ({ ctx, type, path, getRawInput, next }) => {
	if (type !== 'mutation') return next()
	if (!ctx.actKey) throw new ServiceError('invalid_input', { missing: 'idempotency-key' })
	const input = await getRawInput()
	const done = await ctx.acts.recall(ctx.actKey, path, input)
	const answered = (outcome: unknown) =>
		({ ok: true, data: outcome, marker: 'middlewareMarker' }) as unknown as Awaited<ReturnType<typeof next>>
	if (done) return answered(done.outcome)
	const result = await next()
	if (result.ok) return result
	// Two calls with one key at once: the loser finds the state moved on by the winner, whose answer is also its own.
	const meanwhile = await ctx.acts.recall(ctx.actKey, path, input)
	return meanwhile ? answered(meanwhile.outcome) : result
})

const base = t.procedure.use(translateErrors).use(rememberActs)

export function publicProcedure(assurance: 'none' | 'ceremony') {
	return base.meta({ role: 'public', assurance })
}

export function citizenProcedure(assurance: 'session' | 'ceremony') {
	return base.meta({ role: 'citizen', assurance }).use(async ({ ctx, next }) => {
		const citizen = await ctx.citizen()
		if (!citizen) throw new ServiceError('not_signed_in')
		return next({ ctx: { ...ctx, citizen: () => Promise.resolve(citizen), me: citizen } })
	})
}

export function officerProcedure(assurance: 'session' | 'ceremony') {
	return base.meta({ role: 'officer', assurance }).use(async ({ ctx, next }) => {
		const officer = await ctx.officer()
		if (!officer) throw new ServiceError('not_signed_in')
		return next({ ctx: { ...ctx, officer: () => Promise.resolve(officer), me: officer } })
	})
}

/** The key of the act under way, in a mutation. */
export function actKeyOf(ctx: { actKey: string | null }): string {
	if (!ctx.actKey) throw new ServiceError('invalid_input', { missing: 'idempotency-key' })
	return ctx.actKey
}

export const router = t.router
export { z }
