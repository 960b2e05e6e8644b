import { readSnapshot, type SnapshotRow } from '../../accounts/index.ts'
import { base64url } from '../../lib/bytes.ts'
import type { Vault } from '../../lib/vault.ts'
import type { StoredClient } from '../wire.ts'

/**
 * Pairwise `sub` (OpenID Connect Core §8.1): one name a person and sector, that tells nothing and that no other sector
 * sees. Made from the person's keyed index, so that it survives a cancelled and renewed digital ID.
 */
export function pairwiseSubject(vault: Vault, sector: string, pidIndex: string): string {
	return base64url(vault.mac('pairwise', `${sector}\u0000${pidIndex}`))
}

type Sector = Pick<StoredClient, 'profile' | 'pidAsSubject' | 'sector'>

/** Whether a client's `sub` is the citizen number. No profile but one reaches it, whatever the row says. */
export const knowsByPid = ({ profile, pidAsSubject }: Pick<Sector, 'profile' | 'pidAsSubject'>): boolean =>
	profile === 'thaid-v2' && pidAsSubject

/**
 * What a client knows a citizen by: pairwise, but for an agency that comes from ThaID and was approved for the citizen
 * number.
 */
export function subjectOf(vault: Vault, client: Sector, account: SnapshotRow & { pidIndex: string }): string {
	if (knowsByPid(client)) return readSnapshot(vault, account).person.pid
	return pairwiseSubject(vault, client.sector, account.pidIndex)
}
