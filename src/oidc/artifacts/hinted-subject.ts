import type { Vault } from '../../lib/vault.ts'
import type { AuthorizationRequest, StoredClient } from '../wire.ts'
import { knowsByPid, pairwiseSubject } from './subject.ts'

/** Whether a request may be answered for this citizen: it means nobody, or means them. */
export function isMeant(
	vault: Vault,
	client: Pick<StoredClient, 'profile' | 'pidAsSubject' | 'sector'>,
	{ pidIndex }: { pidIndex: string },
	{ hinted_subject }: Pick<AuthorizationRequest, 'hinted_subject'>,
): boolean {
	if (hinted_subject === undefined) return true
	// An agency that knows citizens by their number means them by it.
	if (knowsByPid(client)) return vault.index('pid', hinted_subject) === pidIndex
	return hinted_subject === pairwiseSubject(vault, client.sector, pidIndex)
}
