import { base64url } from '../../lib/bytes.ts'
import type { Vault } from '../../lib/vault.ts'

/**
 * Pairwise `sub` (OpenID Connect Core §8.1): one name a person and sector, that tells nothing and that no other sector
 * sees. Made from the person's keyed index, so that it survives a cancelled and renewed digital ID.
 */
export function pairwiseSubject(vault: Vault, sector: string, pidIndex: string): string {
	return base64url(vault.mac('pairwise', `${sector}\u0000${pidIndex}`))
}
