import { errors, type JWTHeaderParameters } from 'jose'
import { hashSecret } from '../../lib/crypto.ts'
import { invalidClient } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Profile } from '../profiles/index.ts'
import type { Client } from '../wire.ts'
import { KeysUnavailable, verifyByClient } from './client-keys.ts'

/** Longest life of an assertion, seconds; a jti is kept as long. */
const MAX_LIFETIME = 300
/** FAPI 2.0 §5.3.2.1: clocks may differ by 10 s. */
const TOLERANCE = 10

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * RFC 7523 §3: iss and sub are the client, aud is us, exp is near, jti is new. The signature is checked here; that the
 * jti is new is checked inside the endpoint's batch (`one-time.ts`).
 */
export async function checkAssertion(
	x: Exchange,
	client: Client,
	profile: Profile,
	assertion: string,
): Promise<{ key: string; expiresAt: number }> {
	if (!COMPACT.test(assertion)) throw invalidClient('the assertion is no compact JWS', false)
	const now = Math.floor(x.now / 1_000)
	const audience = audiences(x, profile)
	try {
		const { payload, protectedHeader } = await verifyByClient(x.deps, client, assertion, {
			algorithms: [...profile.clientAlgs],
			issuer: client.id,
			subject: client.id,
			audience,
			currentDate: new Date(x.now),
			clockTolerance: TOLERANCE,
			requiredClaims: ['exp', 'jti', 'aud', 'iss', 'sub'],
		})
		refuseOtherKinds(protectedHeader)
		if (profile.assertionAudienceAsString && typeof payload.aud !== 'string')
			throw invalidClient('aud is no text', false)
		// One meant for another server too could have come from there.
		if ([payload.aud ?? []].flat().some((each) => !audience.includes(each)))
			throw invalidClient('the assertion is for another server too', false)
		const { exp = 0, iat = 0, jti } = payload
		if (exp > now + MAX_LIFETIME + TOLERANCE) throw invalidClient('the assertion lives too long', false)
		if (iat > now + TOLERANCE) throw invalidClient('the assertion is from the future', false)
		if (typeof jti !== 'string' || jti === '') throw invalidClient('jti is no text', false)
		return { key: hashSecret(`${client.id}\u0000${jti}`), expiresAt: (exp + TOLERANCE) * 1_000 }
	} catch (error) {
		if (error instanceof KeysUnavailable) throw invalidClient(error.reason, false)
		if (error instanceof errors.JOSEError) throw invalidClient(`assertion: ${error.code}`, false)
		throw error
	}
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
