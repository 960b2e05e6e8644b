import { createHash, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Rp, RpKey } from '../../kit/relying-party.ts'
import { ASSERTION_TYPE, basic } from '../../kit/requests.ts'
import type { Draft } from './draft.ts'
import type { Server } from './server.ts'

const seconds = (server: Server) => Math.floor(server.now() / 1_000)

/** RFC 7523 §3: a good client assertion. */
export function clientAssertion(server: Server, rp: Rp): Promise<string> {
	const [key] = rp.keys
	if (!key) throw new Error(`${rp.id} has no key`)
	const now = seconds(server)
	return new SignJWT({ iss: rp.id, sub: rp.id, aud: server.issuer, jti: randomUUID(), iat: now, exp: now + 60 })
		.setProtectedHeader({ alg: key.alg, kid: key.kid })
		.sign(key.privateKey)
}

/** Adds the client's registered proof to a form. */
export async function authenticate(server: Server, rp: Rp, draft: Draft): Promise<void> {
	if (rp.authMethod === 'client_secret_basic') draft.headers.authorization = basic(rp.id, rp.secret)
	else if (!draft.params.some(([name]) => name === 'client_id')) draft.params.push(['client_id', rp.id])
	if (rp.authMethod === 'client_secret_post') draft.params.push(['client_secret', rp.secret])
	if (rp.authMethod === 'private_key_jwt')
		draft.params.push(
			['client_assertion_type', ASSERTION_TYPE],
			['client_assertion', await clientAssertion(server, rp)],
		)
}

export interface ProofOf {
	key: RpKey
	method: string
	/** Path of the server, or a whole URL. */
	path: string
	/** The access token that comes with it. */
	token?: string
	nonce?: string
}

/** RFC 9449 §4.2: a good DPoP proof. */
export function dpopProof(server: Server, of: ProofOf): Promise<string> {
	const { key, method, path, token, nonce } = of
	const { kid: _, use: __, alg: ___, ...jwk } = key.publicJwk
	return new SignJWT({
		jti: randomUUID(),
		htm: method,
		htu: path.startsWith('/') ? `${server.issuer}${path}` : path,
		iat: seconds(server),
		...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
		...(nonce === undefined ? {} : { nonce }),
	})
		.setProtectedHeader({ typ: 'dpop+jwt', alg: key.alg, jwk })
		.sign(key.privateKey)
}
