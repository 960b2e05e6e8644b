import { type Placeholder, sql } from 'drizzle-orm'
import {
	createLocalJWKSet,
	errors,
	type JSONWebKeySet,
	type JWTHeaderParameters,
	type JWTVerifyOptions,
	type JWTVerifyResult,
	jwtVerify,
} from 'jose'
import { type Db, schema } from '../../../db/client.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { invalidClient } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Profile } from '../profiles/index.ts'
import type { Client } from '../wire.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** `Ed25519` is the name of RFC 9864, `EdDSA` the one before it. */
export const ASSERTION_ALGS = ['ES256', 'PS256', 'EdDSA', 'Ed25519', 'RS256']

/** Longest life of an assertion, seconds; a jti is kept as long. */
const MAX_LIFETIME = 300
/** FAPI 2.0 §5.3.2.1: clocks may differ by 10 s. */
const TOLERANCE = 10

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * RFC 7523 §3: iss and sub are the client, aud is us, exp is near, jti is new. The signature is checked here; that the
 * jti is new is checked by the statement of `takeAssertion`, inside the endpoint's batch.
 */
export async function checkAssertion(
	x: Exchange,
	client: Client,
	profile: Profile,
	assertion: string,
): Promise<{ key: string; expiresAt: number }> {
	if (client.jwks === null) throw invalidClient('the client has no keys', false)
	if (!COMPACT.test(assertion)) throw invalidClient('the assertion is no compact JWS', false)
	const now = Math.floor(x.now / 1_000)
	const audience = audiences(x, profile)
	try {
		const { payload, protectedHeader } = await verify(assertion, client.jwks, {
			algorithms: ASSERTION_ALGS,
			issuer: client.id,
			subject: client.id,
			audience,
			currentDate: new Date(x.now),
			clockTolerance: TOLERANCE,
			requiredClaims: ['exp', 'jti', 'aud', 'iss', 'sub'],
		})
		refuseOtherKinds(protectedHeader)
		// One meant for another server too could have come from there.
		if ([payload.aud ?? []].flat().some((each) => !audience.includes(each)))
			throw invalidClient('the assertion is for another server too', false)
		const { exp = 0, iat = 0, jti } = payload
		if (exp > now + MAX_LIFETIME + TOLERANCE) throw invalidClient('the assertion lives too long', false)
		if (iat > now + TOLERANCE) throw invalidClient('the assertion is from the future', false)
		if (typeof jti !== 'string' || jti === '') throw invalidClient('jti is no text', false)
		return { key: hashSecret(`${client.id}\u0000${jti}`), expiresAt: (exp + TOLERANCE) * 1_000 }
	} catch (error) {
		if (error instanceof errors.JOSEError) throw invalidClient(`assertion: ${error.code}`, false)
		throw error
	}
}

/** By `kid`, else by whichever key of the algorithm fits: some libraries send no kid. */
async function verify(assertion: string, jwks: string, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
	try {
		return await jwtVerify(assertion, keysOf(jwks), options)
	} catch (error) {
		if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
		for await (const key of error)
			try {
				return await jwtVerify(assertion, key, options)
			} catch (reason) {
				if (!(reason instanceof errors.JWSSignatureVerificationFailed)) throw reason
			}
		throw new errors.JWSSignatureVerificationFailed()
	}
}

type Keys = ReturnType<typeof createLocalJWKSet>
const MAX_KEPT = 500
const kept = new Map<string, Keys>()

/** A client's keys, imported once for each state of its registration. */
function keysOf(jwks: string): Keys {
	let keys = kept.get(jwks)
	if (!keys) {
		keys = createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet)
		if (kept.size >= MAX_KEPT) kept.clear()
		kept.set(jwks, keys)
	}
	return keys
}

const TYPES = ['jwt', 'client-authentication+jwt']

/** A client signs other things with the same keys (RFC 8725 §3.11): a DPoP proof or a request object proves no client. */
function refuseOtherKinds({ typ, crit }: JWTHeaderParameters): void {
	if (typ !== undefined && !TYPES.includes(typ.toLowerCase().replace(/^application\//, '')))
		throw invalidClient('the assertion is another kind of JWT', false)
	if (crit !== undefined) throw invalidClient('the assertion has critical headers', false)
}

function audiences(x: Exchange, profile: Profile): string[] {
	const { issuer } = x.deps
	return profile.assertionAudience.flatMap((kind) =>
		kind === 'issuer' ? [issuer] : [`${issuer}/oauth/token`, `${issuer}/oauth/par`],
	)
}

const { usedAssertions } = schema
const value = (name: 'assertionKey' | 'assertionExpiresAt' | 'act'): Placeholder => sql.placeholder(name)

/** The statement that takes a jti: it returns a row the first time and never again. For the endpoint's own batch. */
export const takeAssertion = (db: Db) =>
	db
		.insert(usedAssertions)
		.values({
			key: sql`${value('assertionKey')}`,
			usedBy: sql`${value('act')}`,
			expiresAt: sql`${value('assertionExpiresAt')}`,
		})
		.onConflictDoNothing()
		.returning({ key: usedAssertions.key })

/** The guard that every later statement of that batch repeats. */
export const assertionTaken = sql`EXISTS (SELECT 1 FROM ${usedAssertions} WHERE ${usedAssertions.key} = ${value('assertionKey')} AND ${usedAssertions.usedBy} = ${value('act')})`
