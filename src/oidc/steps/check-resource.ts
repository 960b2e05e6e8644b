import { invalidTarget } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** RFC 8707 §2: here exactly one, and of a resource server that is registered: each is an absolute URI without a fragment. */
export function checkResource(x: Exchange): void {
	const text = x.params.get('resource')
	if (text === undefined) return
	const { resource } = x.found
	if (resource?.id !== text || resource.status !== 'live') throw invalidTarget('no such resource is served')
	x.authorization.resource = text
}
