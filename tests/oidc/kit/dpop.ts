import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { newSecret, systemRandom } from '../../../src/lib/random.ts'
import type { Parts } from './provider.ts'

/** A key of a client that its tokens are bound to. */
export interface DpopKey {
	alg: string
	privateKey: CryptoKey
	jwk: JWK
	jkt: string
}

export async function newDpopKey(alg = 'ES256'): Promise<DpopKey> {
	const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
	const jwk = await exportJWK(publicKey)
	return { alg, privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) }
}

export interface ProofChanges {
	/** A value of `undefined` leaves the claim out. */
	claims?: Record<string, unknown>
	header?: Record<string, unknown>
	/** Signs instead of the key in the header. */
	privateKey?: CryptoKey
}

/** A good proof for a POST to the path, changed. @param accessToken for `ath` */
export function proof(
	provider: Parts,
	key: DpopKey,
	path: string,
	{ claims = {}, header = {}, privateKey = key.privateKey }: ProofChanges = {},
	accessToken?: string,
): Promise<string> {
	return new SignJWT({
		htm: 'POST',
		htu: `${provider.issuer}${path}`,
		jti: newSecret(systemRandom),
		iat: Math.floor(provider.clock.now() / 1_000),
		...(accessToken === undefined ? {} : { ath: createHash('sha256').update(accessToken).digest('base64url') }),
		...claims,
	})
		.setProtectedHeader({ typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...header })
		.sign(privateKey)
}

/** Userinfo by the scheme DPoP, with a good proof, changed. */
export async function boundUserinfo(
	provider: Parts,
	key: DpopKey,
	token: string,
	changes: ProofChanges = {},
): Promise<Response> {
	const claims = { htm: 'GET', ...changes.claims }
	const dpop = await proof(provider, key, '/oauth/userinfo', { ...changes, claims }, token)
	return Promise.resolve(
		provider.app.fetch(
			new Request(`${provider.issuer}/oauth/userinfo`, { headers: { authorization: `DPoP ${token}`, dpop } }),
		),
	)
}
