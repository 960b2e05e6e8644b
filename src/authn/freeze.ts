import { and, eq } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../db/client.ts'
import { canBeFrozen, endDevice, freeze } from '../accounts/index.ts'
import { accountCancelled, accountFrozen, recordEvent } from '../audit/index.ts'
import type { CitizenActor } from '../lib/rpc.ts'
import { notify } from '../notices/index.ts'
import { rememberAct } from './acts.ts'
import type { AuthnDeps } from './needs.ts'
import { type ActedWrong, doOwnAct, type OwnAct, ownActOptions } from './own-act.ts'
import type { PublicKeyCredentialRequestOptionsJSON } from './passkey/index.ts'
import type { Unlocker, Unlocking } from './unlock.ts'

const { accounts } = schema

export interface Frozen {
	outcome: 'frozen'
}

/**
 * The citizen locks their own digital ID, at once: the open session is enough. It gives nothing away, and whoever needs it
 * has no time; only an office takes it back. Locked twice is locked once.
 */
export async function freezeOwn(
	deps: AuthnDeps,
	{ accountId }: CitizenActor,
	{ actKey, input }: { actKey: string; input: unknown },
): Promise<Frozen> {
	const { db, clock } = deps
	const guard = canBeFrozen(accountId)
	const outcome: Frozen = { outcome: 'frozen' }
	await atomically(db, [
		rememberAct(db, deps, { actKey, procedure: 'me.freeze', input, outcome }, guard),
		recordEvent(db, deps, accountFrozen({ accountId, by: 'citizen' }), guard),
		notify(db, deps, { accountId, kind: 'frozen', params: {} }, guard),
		...freeze(db, { accountId, now: clock.now(), guard }),
	])
	deps.tellClients()
	return outcome
}

const END: OwnAct = { procedure: 'me.end', about: 'all of it' }

/** @throws ServiceError too_many_attempts, passkey_unknown */
export function endOptions(
	deps: AuthnDeps,
	me: CitizenActor,
	by: Pick<Unlocker, 'request' | 'browserHash'>,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	return ownActOptions(deps, me, by, () => END)
}

/**
 * The citizen gives the digital ID up, by passkey and PIN: account, key, PIN, sessions, consents, tokens and sign-ins end in
 * one batch, and relying parties are told. Whoever enrols again gets another account, which relying parties with pairwise
 * names do not know. A suspended one may be given up too.
 * @throws ServiceError pin_wait, pin_disabled, passkey_…
 */
export async function endOwn(
	deps: AuthnDeps,
	me: CitizenActor,
	by: Unlocker,
	input: Unlocking,
): Promise<{ outcome: 'ended' } | ActedWrong> {
	const { db, clock } = deps
	const { accountId } = me
	const ended = await doOwnAct(deps, me, by, input, () => ({
		...END,
		outcome: { outcome: 'ended' as const },
		done: ({ guard }): Statement[] => {
			const now = clock.now()
			return [
				recordEvent(db, deps, accountCancelled({ accountId }), guard),
				db
					.update(accounts)
					.set({ status: 'ended', statusReason: 'cancelled', updatedAt: now })
					.where(and(eq(accounts.id, accountId), guard)),
				// Last: the PIN's row, which goes at its end, is what the guard looks at.
				...endDevice(db, { accountId, now, reason: 'cancelled', guard }),
			]
		},
	}))
	if (ended.outcome === 'ended') deps.tellClients()
	return ended
}
