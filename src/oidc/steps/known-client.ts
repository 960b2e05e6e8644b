import { profileOfFit, readClient } from '../client-auth/index.ts'
import { unknownClient } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** RFC 6749 §4.1.2.1: an unknown client_id is told to the person, never to a redirect URI. */
export function knownClient(x: Exchange): void {
	const stored = x.found.client
	if (stored?.status !== 'live') throw unknownClient()
	x.client = readClient(stored)
	x.profile = profileOfFit(x.client)
}
