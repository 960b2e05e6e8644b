import { readSnapshot } from '../accounts/index.ts'
import { pinChanged, recordEvent } from '../audit/index.ts'
import { ServiceError } from '../lib/errors.ts'
import { normalisePin, pinProblem } from '../lib/pin-rules.ts'
import type { CitizenActor } from '../lib/rpc.ts'
import { notify } from '../notices/index.ts'
import { assertActive } from './account-check.ts'
import type { AuthnDeps } from './needs.ts'
import { type ActedWrong, doOwnAct, type OwnAct, type OwnRow, ownActOptions } from './own-act.ts'
import type { PublicKeyCredentialRequestOptionsJSON } from './passkey/index.ts'
import type { Unlocker, Unlocking } from './unlock.ts'

/**
 * Another PIN, by whoever has the old one and the passkey. The old one is a guess like any other: it is counted, and the
 * tenth wrong one disables the PIN. The passkey signs over the new PIN, by the challenge that was made for it.
 *
 * Sessions stay: a PIN opens nothing without the passkey, so whoever has seen it typed can do nothing with it elsewhere.
 */
export interface PinChange extends Unlocking {
	newPin: string
}

/**
 * Looks at the new PIN by its rules, so that the citizen hears of a weak one before the passkey is asked.
 * @throws ServiceError pin_malformed, pin_weak_…, account_suspended, too_many_attempts
 */
export function changePinOptions(
	deps: AuthnDeps,
	me: CitizenActor,
	by: Pick<Unlocker, 'request' | 'browserHash'>,
	typed: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	return ownActOptions(deps, me, by, (row) => actOf(checkNewPin(deps, row, typed)))
}

/** @throws ServiceError pin_malformed, pin_weak_…, pin_same, pin_wait, pin_disabled, passkey_…, account_suspended */
export function changePin(
	deps: AuthnDeps,
	me: CitizenActor,
	by: Unlocker,
	input: PinChange,
): Promise<{ outcome: 'changed' } | ActedWrong> {
	const { db } = deps
	const { accountId } = me
	return doOwnAct(deps, me, by, input, (row) => {
		const newPin = checkNewPin(deps, row, input.newPin)
		// Only says that the two that were typed are the same, so it is no guess at the old one.
		if (newPin === input.pin) throw new ServiceError('pin_same')
		return {
			...actOf(newPin),
			newPin,
			outcome: { outcome: 'changed' as const },
			done: ({ guard }) => [
				recordEvent(db, deps, pinChanged({ accountId }), guard),
				notify(db, deps, { accountId, kind: 'pin_changed', params: {} }, guard),
			],
		}
	})
}

const actOf = (newPin: string): OwnAct => ({ procedure: 'me.changePin', about: newPin })

function checkNewPin({ vault }: AuthnDeps, { account }: OwnRow, typed: string): string {
	assertActive(account)
	const newPin = normalisePin(typed)
	const { birthdate, pid } = readSnapshot(vault, account).person
	const problem = pinProblem(newPin, { birthdate, pid })
	if (problem) throw new ServiceError(problem)
	return newPin
}
