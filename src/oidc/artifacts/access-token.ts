import { utf8 } from '../../lib/bytes.ts'
import { SECOND } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newId, newSecret } from '../../lib/random.ts'
import type { Place, Vault } from '../../lib/vault.ts'
import { type Exchange, set } from '../exchange.ts'
import type { Asked } from '../wire.ts'
import { approvedClaims, consentScope } from './claims.ts'
import { signJwt } from './sign-jwt.ts'
import { subjectOf } from './subject.ts'

/** What a code or a refresh token says of the sign-in behind it. */
export interface Given {
	/** Granted, and asked for now. */
	scope: string[]
	acr: string
	/** JSON array. */
	amr: string
	/** ms */
	authTime: number
	resource: string | null
	/** Sealed JSON `Asked`, by the family. */
	asked: string | null
	/** Hash of the code with which it began. */
	family: string
	sid: string | null
	nonce?: string | null
}

export interface NewAccessToken {
	token: string
	hash: string
	/** Space-separated: what this token is good for. */
	scope: string
	/** ms */
	expiresAt: number
	/** Thumbprint of the key that it is bound to. */
	jkt: string | null
}

/** One place for a whole family: what is sealed with a code goes on to its tokens as it stands. */
const placeOf = (family: string): Place => ['codes', family, 'asked']

/** @param family hash of the code with which it began */
export const sealAsked = (vault: Vault, family: string, asked: Asked): string =>
	vault.seal(placeOf(family), JSON.stringify(asked))

export const readAsked = (vault: Vault, { asked, family }: Pick<Given, 'asked' | 'family'>): Asked =>
	asked === null ? {} : (JSON.parse(vault.open(placeOf(family), asked)) as Asked)

/** What is written down of it: the scopes, and what was asked for by name beside them. */
export function scopeGiven({ client, deps }: Exchange, given: Given): string {
	const { scope } = given
	if (given.asked === null) return scope.join(' ')
	const approved = approvedClaims(set(client, 'client').scopes)
	const named = consentScope({ scope, claims: readAsked(deps.vault, given).claims }).slice(scope.length)
	return [...scope, ...named.filter((claim) => approved.has(claim))].join(' ')
}

/**
 * Opaque for us, a JWT for a resource server (RFC 8707, RFC 9068); both are stored by their hash, so that either can be
 * revoked and asked about. Bound to a key where a proof came (RFC 9449 §5).
 */
export async function newAccessToken(x: Exchange, given: Given): Promise<NewAccessToken> {
	const expiresAt = x.now + set(x.profile, 'profile').accessTokenLifetime
	const jkt = x.dpop?.jkt ?? null
	const scope = scopeOf(x, given)
	const token = given.resource === null ? newSecret(x.deps.random) : await jwtFor(x, given, { scope, expiresAt, jkt })
	return { token, hash: hashSecret(token), scope, expiresAt, jkt }
}

/** For a resource server: of what was granted, what it has to do with. */
function scopeOf(x: Exchange, { scope, resource }: Given): string {
	if (resource === null) return scope.join(' ')
	const known = JSON.parse(set(x.found.resource, 'resource').scopes) as string[]
	return scope.filter((each) => known.includes(each)).join(' ')
}

/** RFC 9068 §2.2 */
async function jwtFor(
	x: Exchange,
	given: Given,
	{ scope, expiresAt, jkt }: Pick<NewAccessToken, 'scope' | 'expiresAt' | 'jkt'>,
): Promise<string> {
	const { issuer, keys, vault, random } = x.deps
	const client = set(x.client, 'client')
	const resource = set(x.found.resource, 'resource')
	const { authorization_details } = readAsked(vault, given)
	const claims = {
		iss: issuer,
		sub: subjectOf(vault, client, set(x.found.account, 'account')),
		// Exactly one: a token for two could be used by one against the other.
		aud: resource.id,
		client_id: client.id,
		iat: Math.floor(x.now / SECOND),
		exp: Math.floor(expiresAt / SECOND),
		jti: newId(random, 'at'),
		scope,
		auth_time: Math.floor(given.authTime / SECOND),
		acr: given.acr,
		amr: JSON.parse(given.amr) as string[],
		...(jkt === null ? {} : { cnf: { jkt } }),
		...(authorization_details === undefined ? {} : { authorization_details }),
	}
	const key = await keys.signingKey(resource.accessTokenAlg)
	return signJwt(key, { typ: 'at+jwt' }, utf8(JSON.stringify(claims)))
}
