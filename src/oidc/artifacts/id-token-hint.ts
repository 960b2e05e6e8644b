import { compactVerify, decodeJwt, decodeProtectedHeader, errors, type JWTPayload } from 'jose'
import { fromUtf8 } from '../../lib/bytes.ts'
import type { KeyRing } from './keys.ts'

export interface IdTokenHint {
	/** The relying party that it was given to. */
	audience: string
	subject: string
	/** What that relying party calls the session; null in tokens that have none. */
	sid: string | null
}

/** RFC 7515 §3.1: base64url without padding. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * An id_token that we once gave, however old (OpenID Connect RP-Initiated Logout §2): signed by a key of ours, by that
 * key's algorithm, and of no other kind of JWT that the same key signs.
 * @returns null where it is none
 */
export async function openIdTokenHint(
	{ keys, issuer }: { keys: KeyRing; issuer: string },
	hint: string,
): Promise<IdTokenHint | null> {
	if (!COMPACT.test(hint)) return null
	try {
		const { kid, typ } = decodeProtectedHeader(hint)
		if (kid === undefined || (typ !== undefined && typ !== 'JWT')) return null
		const key = await keys.verificationKey(kid)
		if (!key) return null
		const { payload } = await compactVerify(hint, key.publicKey, { algorithms: [key.alg] })
		const claims = JSON.parse(fromUtf8(payload)) as JWTPayload
		const [audience, ...others] = [claims.aud ?? []].flat() as unknown[]
		if (claims.iss !== issuer || typeof audience !== 'string' || others.length > 0) return null
		if (typeof claims.sub !== 'string') return null
		return { audience, subject: claims.sub, sid: typeof claims.sid === 'string' ? claims.sid : null }
	} catch (error) {
		// What is no JWT at all is a TypeError of the parser.
		if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) return null
		throw error
	}
}

/** Whom a hint says that it was given to. Nothing is proved: only to find the row. */
export function claimedAudience(hint: string | undefined): string | null {
	try {
		const [audience] = [decodeJwt(hint ?? '').aud ?? []].flat() as unknown[]
		return typeof audience === 'string' ? audience : null
	} catch {
		return null
	}
}
