import { and, eq, isNull } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { cardFace, dataUrl, readSnapshot } from '../accounts/index.ts'
import { cardUnlocked, recordEvent } from '../audit/index.ts'
import { ServiceError } from '../lib/errors.ts'
import { clearCookie } from '../lib/cookies.ts'
import { newSecret } from '../lib/random.ts'
import { actKeyOf, citizenProcedure, publicProcedure, router, z } from '../lib/rpc.ts'
import { ACR_PHR } from '../oidc/index.ts'
import { RegistryUnavailable } from '../ports/civil-registry/index.ts'
import { checkAccount } from './account-check.ts'
import { actId, actSecret, rememberAct, setActCookie } from './acts.ts'
import { prove } from './attempt.ts'
import { challengeSpent, spendChallenge, storeChallenge } from './challenges.ts'
import { findDevice, rememberDevice } from './device.ts'
import { assertionResponse, browserKey, pin } from './inputs.ts'
import type { AuthnDeps } from './needs.ts'
import { allowedPasskey, challengeOf, type PublicKeyCredentialRequestOptionsJSON, requestOptions } from './passkey/index.ts'
import { amrOf, cookiesHere } from './qr/decide.ts'
import { closeSession, openSession } from './session/index.ts'

const { accounts, passkeys, pins } = schema

export type Unlocked =
	| { outcome: 'unlocked' }
	| {
			outcome: 'pin_wrong'
			triesLeft: number
			nextTryAt: number | null
			options: PublicKeyCredentialRequestOptionsJSON
	  }

const unlockInput = z.strictObject({ pin, response: assertionResponse, browserKey })
type UnlockInput = z.infer<typeof unlockInput>

/** `me.*`: the citizen at the provider itself, in this browser. */
export function createMeRouter(deps: AuthnDeps) {
	const { db, clock, random, rp } = deps
	return router({
		device: publicProcedure('none')
			.input(z.strictObject({}).optional())
			.query(async ({ ctx }) => ({
				known: (await findDevice(db, ctx.request)) !== null,
				unlocked: (await ctx.citizen()) !== null,
			})),

		// A challenge more does no harm, so it needs no memory.
		unlockOptions: publicProcedure('none')
			.input(z.strictObject({}).optional())
			.mutation(async ({ ctx }) => {
				const device = await findDevice(db, ctx.request)
				const allow = device ? [allowedPasskey(device.passkey)] : []
				return { options: await newChallenge(deps, (await ctx.browser()).hash, allow) }
			}),

		unlock: publicProcedure('ceremony')
			.input(unlockInput)
			.mutation(async ({ ctx, input }) => {
				const actKey = actKeyOf(ctx)
				const unlocked = await unlock(deps, (await ctx.browser()).hash, actKey, input)
				if (unlocked.outcome === 'unlocked')
					for (const cookie of cookiesHere(input.response.id)) setActCookie(ctx.responseHeaders, deps.vault, actKey, cookie)
				return unlocked
			}),

		card: citizenProcedure('session')
			.input(z.strictObject({}).optional())
			.query(({ ctx }) => card(deps, ctx.me)),

		lock: citizenProcedure('session')
			.input(z.strictObject({}).optional())
			.mutation(async ({ ctx }) => {
				await closeSession(db, ctx.request, clock.now())
				clearCookie(ctx.responseHeaders, 'session')
				return { ok: true as const }
			}),
	})

	async function newChallenge(
		{ clock }: AuthnDeps,
		browserHash: string,
		allow: readonly ReturnType<typeof allowedPasskey>[],
	) {
		const challenge = newSecret(random)
		await atomically(db, [storeChallenge(db, { challenge, purpose: 'unlock', browserHash }, clock.now())])
		return requestOptions(rp, { challenge, allow })
	}

	/** Passkey and PIN, for the browser itself: the card opens, and the browser knows its key from now on. */
	async function unlock(
		{ vault, limits }: AuthnDeps,
		browserHash: string,
		actKey: string,
		input: UnlockInput,
	): Promise<Unlocked> {
		const row = await findPasskey(deps, input.response.id)
		if (!row) throw new ServiceError('passkey_unknown')
		const challenge = challengeOf(input.response)
		if (challenge === null) throw new ServiceError('passkey_challenge')
		const act = actId(actKey)
		const asked = { challenge, purpose: 'unlock' as const, browserHash }
		const proved = await prove(deps, {
			act,
			passkey: row.passkey,
			pin: row.pin,
			response: input.response,
			browserKey: input.browserKey,
			typedPin: input.pin,
			challenge,
			spendChallenge: spendChallenge(db, asked, { act, now: clock.now() }),
			challengeSpent: challengeSpent(asked, act),
			at: 'unlock',
		})
		const remember = (outcome: Unlocked, cookies = false) =>
			rememberAct(
				db,
				deps,
				{ actKey, procedure: 'me.unlock', input, outcome, cookies: cookies ? cookiesHere(input.response.id) : [] },
				proved.guard,
			)
		if (!proved.right) {
			if (proved.disabled) {
				await atomically(db, proved.statements)
				throw new ServiceError('pin_disabled')
			}
			const options = await newChallenge(deps, browserHash, [allowedPasskey(row.passkey)])
			const outcome: Unlocked = {
				outcome: 'pin_wrong',
				triesLeft: proved.triesLeft,
				nextTryAt: proved.nextTryAt,
				options,
			}
			await atomically(db, [...proved.statements, remember(outcome)])
			return outcome
		}
		const now = clock.now()
		const { accountId, credentialId, tier } = row.passkey
		const outcome: Unlocked = { outcome: 'unlocked' }
		await atomically(db, [
			...proved.statements,
			db
				.update(passkeys)
				.set({ signCount: proved.assertion.signCount, backedUp: proved.assertion.backedUp, lastUsedAt: now })
				.where(and(eq(passkeys.credentialId, credentialId), isNull(passkeys.endedAt), proved.guard)),
			openSession(
				db,
				{
					secret: actSecret(vault, actKey, 'session'),
					accountId,
					credentialId,
					acr: ACR_PHR,
					amr: JSON.stringify(amrOf(tier)),
					now,
					lifetime: limits.session,
				},
				proved.guard,
			),
			rememberDevice(db, { secret: actSecret(vault, actKey, 'device'), accountId, credentialId, now }, proved.guard),
			recordEvent(db, deps, cardUnlocked({ accountId }), proved.guard),
			remember(outcome, true),
		])
		return outcome
	}
}

async function findPasskey({ db }: AuthnDeps, credentialId: string) {
	return db
		.select({ passkey: passkeys, account: accounts, pin: pins })
		.from(passkeys)
		.innerJoin(accounts, eq(accounts.id, passkeys.accountId))
		.innerJoin(pins, eq(pins.accountId, accounts.id))
		.where(and(eq(passkeys.credentialId, credentialId), isNull(passkeys.endedAt)))
		.get()
}

/** The card's face. The AS is asked where it answers; where not, the last answer stands, with its time beside it. */
async function card(deps: AuthnDeps, me: { accountId: string; credentialId: string }) {
	const { db, vault, registry } = deps
	const row = await findPasskey(deps, me.credentialId)
	if (!row || row.account.id !== me.accountId) throw new ServiceError('not_signed_in')
	const { account } = row
	const now = await standing(deps, account)
	const snapshot = now?.snapshot ?? readSnapshot(vault, account)
	const portrait = await registry.portrait(snapshot.person.pid, 'my-data').catch((error: unknown) => {
		if (error instanceof RegistryUnavailable) return null
		throw error
	})
	if (now && now.statements.length > 0) await atomically(db, now.statements)
	return {
		...cardFace(snapshot),
		portrait: portrait ? dataUrl(portrait) : null,
		status: now?.state ?? (account.status === 'active' ? ('active' as const) : ('suspended' as const)),
		statusReason: now?.reason ?? null,
		warnings: now?.warnings ?? [],
		ial: account.ial,
		tier: row.passkey.tier,
		asOf: now?.askedAt ?? account.snapshotAt,
	}
}

/** What the AS says now; null where it does not answer. A suspended card is still shown to its holder, as suspended. */
async function standing(deps: AuthnDeps, account: typeof accounts.$inferSelect) {
	try {
		return { ...(await checkAccount(deps, account)), reason: null }
	} catch (error) {
		if (!(error instanceof ServiceError)) throw error
		if (error.code === 'registry_unavailable') return null
		if (error.code !== 'account_suspended') throw error
		return {
			snapshot: readSnapshot(deps.vault, account),
			state: 'suspended' as const,
			reason: String(error.detail.reason),
			warnings: [],
			statements: [],
			askedAt: account.snapshotAt,
		}
	}
}
