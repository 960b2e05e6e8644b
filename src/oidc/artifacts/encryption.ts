import { CompactEncrypt, importJWK, type JWK } from 'jose'
import { keysOfClient } from '../client-auth/client-keys.ts'
import type { Exchange } from '../exchange.ts'
import type { Client, Encryption } from '../wire.ts'

export const ENCRYPTION_ALGS = [
	'ECDH-ES',
	'ECDH-ES+A256KW',
	'RSA-OAEP-256',
] as const satisfies readonly Encryption['alg'][]
export const ENCRYPTION_ENCS = [
	'A128GCM',
	'A256GCM',
	'A128CBC-HS256',
	'A256CBC-HS512',
] as const satisfies readonly Encryption['enc'][]

/** The key that an answer is encrypted to. */
export interface Recipient extends Encryption {
	key: CryptoKey | Uint8Array
	kid: string | undefined
}

/**
 * The client's key for an algorithm: one that it says is for encryption, else one that does not say what it is for
 * (OpenID Connect Core §10.2).
 * @returns null where the client has none
 * @throws KeysUnavailable
 */
export async function recipientOf(
	deps: Exchange['deps'],
	client: Pick<Client, 'jwks' | 'jwksUri'>,
	{ alg, enc }: Encryption,
): Promise<Recipient | null> {
	const fitting = (await keysOfClient(deps, client)).filter((jwk) => fits(jwk, alg))
	const jwk = fitting.find(({ use }) => use === 'enc') ?? fitting[0]
	if (!jwk) return null
	return { alg, enc, key: await imported(jwk, alg), kid: jwk.kid }
}

const CURVES = ['P-256', 'P-384', 'P-521', 'X25519']

/** Whether a key can be encrypted to by an algorithm, as far as it says. */
export function fits(jwk: JWK, alg: Encryption['alg']): boolean {
	if (jwk.use !== undefined && jwk.use !== 'enc') return false
	if (jwk.alg !== undefined && jwk.alg !== alg) return false
	if (alg === 'RSA-OAEP-256') return jwk.kty === 'RSA'
	return (jwk.kty === 'EC' || jwk.kty === 'OKP') && CURVES.includes(jwk.crv ?? '')
}

const kept = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>()

/** As long as the client's key set is kept, so is the key. */
function imported(jwk: JWK, alg: Encryption['alg']): Promise<CryptoKey | Uint8Array> {
	let keys = kept.get(jwk)
	if (!keys) {
		keys = new Map()
		kept.set(jwk, keys)
	}
	let key = keys.get(alg)
	if (!key) {
		key = tried(jwk, alg)
		keys.set(alg, key)
	}
	return key
}

/** Some keys can be read and not be used: an RSA key that is too short, a point on X25519 with which nothing is agreed. */
async function tried(jwk: JWK, alg: Encryption['alg']): Promise<CryptoKey | Uint8Array> {
	const key = await importJWK(jwk, alg)
	await encrypt({ alg, enc: 'A128GCM', key, kid: undefined }, new Uint8Array())
	return key
}

/**
 * RFC 7516, compact.
 * @param cty `JWT` where what is inside is one (RFC 7519 §5.2)
 */
export function encrypt({ alg, enc, key, kid }: Recipient, plaintext: Uint8Array, cty?: 'JWT'): Promise<string> {
	return new CompactEncrypt(plaintext)
		.setProtectedHeader({ alg, enc, ...(kid === undefined ? {} : { kid }), ...(cty === undefined ? {} : { cty }) })
		.encrypt(key)
}
