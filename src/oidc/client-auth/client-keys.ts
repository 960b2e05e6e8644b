import { errors, type JWK, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose'
import type { OidcDeps } from '../needs.ts'
import type { Client } from '../wire.ts'
import { createJwksCache, type KeySet, KeysUnavailable, readKeySet } from './jwks-cache.ts'

export { KeysUnavailable }

type Deps = Pick<OidcDeps, 'outbound' | 'clock'>
type KeyHolder = Pick<Client, 'jwks' | 'jwksUri'>

/**
 * The public keys of a client: registered with it, or fetched from the address registered.
 * @throws KeysUnavailable
 */
export async function keysOfClient(deps: Deps, client: KeyHolder): Promise<readonly JWK[]> {
	return (await setOf(deps, client)).keys
}

/**
 * A JWT that the client has signed, by `kid`, else by whichever of its keys fits: some libraries send no kid. Where none
 * does and the keys are fetched, they are fetched anew: the client may have changed them.
 * @throws errors.JOSEError, KeysUnavailable
 */
export async function verifyByClient(
	deps: Deps,
	client: KeyHolder,
	jwt: string,
	options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
	const set = await setOf(deps, client)
	try {
		return await verify(jwt, set, options)
	} catch (error) {
		if (client.jwks !== null || client.jwksUri === null || !isOfUnknownKey(error)) throw error
		const newer = await cacheOf(deps).newer(client.jwksUri, set)
		if (!newer) throw error
		return verify(jwt, newer, options)
	}
}

const isOfUnknownKey = (error: unknown): boolean =>
	error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed

async function verify(jwt: string, { find }: KeySet, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
	try {
		return await jwtVerify(jwt, find, options)
	} catch (error) {
		if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
		for await (const key of error)
			try {
				return await jwtVerify(jwt, key, options)
			} catch (reason) {
				if (!(reason instanceof errors.JWSSignatureVerificationFailed)) throw reason
			}
		throw new errors.JWSSignatureVerificationFailed()
	}
}

async function setOf(deps: Deps, { jwks, jwksUri }: KeyHolder): Promise<KeySet> {
	if (jwks !== null) return registered(jwks)
	if (jwksUri !== null) return cacheOf(deps).get(jwksUri)
	throw new KeysUnavailable('the client has no keys')
}

const MAX_KEPT = 500
const kept = new Map<string, KeySet>()

/** Keys that are registered, imported once for each state of the registration. */
function registered(jwks: string): KeySet {
	let set = kept.get(jwks)
	if (!set) {
		set = readKeySet(jwks)
		if (kept.size >= MAX_KEPT) kept.clear()
		kept.set(jwks, set)
	}
	return set
}

const caches = new WeakMap<Deps['outbound'], ReturnType<typeof createJwksCache>>()

/** One for each way out: that of the application, and one for each test. */
function cacheOf(deps: Deps): ReturnType<typeof createJwksCache> {
	let cache = caches.get(deps.outbound)
	if (!cache) {
		cache = createJwksCache(deps)
		caches.set(deps.outbound, cache)
	}
	return cache
}
