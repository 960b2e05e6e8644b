/**
 * The profiles, one file each: `fapi2` for whoever builds anew, `oidc` for every library there is, `thaid-v2` for
 * agencies that come from ThaID. The pipeline's steps ask the profile; nothing else knows how strict a client is.
 */
import { ProtocolError } from '../errors.ts'
import type { Client } from '../wire.ts'
import { fapi2 } from './fapi2.ts'
import { oidc } from './oidc.ts'
import type { Profile } from './profile.ts'
import { thaidV2 } from './thaid-v2.ts'

export type { Profile }

export const PROFILES = { oidc, fapi2, 'thaid-v2': thaidV2 } as const satisfies Record<Client['profile'], Profile>

/** @throws ProtocolError where this server does not know the client's profile: it never falls back to a laxer one. */
export function profileOf(client: Pick<Client, 'profile'>): Profile {
	if (!Object.hasOwn(PROFILES, client.profile))
		throw new ProtocolError('unauthorized_client', 'this client is registered for a profile that is not served')
	return PROFILES[client.profile]
}
