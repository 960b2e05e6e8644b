import { type Bytes, base64url, utf8 } from '../../lib/bytes.ts'
import { HOUR, SECOND } from '../../lib/clock.ts'
import { sha256, sha512 } from '../../lib/crypto.ts'
import { frameLength, type SigningKey, signJwt } from './sign-jwt.ts'

/** Relying parties keep the id_token in a cookie of 4 kB at most; beyond this budget claims move to userinfo. */
export const ID_TOKEN_BUDGET = 2_000
/** Of all that is signed it lives longest: a signing key is published on for as long. */
export const ID_TOKEN_LIFETIME = HOUR

/**
 * Claims that leave the id_token where it grows too long, in this order. Userinfo has them all. What is not here is
 * short: the citizen number, dates, codes.
 */
const MOVABLE = [
	'house_address',
	'address',
	'name_en',
	'name',
	'family_name_en',
	'family_name',
	'middle_name_en',
	'middle_name',
	'given_name_en',
	'given_name',
	'title_en',
	'title',
]

export interface IdTokenContent {
	issuer: string
	audience: string
	subject: string
	/** ms */
	now: number
	/** ms */
	authTime: number
	nonce: string | null
	/** The client's name for the session (OpenID Connect Back-Channel Logout §2.1). */
	sid: string | null
	acr: string
	amr: string[]
	accessToken: string
	claims: Record<string, unknown>
	/** Nothing moves to userinfo, however long it grows: some relying parties look nowhere else. */
	whole?: boolean
}

/** OpenID Connect Core §2, §3.1.3.6. `aud` is a string: real clients choke on an array of one. */
export async function signIdToken(key: SigningKey, content: IdTokenContent): Promise<string> {
	const iat = Math.floor(content.now / 1_000)
	const header = { typ: 'JWT' }
	const room = content.whole ? Number.POSITIVE_INFINITY : ID_TOKEN_BUDGET - frameLength(key, header)
	const payload = fitted(room, {
		...content.claims,
		iss: content.issuer,
		sub: content.subject,
		aud: content.audience,
		iat,
		exp: iat + ID_TOKEN_LIFETIME / SECOND,
		auth_time: Math.floor(content.authTime / 1_000),
		...(content.nonce === null ? {} : { nonce: content.nonce }),
		...(content.sid === null ? {} : { sid: content.sid }),
		acr: content.acr,
		amr: content.amr,
		at_hash: accessTokenHash(content.accessToken, key.alg),
	})
	return signJwt(key, header, payload)
}

/** The JSON of the claims, without as many of the movable ones as it takes. @param room characters of base64url */
function fitted(room: number, claims: Record<string, unknown>): Bytes {
	let bytes = utf8(JSON.stringify(claims))
	for (const claim of MOVABLE) {
		if (encodedLength(bytes.length) <= room) break
		if (!(claim in claims)) continue
		delete claims[claim]
		bytes = utf8(JSON.stringify(claims))
	}
	return bytes
}

const encodedLength = (bytes: number) => Math.ceil((bytes * 4) / 3)

/** OpenID Connect Core §3.1.3.6: the left half of the hash that belongs to the algorithm (Ed25519: SHA-512, RFC 8032). */
function accessTokenHash(token: string, alg: SigningKey['alg']): string {
	const digest = alg === 'EdDSA' ? sha512(token) : sha256(token)
	return base64url(digest.subarray(0, digest.length / 2))
}
