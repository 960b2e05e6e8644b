import { knowsByPid } from '../artifacts/subject.ts'
import { invalidTarget } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 8707 §2: here exactly one, and of a resource server that is registered: each is an absolute URI without a fragment.
 * Never for an agency whose `sub` is the citizen number: the approval for it is that agency's, not the resource server's.
 */
export function checkResource(x: Exchange): void {
	const text = x.params.get('resource')
	if (text === undefined) return
	const { resource } = x.found
	if (resource?.id !== text || resource.status !== 'live') throw invalidTarget('no such resource is served')
	if (knowsByPid(set(x.client, 'client'))) throw invalidTarget('this client gets no tokens for a resource')
	x.authorization.resource = text
}
