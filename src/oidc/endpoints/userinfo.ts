import { readSnapshot } from '../../accounts/index.ts'
import { utf8 } from '../../lib/bytes.ts'
import { readAsked } from '../artifacts/access-token.ts'
import { claimsByName, claimsFor, stillApproved } from '../artifacts/claims.ts'
import { encrypt } from '../artifacts/encryption.ts'
import { signJwt } from '../artifacts/sign-jwt.ts'
import { subjectOf } from '../artifacts/subject.ts'
import { readClient } from '../client-auth/index.ts'
import { type Exchange, set } from '../exchange.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'

/**
 * OpenID Connect Core §5.3.2: `sub`, the claims of the token's scopes, and those asked for by name. One read; no write
 * but for a DPoP proof that was used.
 */
export async function userinfo(x: Exchange): Promise<Response> {
	if (x.dpop) await runOnce(x, proofAlone, {})
	const token = set(x.found.token, 'token')
	const account = set(x.found.account, 'account')
	const client = readClient(set(x.found.client, 'client'))
	const { vault } = x.deps
	const snapshot = readSnapshot(vault, account)
	const claims = {
		sub: subjectOf(vault, client, account),
		...claimsFor(stillApproved(token.scope.split(' '), client.scopes), snapshot, client),
		...claimsByName(
			readAsked(vault, { asked: token.asked, family: token.codeHash }).claims?.userinfo,
			snapshot,
			client,
		),
	}
	const headers = { 'cache-control': 'no-store' }
	if (client.userinfoAlg === null && !x.recipient) return Response.json(claims, { headers })
	return new Response(await wrapped(x, claims), { headers: { ...headers, 'content-type': 'application/jwt' } })
}

const proofAlone = oneTimeBatch(() => [])

/** Signed, encrypted, or one inside the other. §5.3.2: what is signed says from whom and for whom. */
async function wrapped(x: Exchange, claims: object): Promise<string> {
	const { id, userinfoAlg } = set(x.found.client, 'client')
	if (userinfoAlg === null) return encrypt(set(x.recipient, 'recipient'), utf8(JSON.stringify(claims)))
	const key = await x.deps.keys.signingKey(userinfoAlg)
	const jwt = await signJwt(key, { typ: 'JWT' }, utf8(JSON.stringify({ ...claims, iss: x.deps.issuer, aud: id })))
	return x.recipient ? encrypt(x.recipient, utf8(jwt), 'JWT') : jwt
}
