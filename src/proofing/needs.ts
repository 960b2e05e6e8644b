import type { Db } from '../../db/client.ts'
import type { AttestationTrust, ChallengeNeeds, RelyingPartyId, Tier, Wake } from '../authn/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { Vault } from '../lib/vault.ts'
import type { CivilRegistry } from '../ports/civil-registry/index.ts'

/** What proofing needs; `app.ts` ties it. */
export interface ProofingNeeds {
	db: Db
	vault: Vault
	clock: Clock
	random: Random
	registry: CivilRegistry
	rp: RelyingPartyId
	/** Origin, no trailing slash; links are made from it. */
	issuer: string
	wake: Wake
	/** Where a request comes from: challenges are counted by network. */
	peer: ChallengeNeeds['peer']
	limits: ChallengeNeeds['limits']
	settings: ProofingSettings
	/** Relying parties are to be told of a session's end: now rather than at the next round. */
	tellClients?(): void
	/** Whose statements about a new key are believed. Left out: nobody's, none is asked for, and no key is `attested`. */
	attestationTrust?: AttestationTrust
	/** The keyed index of an officer's own PID, null where it is not known: nobody looks up or enrols themselves. */
	ownPidIndex(officerId: string): Promise<string | null>
}

export interface ProofingSettings {
	/** Tiers of binding that are let in for citizens. */
	allowTiers: readonly Tier[]
	/** And for officers: their keys are handed out by the office, so more can be asked. */
	officerTiers: readonly Tier[]
	/** Look-ups one officer may make in an hour. */
	lookUpsPerHour: number
	/** PINs that one link may be asked about: a refusal can tell of a birthday or of a citizen number. */
	pinsPerLink: number
}

export const PROOFING_DEFAULTS: ProofingSettings = {
	allowTiers: ['attested', 'device-bound', 'browser-bound'],
	officerTiers: ['attested', 'device-bound'],
	lookUpsPerHour: 60,
	pinsPerLink: 30,
}
