import { utf8 } from '../../lib/bytes.ts'
import { MINUTE, SECOND } from '../../lib/clock.ts'
import type { KeyRing } from '../artifacts/keys.ts'
import { signJwt } from '../artifacts/sign-jwt.ts'
import type { Client } from '../wire.ts'

/** OpenID Connect Back-Channel Logout §4: two minutes at most. */
const LIFETIME = 2 * MINUTE
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

export interface LogoutTokenContent {
	client: Pick<Client, 'id' | 'idTokenAlg'>
	/** What the relying party calls the citizen, and the session. */
	subject: string
	sid: string
	/** New for each attempt: a receiver that got it and whose answer was lost must not take the next one for a replay. */
	jti: string
	/** ms */
	now: number
}

/** OpenID Connect Back-Channel Logout §2.4, signed as the client's id_tokens are. It never has a `nonce`. */
export async function logoutToken(
	{ issuer, keys }: { issuer: string; keys: KeyRing },
	{ client, subject, sid, jti, now }: LogoutTokenContent,
): Promise<string> {
	const iat = Math.floor(now / SECOND)
	const claims = {
		iss: issuer,
		sub: subject,
		aud: client.id,
		iat,
		exp: iat + LIFETIME / SECOND,
		jti,
		sid,
		events: { [EVENT]: {} },
	}
	return signJwt(await keys.signingKey(client.idTokenAlg), { typ: 'logout+jwt' }, utf8(JSON.stringify(claims)))
}
