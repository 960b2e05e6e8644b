import { and, eq, isNull, type SQL } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { officerSignedIn, recordEvent } from '../../audit/index.ts'
import {
	type AuthenticationResponseJSON,
	actSecret,
	type BrowserKeyProof,
	type Challenge,
	challengeOf,
	challengeSpent,
	countChallenge,
	type PublicKeyCredentialRequestOptionsJSON,
	rememberAct,
	requestOptions,
	spendChallenge,
	storeChallenge,
	verifyAssertion,
} from '../../authn/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId, newSecret } from '../../lib/random.ts'
import type { ProofingNeeds } from '../needs.ts'
import { openOfficerSession } from './session.ts'

const { officerPasskeys, officers } = schema

export interface OfficerSignIn {
	response: AuthenticationResponseJSON
	/** Only with a passkey that may be copied. */
	browserKey?: BrowserKeyProof
}

/** Options for an officer's sign-in: whoever's passkey answers. @throws ServiceError too_many_attempts */
export async function officerSignInOptions(
	needs: ProofingNeeds,
	{ request, browserHash }: { request: Request; browserHash: string },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	const { db, clock, random, rp } = needs
	await countChallenge(needs, request)
	const challenge = newSecret(random)
	await atomically(db, [storeChallenge(db, { challenge, purpose: 'officer-sign-in', browserHash }, clock.now())])
	return requestOptions(rp, { challenge, allow: [] })
}

/**
 * A discoverable passkey with user verification, and nothing else: the office hands the keys out.
 * @throws ServiceError officer_unknown, passkey_…
 */
export async function signInOfficer(
	needs: ProofingNeeds,
	input: OfficerSignIn,
	{ browserHash, actKey }: { browserHash: string; actKey: string },
): Promise<{ ok: true }> {
	const { db, vault, clock, random, rp } = needs
	const { officer, passkey } = await readOfficer(needs, input.response.id)
	const challenge = challengeOf(input.response)
	if (challenge === null) throw new ServiceError('passkey_challenge')
	const { response, browserKey } = input
	const assertion = await verifyAssertion(rp, { response, challenge, stored: passkey, browserKey, allow: [] })
	const now = clock.now()
	const act = newId(random, 'act')
	const asked: Challenge = { challenge, purpose: 'officer-sign-in', browserHash }
	const { credentialId } = passkey
	const { id: officerId, officeCode } = officer
	const spent: SQL = challengeSpent(asked, act)
	const [first] = await atomically(db, [
		spendChallenge(db, asked, { act, now }),
		db
			.update(officerPasskeys)
			.set({ signCount: assertion.signCount, backedUp: assertion.backedUp, lastUsedAt: now })
			.where(and(eq(officerPasskeys.credentialId, credentialId), spent)),
		openOfficerSession(db, { secret: actSecret(vault, actKey, 'officer'), officerId, credentialId, now }, spent),
		recordEvent(db, needs, officerSignedIn({ officerId, officeCode }), spent),
		rememberAct(
			db,
			needs,
			{ actKey, procedure: 'office.signIn', input, outcome: { ok: true }, cookies: [{ cookie: 'officer' }] },
			spent,
		),
	])
	if (first?.length !== 1) throw new ServiceError('passkey_challenge')
	return { ok: true }
}

async function readOfficer({ db }: ProofingNeeds, credentialId: string) {
	const row = await db
		.select({ officer: officers, passkey: officerPasskeys })
		.from(officerPasskeys)
		.innerJoin(officers, eq(officers.id, officerPasskeys.officerId))
		.where(and(eq(officerPasskeys.credentialId, credentialId), isNull(officerPasskeys.endedAt)))
		.get()
	if (row?.officer.status !== 'active') throw new ServiceError('officer_unknown')
	return row
}
