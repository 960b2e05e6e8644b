import { utf8 } from '../../lib/bytes.ts'
import { MINUTE, SECOND } from '../../lib/clock.ts'
import type { Client } from '../wire.ts'
import type { KeyRing } from './keys.ts'
import { signJwt } from './sign-jwt.ts'

/** JARM §2.1 asks for at most ten minutes. The code inside lives for one. */
const LIFETIME = 5 * MINUTE

export interface JarmDeps {
	issuer: string
	keys: KeyRing
	clock: { now(): number }
}

/**
 * JARM §2.1: the answer's parameters as the claims of a JWT, for one relying party and for a short time. `iss` stands in
 * it, so RFC 9207's parameter is not repeated beside it.
 * @param params `code` or `error`, `state` …
 */
export async function signedResponse(
	{ issuer, keys, clock }: JarmDeps,
	client: Pick<Client, 'id' | 'idTokenAlg' | 'authorizationAlg'>,
	params: Readonly<Record<string, string>>,
): Promise<string> {
	const key = await keys.signingKey(client.authorizationAlg ?? client.idTokenAlg)
	const exp = Math.floor((clock.now() + LIFETIME) / SECOND)
	return signJwt(key, { typ: 'JWT' }, utf8(JSON.stringify({ ...params, iss: issuer, aud: client.id, exp })))
}
