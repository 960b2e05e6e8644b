/**
 * Makes the agency's key (ES256) and prints both halves: `jwk` is for CLIENT_JWK and the secret store, `jwks` goes into
 * the registration.
 *
 *     bun new-key.ts
 */
import { randomUUID } from 'node:crypto'

const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
	'sign',
])
const kid = randomUUID()
const half = async (key: CryptoKey) => {
	const { key_ops: _, ext: __, ...jwk } = await crypto.subtle.exportKey('jwk', key)
	return { ...jwk, kid, alg: 'ES256', use: 'sig' }
}
console.log(JSON.stringify({ jwk: await half(privateKey), jwks: { keys: [await half(publicKey)] } }, null, '\t'))
