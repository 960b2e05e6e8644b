import { eq } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { displayName } from '../../accounts/index.ts'
import {
	type BrowserKeyProof,
	challengeOf,
	derivePin,
	type RegistrationResponseJSON,
	type Tier,
	verifyRegistration,
} from '../../authn/index.ts'
import { equalInConstantTime, hashSecret } from '../../lib/crypto.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId } from '../../lib/random.ts'
import type { BilingualText } from '../../ports/civil-registry/index.ts'
import { type Conclusion, decide, type Evidence } from '../decision.ts'
import type { ProofingNeeds } from '../needs.ts'
import { enrolmentBatch, type Finishing } from './enrolment-batch.ts'
import { checkPin, subjectOf } from './options.ts'
import { accountIdOf, openedHere, type PhoneCase, selectByToken } from './phone.ts'

export interface Finish {
	token: string
	pin: string
	response: RegistrationResponseJSON
	browserKey: BrowserKeyProof
}

export interface Enrolled {
	/** With title. */
	name: BilingualText
	replacedDevice: boolean
	tier: Tier
}

/** How often the account may be found changed by another enrolment of the same person before this one gives up. */
const TRIES = 3

/**
 * The citizen's last step, and the whole of the enrolment in one moment: one read, the checks, one batch. Either all of
 * it stands (account, passkey, PIN, device, events, notices, the answer itself) or none, and what the old device had is
 * over in the same instant.
 * @throws ServiceError passkey_… (passkey_challenge also where the person got a digital ID meanwhile), pin_…, and as
 * `openedHere`
 */
export async function finishEnrolment(
	needs: ProofingNeeds,
	input: Finish,
	{ browserHash, actKey }: { browserHash: string; actKey: string },
): Promise<Enrolled> {
	const { db, wake } = needs
	const found = await readCase(needs, input, browserHash)
	const proved = await verify(needs, found, input)
	const subject = subjectOf(needs, found.row)
	const pin = await derivePin(needs.vault, needs.random, checkPin(input.pin, subject))
	const evidence = conclude(found, proved.tier)

	let current = found
	for (let tries = 0; tries < TRIES; tries++) {
		const outcome: Enrolled = {
			name: displayName(subject.record.person),
			replacedDevice: current.hasDevice,
			tier: proved.tier,
		}
		const finishing: Finishing = {
			case: current,
			subject,
			evidence,
			passkey: proved,
			pin,
			browserHash,
			now: needs.clock.now(),
			act: newId(needs.random, 'act'),
			remembered: { actKey, procedure: 'enrol.finish', input, outcome },
		}
		const [done] = await atomically(db, enrolmentBatch(needs, finishing))
		if (done?.length === 1) {
			wake.touch(current.row.id)
			return outcome
		}
		// Either the case has moved, and reading it again says why, or another enrolment renewed the account meanwhile.
		current = await readCase(needs, input, browserHash)
	}
	throw new ServiceError('enrolment_state')
}

/** The one read, and all that it can refuse. */
async function readCase(needs: ProofingNeeds, input: Finish, browserHash: string): Promise<PhoneCase> {
	const { db, clock } = needs
	const { passkeys } = schema
	const [cases, sameKey] = await db.batch([
		selectByToken(db, input.token),
		db.select({ id: passkeys.credentialId }).from(passkeys).where(eq(passkeys.credentialId, input.response.id)),
	])
	const found = openedHere(cases[0], browserHash, clock.now())
	// WebAuthn L3 §7.1: a credential id is one user's. It may have ended; it does not come back.
	if (sameKey.length > 0) throw new ServiceError('passkey_refused')
	// The passkey names the account that was promised. Where the person got another one meanwhile, the phone asks for
	// options again, as it does for any challenge that is no longer good.
	if (found.row.accountId !== accountIdOf(found)) throw new ServiceError('passkey_challenge')
	return found
}

async function verify(needs: ProofingNeeds, { row }: PhoneCase, input: Finish) {
	const challenge = challengeOf(input.response)
	if (challenge === null || row.challenge === null || !equalInConstantTime(hashSecret(challenge), row.challenge))
		throw new ServiceError('passkey_challenge')
	return verifyRegistration(needs.rp, {
		response: input.response,
		challenge,
		browserKey: input.browserKey,
		allowTiers: needs.settings.allowTiers,
		attestationTrust: needs.attestationTrust,
	})
}

/** From the facts that the officer's part left to the level they support. */
function conclude({ row }: PhoneCase, tier: Tier): Conclusion {
	const evidence = JSON.parse(row.evidence) as Evidence
	const level = decide(evidence)
	if (!level) throw new ServiceError('enrolment_state')
	return { ...evidence, ...level, tier }
}
