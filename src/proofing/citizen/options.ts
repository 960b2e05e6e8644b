import { and, eq, gt } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { maskedName } from '../../accounts/index.ts'
import {
	checkAttempt,
	countAttempt,
	creationOptions,
	type PublicKeyCredentialCreationOptionsJSON,
} from '../../authn/index.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { ServiceError } from '../../lib/errors.ts'
import { normalisePin, pinProblem } from '../../lib/pin-rules.ts'
import { newSecret } from '../../lib/random.ts'
import type { ProofingNeeds } from '../needs.ts'
import { type CaseRow, LINK_LIFE } from '../states.ts'
import { openSubject, type Subject } from '../subject.ts'
import { accountIdOf, openedHere, selectByToken } from './phone.ts'

const { enrolments } = schema

/**
 * The PIN is looked at by its rules, so that the citizen hears of a weak one before the passkey is made; nothing of it
 * is stored. Then the passkey's options, with a challenge for this case; asking again makes the one before void.
 *
 * On a phone the key is asked for non-discoverable first and of this very device: that is what stays there. On anything
 * else a security key will do.
 * @throws ServiceError pin_malformed, pin_weak_…, too_many_attempts, and as `openedHere`
 */
export async function enrolOptions(
	needs: ProofingNeeds,
	given: { token: string; pin: string; onPhone: boolean; browserHash: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
	const { db, clock, random, rp } = needs
	const now = clock.now()
	const found = openedHere(await selectByToken(db, given.token).get(), given.browserHash, now)
	const subject = subjectOf(needs, found.row)
	await countPin(needs, found.row, now)
	checkPin(given.pin, subject)

	const challenge = newSecret(random)
	const accountId = accountIdOf(found)
	const changed = await db
		.update(enrolments)
		.set({ challenge: hashSecret(challenge), accountId })
		.where(
			and(
				eq(enrolments.id, found.row.id),
				eq(enrolments.state, 'opened'),
				eq(enrolments.phoneHash, given.browserHash),
				gt(enrolments.expiresAt, now),
			),
		)
		.returning({ id: enrolments.id })
	if (changed.length !== 1) throw new ServiceError('enrolment_state')

	// What the device shows beside the key, and may copy to a cloud: no more of the name than its bearer needs.
	const name = maskedName(subject.record.person)
	return creationOptions(rp, {
		userId: accountId,
		userName: name,
		displayName: name,
		challenge,
		discoverable: given.onPhone ? 'discouraged' : 'preferred',
		platformOnly: given.onPhone,
		attestation: needs.attestationTrust ? 'direct' : 'none',
	})
}

/** Whoever has the link of somebody else must not read their birthday out of which PINs are refused. */
async function countPin({ db, settings }: ProofingNeeds, { id }: CaseRow, now: number): Promise<void> {
	const attempt = { key: `enrol-pin/${id}`, limit: settings.pinsPerLink, window: LINK_LIFE, now }
	const [counted] = await countAttempt(db, attempt)
	checkAttempt(counted, attempt)
}

/** @throws ServiceError pin_malformed, pin_weak_… @returns the PIN in digits */
export function checkPin(typed: string, { record }: Subject): string {
	const pin = normalisePin(typed)
	const problem = pinProblem(pin, { birthdate: record.person.birthdate, pid: record.person.pid })
	if (problem) throw new ServiceError(problem)
	return pin
}

export function subjectOf({ vault }: Pick<ProofingNeeds, 'vault'>, row: CaseRow): Subject {
	const subject = openSubject(vault, row)
	if (!subject) throw new ServiceError('enrolment_state')
	return subject
}
