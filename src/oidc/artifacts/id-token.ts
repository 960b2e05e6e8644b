import { SignJWT } from 'jose'
import { base64url } from '../../lib/bytes.ts'
import { sha256, sha512 } from '../../lib/crypto.ts'
import type { SigningKey } from './keys.ts'

/** Relying parties keep the id_token in a cookie of 4 kB at most; beyond this budget claims move to userinfo. */
export const ID_TOKEN_BUDGET = 2_000
const LIFETIME_SECONDS = 3_600

/** Claims that leave the id_token first where it grows too long, longest kinds first. Userinfo has them all. */
const MOVABLE = ['house_address', 'address', 'name_en', 'name']

export interface IdTokenContent {
	issuer: string
	audience: string
	subject: string
	/** ms */
	now: number
	/** ms */
	authTime: number
	nonce: string | null
	acr: string
	amr: string[]
	accessToken: string
	claims: Record<string, unknown>
}

/** OpenID Connect Core §2, §3.1.3.6. `aud` is a string: real clients choke on an array of one. */
export async function signIdToken(key: SigningKey, content: IdTokenContent): Promise<string> {
	const claims = { ...content.claims }
	const fixed = {
		auth_time: Math.floor(content.authTime / 1_000),
		acr: content.acr,
		amr: content.amr,
		at_hash: accessTokenHash(content.accessToken, key.alg),
		...(content.nonce === null ? {} : { nonce: content.nonce }),
	}
	for (const claim of MOVABLE) {
		if (estimatedLength({ ...fixed, ...claims }, key) <= ID_TOKEN_BUDGET) break
		delete claims[claim]
	}
	const iat = Math.floor(content.now / 1_000)
	return new SignJWT({ ...claims, ...fixed })
		.setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
		.setIssuer(content.issuer)
		.setAudience(content.audience)
		.setSubject(content.subject)
		.setIssuedAt(iat)
		.setExpirationTime(iat + LIFETIME_SECONDS)
		.sign(key.privateKey)
}

/** OpenID Connect Core §3.1.3.6: the left half of the hash that belongs to the algorithm (Ed25519: SHA-512, RFC 8032). */
function accessTokenHash(token: string, alg: SigningKey['alg']): string {
	const digest = alg === 'EdDSA' ? sha512(token) : sha256(token)
	return base64url(digest.subarray(0, digest.length / 2))
}

const SIGNATURE_CHARS = { RS256: 342, PS256: 342, ES256: 86, EdDSA: 86 }
/** Header, iss, aud, sub, iat, exp and their punctuation. */
const FRAME_CHARS = 420

function estimatedLength(payload: Record<string, unknown>, key: SigningKey): number {
	const bytes = new TextEncoder().encode(JSON.stringify(payload)).length
	return Math.ceil((bytes * 4) / 3) + FRAME_CHARS + SIGNATURE_CHARS[key.alg]
}
