/** The profiles, one file each. `oidc` is the only one so far; a client registered for another is not served. */
import { ProtocolError } from '../errors.ts'
import type { Client } from '../wire.ts'
import { oidc } from './oidc.ts'
import type { Profile } from './profile.ts'

export type { Profile }

const PROFILES: Readonly<Record<string, Profile>> = { oidc }

/** @throws ProtocolError where this server does not know the client's profile: it never falls back to a laxer one. */
export function profileOf(client: Pick<Client, 'profile'>): Profile {
	const profile = PROFILES[client.profile]
	if (!profile)
		throw new ProtocolError('unauthorized_client', 'this client is registered for a profile that is not served')
	return profile
}
