import { type SQL, sql } from 'drizzle-orm'
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { type Db, type Statement, schema } from '../../../db/client.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { invalidClient } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Profile } from '../profiles/index.ts'
import type { Client } from '../wire.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const ASSERTION_ALGS = ['ES256', 'PS256', 'EdDSA', 'RS256']

/** Longest life of an assertion, seconds; a jti is kept as long. */
const MAX_LIFETIME = 300
/** FAPI 2.0 §5.3.2.1: clocks may differ by 10 s. */
const TOLERANCE = 10

const { usedAssertions } = schema

/**
 * RFC 7523 §3: iss and sub are the client, aud is us, exp is near, jti is new. The signature is checked here; that the
 * jti is new is checked by the statement of `consumeAssertion`, inside the endpoint's batch.
 */
export async function checkAssertion(
	x: Exchange,
	client: Client,
	profile: Profile,
	assertion: string,
): Promise<{ key: string; expiresAt: number }> {
	if (!client.jwks) throw invalidClient('the client has no keys', false)
	const now = Math.floor(x.now / 1_000)
	try {
		const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks as JSONWebKeySet), {
			algorithms: ASSERTION_ALGS,
			issuer: client.id,
			subject: client.id,
			audience: audiences(x, profile),
			currentDate: new Date(x.now),
			clockTolerance: TOLERANCE,
			requiredClaims: ['exp', 'jti', 'aud', 'iss', 'sub'],
		})
		const exp = payload.exp ?? 0
		if (exp > now + MAX_LIFETIME + TOLERANCE) throw invalidClient('the assertion lives too long', false)
		if (payload.iat !== undefined && payload.iat > now + TOLERANCE)
			throw invalidClient('the assertion is from the future', false)
		return { key: hashSecret(`${client.id}\u0000${String(payload.jti)}`), expiresAt: (exp + TOLERANCE) * 1_000 }
	} catch (error) {
		if (error instanceof errors.JOSEError) throw invalidClient(`assertion: ${error.code}`, false)
		throw error
	}
}

function audiences(x: Exchange, profile: Profile): string[] {
	const { issuer } = x.deps
	return profile.assertionAudience.flatMap((kind) =>
		kind === 'issuer' ? [issuer] : [`${issuer}/oauth/token`, `${issuer}/oauth/par`],
	)
}

/**
 * The jti, taken once: the statement for the batch, and the guard that every later statement of the batch repeats.
 * Nothing where the client did not use an assertion.
 */
export function consumeAssertion(
	db: Db,
	assertion: Exchange['assertion'],
	act: string,
): { statements: Statement[]; guard: SQL | undefined } {
	if (!assertion) return { statements: [], guard: undefined }
	return {
		statements: [
			db
				.insert(usedAssertions)
				.values({ key: assertion.key, usedBy: act, expiresAt: assertion.expiresAt })
				.onConflictDoNothing()
				.returning({ key: usedAssertions.key }),
		],
		guard: sql`EXISTS (SELECT 1 FROM ${usedAssertions} WHERE ${usedAssertions.key} = ${assertion.key} AND ${usedAssertions.usedBy} = ${act})`,
	}
}
