import { readSnapshot } from '../../accounts/index.ts'
import { utf8 } from '../../lib/bytes.ts'
import { SECOND } from '../../lib/clock.ts'
import { idTokenExtras } from '../dialect.ts'
import { type Exchange, set } from '../exchange.ts'
import type { TokenResponse } from '../wire.ts'
import { type Given, type NewAccessToken, readAsked } from './access-token.ts'
import { claimsByName, claimsFor } from './claims.ts'
import { encrypt } from './encryption.ts'
import { signIdToken } from './id-token.ts'
import { subjectOf } from './subject.ts'

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3, §12.2: what any grant answers. */
export async function tokenResponse(
	x: Exchange,
	given: Given,
	access: NewAccessToken,
	refreshToken: string | undefined,
): Promise<TokenResponse> {
	const response: TokenResponse = {
		access_token: access.token,
		token_type: access.jkt === null ? 'Bearer' : 'DPoP',
		expires_in: set(x.profile, 'profile').accessTokenLifetime / SECOND,
		scope: access.scope,
	}
	if (refreshToken !== undefined) response.refresh_token = refreshToken
	const { authorization_details } = readAsked(x.deps.vault, given)
	if (authorization_details !== undefined) response.authorization_details = authorization_details
	if (given.scope.includes('openid')) response.id_token = await idToken(x, given, access.token)
	return response
}

async function idToken(x: Exchange, given: Given, accessToken: string): Promise<string> {
	const { vault, issuer, keys } = x.deps
	const client = set(x.client, 'client')
	const account = set(x.found.account, 'account')
	const extras = idTokenExtras(x)
	const snapshot = readSnapshot(vault, account)
	const jwt = await signIdToken(await keys.signingKey(client.idTokenAlg), {
		issuer,
		audience: client.id,
		subject: subjectOf(vault, client, account),
		now: x.now,
		authTime: given.authTime,
		nonce: given.nonce ?? null,
		acr: given.acr,
		amr: JSON.parse(given.amr) as string[],
		accessToken,
		sid: given.sid,
		claims: {
			...claimsFor(given.scope, snapshot, client),
			...claimsByName(readAsked(vault, given).claims?.id_token, snapshot, client),
			...extras.claims,
		},
		whole: extras.whole,
	})
	return x.recipient ? encrypt(x.recipient, utf8(jwt), 'JWT') : jwt
}
