import { knowsByPid } from '../artifacts/subject.ts'
import { invalidTarget } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 8707 §2.2: a token request may name the resource again, no other than was granted. A resource server that is no
 * longer live gets no tokens.
 */
export function checkResourceAtToken(x: Exchange): void {
	const { code, refresh, resource } = x.found
	const granted = set(code ?? refresh, 'code or refresh').resource
	const asked = x.params.get('resource')
	if (asked !== undefined && asked !== granted) throw invalidTarget('the resource was not granted')
	if (granted !== null && (resource?.status !== 'live' || knowsByPid(set(x.client, 'client'))))
		throw invalidTarget('the resource is not served any more')
}
