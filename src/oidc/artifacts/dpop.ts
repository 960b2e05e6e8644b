import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { base64url, fromUtf8 } from '../../lib/bytes.ts'
import { SECOND } from '../../lib/clock.ts'
import { hashSecret, sha256 } from '../../lib/crypto.ts'
import { invalidDpopProof, type ProtocolError, useDpopNonce } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Profile } from '../profiles/index.ts'
import { dpopNonce, nonceGoodUntil } from './dpop-nonce.ts'
import { isOfSmallOrder } from './small-order.ts'

/** FAPI 2.0 §5.3.2.1: clocks may differ by 10 s; what comes late was also on its way. Seconds */
const FUTURE = 10
const PAST = 15
const MAX_JTI = 256
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Every algorithm that some profile takes of a proof: for discovery and challenges. */
export const DPOP_ALGS = ['ES256', 'PS256', 'EdDSA', 'Ed25519']

/** Asymmetric, and no RSA of PKCS #1 v1.5, which no profile needs here. A profile without any knows no DPoP. */
export const dpopAlgsOf = (profile: Profile): readonly string[] =>
	profile.clientAlgs.filter((alg) => DPOP_ALGS.includes(alg))

/**
 * RFC 9449 §4.3, each point of it but one: that the jti is new is found out by the batch of the act (`one-time.ts`).
 * @param accessToken where the proof comes with one
 * @returns the key's thumbprint, and what has to be taken once
 * @throws ProtocolError invalid_dpop_proof, or use_dpop_nonce where only the time or the nonce is wrong
 */
export async function verifyProof(
	x: Exchange,
	profile: Profile,
	proof: string,
	accessToken?: string,
): Promise<NonNullable<Exchange['dpop']>> {
	const wrong = (detail: string) => invalidDpopProof(detail, x)
	// One header only: two come joined by a comma.
	if (!COMPACT.test(proof)) throw wrong('no compact JWS, or more than one')
	const { jkt, payload } = await opened(proof, dpopAlgsOf(profile), wrong)
	if (payload.htm !== x.request.method) throw wrong('htm')
	if (!isThisUri(x, payload.htu)) throw wrong('htu')
	if (typeof payload.jti !== 'string' || payload.jti === '' || payload.jti.length > MAX_JTI) throw wrong('jti')
	if (accessToken !== undefined && payload.ath !== base64url(sha256(accessToken))) throw wrong('ath')
	return { key: hashSecret(`dpop\u0000${jkt}\u0000${payload.jti}`), expiresAt: goodUntil(x, payload, wrong), jkt }
}

type Wrong = (detail: string) => ProtocolError
type Payload = Record<string, unknown>

/** Header, key and signature. */
async function opened(
	proof: string,
	algs: readonly string[],
	wrong: Wrong,
): Promise<{ jkt: string; payload: Payload }> {
	let header: { typ?: unknown; alg?: unknown; jwk?: unknown }
	try {
		header = decodeProtectedHeader(proof)
	} catch {
		throw wrong('header')
	}
	const { typ, alg, jwk } = header
	if (typ !== 'dpop+jwt') throw wrong('typ')
	if (typeof alg !== 'string' || !algs.includes(alg)) throw wrong('alg')
	if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) throw wrong('jwk')
	const members = publicMembers(jwk as Payload)
	if (members === null) throw wrong('jwk: not a public key')
	const canonical = JSON.stringify(members)
	const jkt = base64url(sha256(canonical))
	try {
		const key = await keyOf(`${alg} ${jkt}`, members, alg)
		const payload: unknown = JSON.parse(fromUtf8((await compactVerify(proof, key, { algorithms: [alg] })).payload))
		if (typeof payload !== 'object' || payload === null) throw new Error('no object')
		return { jkt, payload: payload as Payload }
	} catch {
		throw wrong('key, signature or payload')
	}
}

/** RFC 7638 §3.2, in the order of the letters. */
const MEMBERS: Record<string, readonly string[]> = {
	EC: ['crv', 'kty', 'x', 'y'],
	OKP: ['crv', 'kty', 'x'],
	RSA: ['e', 'kty', 'n'],
}
/** RFC 7518 §6: members that only a private or symmetric key has. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

function publicMembers(jwk: Payload): Record<string, string> | null {
	const names = typeof jwk.kty === 'string' && Object.hasOwn(MEMBERS, jwk.kty) ? MEMBERS[jwk.kty] : undefined
	if (!names || PRIVATE.some((name) => name in jwk)) return null
	const members: Record<string, string> = {}
	for (const name of names) {
		const member = jwk[name]
		if (typeof member !== 'string') return null
		members[name] = member
	}
	if (members.kty === 'OKP' && isOfSmallOrder(members.x ?? '')) return null
	return members
}

const MAX_KEPT = 500
const kept = new Map<string, CryptoKey | Uint8Array>()

/** A client proves the same key again and again: it is imported once. */
async function keyOf(name: string, jwk: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
	let key = kept.get(name)
	if (!key) {
		key = await importJWK(jwk, alg)
		if (kept.size >= MAX_KEPT) kept.clear()
		kept.set(name, key)
	}
	return key
}

/** RFC 9449 §4.3 point 9: the address of this request, without query and fragment, after normalisation (RFC 3986 §6.2). */
function isThisUri(x: Exchange, htu: unknown): boolean {
	if (typeof htu !== 'string') return false
	// The origin is the setting's: behind a proxy the request knows another.
	const here = x.deps.issuer + new URL(x.request.url).pathname
	if (htu === here) return true
	const parsed = URL.canParse(htu) ? new URL(htu) : null
	return parsed !== null && parsed.username === '' && parsed.origin + parsed.pathname === here
}

/**
 * RFC 9449 §4.3 points 10 and 11: by our nonce, whatever the client's clock says, or by a clock that is near ours.
 * @returns ms; the proof is refused from then on, so its jti need not be kept longer
 */
function goodUntil(x: Exchange, { nonce, iat, nbf, exp }: Payload, wrong: Wrong): number {
	const { vault } = x.deps
	const now = Math.floor(x.now / SECOND)
	if (!isTime(iat)) throw wrong('iat')
	if (nbf !== undefined && !(isTime(nbf) && nbf <= now + FUTURE)) throw wrong('nbf')
	if (exp !== undefined && !(isTime(exp) && exp > now - FUTURE)) throw wrong('exp')
	const fresh = () => useDpopNonce(dpopNonce(vault, x.now), x)
	if (nonce !== undefined) {
		const until = typeof nonce === 'string' ? nonceGoodUntil(vault, x.now, nonce) : null
		if (until === null) throw fresh()
		return until
	}
	if (iat > now + FUTURE || iat < now - PAST) throw fresh()
	return (iat + PAST + 1) * SECOND
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
