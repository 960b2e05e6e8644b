import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { atomically, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { officerJoined, recordEvent } from '../../audit/index.ts'
import {
	actSecret,
	type BrowserKeyProof,
	type Challenge,
	challengeOf,
	challengeSpent,
	creationOptions,
	type NewPasskey,
	type PublicKeyCredentialCreationOptionsJSON,
	type RegistrationResponseJSON,
	rememberAct,
	spendChallenge,
	storeChallenge,
	verifyRegistration,
} from '../../authn/index.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId, newSecret } from '../../lib/random.ts'
import { parsePid } from '../../lib/thai/pid.ts'
import type { ProofingNeeds } from '../needs.ts'
import { type Office, officeOf } from '../registry.ts'
import { openOfficerSession } from './session.ts'

const { officerInvitations, officerPasskeys, officers } = schema

export interface Invitation {
	office: Office
	role: 'officer' | 'registrar'
}

export interface Join {
	token: string
	/** As the officer writes it; sealed. */
	name: string
	/** The officer's own citizen number as typed; kept as a keyed index, so that nobody serves themselves. */
	pid: string
	response: RegistrationResponseJSON
	/** Only where the passkey may be copied and the operator lets such in. */
	browserKey?: BrowserKeyProof
}

/** What stands behind an invitation's link. @throws ServiceError invitation_unknown where it is none, used, or too old */
export async function findInvitation(needs: ProofingNeeds, token: string): Promise<Invitation> {
	const row = await readInvitation(needs, token)
	return { office: await officeOf(needs.registry, row.officeCode), role: row.role }
}

async function readInvitation({ db, clock }: ProofingNeeds, token: string) {
	const row = await db
		.select()
		.from(officerInvitations)
		.where(
			and(
				eq(officerInvitations.tokenHash, hashSecret(token)),
				isNull(officerInvitations.consumedBy),
				gt(officerInvitations.expiresAt, clock.now()),
			),
		)
		.get()
	if (!row) throw new ServiceError('invitation_unknown')
	return row
}

/** An invitation makes one officer, whose id follows from it: the passkey's user handle is known before the officer is. */
const officerIdOf = (token: string): string => `off_${hashSecret(`officer:${token}`).slice(0, 22)}`

/** Options for the officer's passkey: discoverable, since officers sign in without saying who they are. */
export async function joinOptions(
	needs: ProofingNeeds,
	token: string,
	browserHash: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
	const { db, clock, random, rp, registry } = needs
	const invitation = await readInvitation(needs, token)
	const office = await officeOf(registry, invitation.officeCode)
	const challenge = newSecret(random)
	await atomically(db, [storeChallenge(db, { challenge, purpose: 'officer-join', browserHash }, clock.now())])
	return creationOptions(rp, {
		userId: officerIdOf(token),
		userName: office.th,
		displayName: office.th,
		challenge,
		discoverable: 'required',
		platformOnly: false,
		attestation: needs.attestationTrust ? 'direct' : 'none',
	})
}

/**
 * Takes the invitation: the officer, the passkey and a session stand in one batch, or nothing does.
 * @throws ServiceError invitation_unknown, pid_malformed, pid_check_digit, passkey_…
 */
export async function join(
	needs: ProofingNeeds,
	input: Join,
	{ browserHash, actKey }: { browserHash: string; actKey: string },
): Promise<{ ok: true }> {
	const { db, clock, random, rp, settings } = needs
	const { role, officeCode } = await readInvitation(needs, input.token)
	const own = parsePid(input.pid)
	if ('problem' in own) throw new ServiceError(own.problem)
	const challenge = challengeOf(input.response)
	if (challenge === null) throw new ServiceError('passkey_challenge')
	const passkey = await verifyRegistration(rp, {
		response: input.response,
		challenge,
		browserKey: input.browserKey,
		allowTiers: settings.officerTiers,
		attestationTrust: needs.attestationTrust,
	})
	await refuseKnownKey(needs, passkey.credentialId)
	const [spent, invitation] = await atomically(
		db,
		joinBatch(needs, {
			input,
			actKey,
			asked: { challenge, purpose: 'officer-join', browserHash },
			passkey,
			officer: {
				id: officerIdOf(input.token),
				role,
				officeCode,
				pidIndex: needs.vault.index('pid', own.pid),
			},
			now: clock.now(),
			act: newId(random, 'act'),
		}),
	)
	if (invitation?.length === 1) return { ok: true }
	await readInvitation(needs, input.token)
	throw new ServiceError(spent?.length === 1 ? 'invitation_unknown' : 'passkey_challenge')
}

/** WebAuthn L3 §7.1: a credential id is one user's. */
async function refuseKnownKey({ db }: ProofingNeeds, credentialId: string): Promise<void> {
	const { credentialId: id } = officerPasskeys
	const known = await db.select({ id }).from(officerPasskeys).where(eq(id, credentialId)).get()
	if (known) throw new ServiceError('passkey_refused')
}

interface Joining {
	input: Join
	actKey: string
	asked: Challenge
	passkey: NewPasskey
	officer: { id: string; role: Invitation['role']; officeCode: string; pidIndex: string }
	now: number
	act: string
}

/** The challenge is spent and the invitation taken, each only with the other; all that follows repeats that it was. */
function joinBatch(needs: ProofingNeeds, j: Joining): Statement[] {
	const { db, vault } = needs
	const { input, actKey, asked, officer, now, act } = j
	const { id: officerId, role, officeCode, pidIndex } = officer
	const tokenHash = hashSecret(input.token)
	const open = sql`${officerInvitations.tokenHash} = ${tokenHash} AND ${officerInvitations.consumedBy} IS NULL AND ${officerInvitations.expiresAt} > ${now}`
	const taken = sql`EXISTS (SELECT 1 FROM ${officerInvitations} WHERE ${officerInvitations.tokenHash} = ${tokenHash} AND ${officerInvitations.consumedBy} = ${act})`
	const name = vault.seal(['officers', officerId, 'name'], input.name.trim())
	const { transports: _, ...passkey } = j.passkey
	const { credentialId } = passkey
	const secret = actSecret(vault, actKey, 'officer')
	const outcome = { ok: true }
	return [
		spendChallenge(db, asked, { act, now, guard: sql`EXISTS (SELECT 1 FROM ${officerInvitations} WHERE ${open})` }),
		db
			.update(officerInvitations)
			.set({ consumedBy: act })
			.where(and(open, challengeSpent(asked, act)))
			.returning({ tokenHash: officerInvitations.tokenHash }),
		insertWhere(
			db,
			officers,
			{ id: officerId, name, pidIndex, officeCode, role, status: 'active', createdAt: now },
			taken,
		),
		insertWhere(db, officerPasskeys, { ...passkey, officerId, createdAt: now, lastUsedAt: now }, taken),
		openOfficerSession(db, { secret, officerId, credentialId, now }, taken),
		recordEvent(db, needs, officerJoined({ officerId, officeCode, role }), taken),
		rememberAct(
			db,
			needs,
			{ actKey, procedure: 'office.join', input, outcome, cookies: [{ cookie: 'officer' }] },
			taken,
		),
	]
}
