/**
 * Registering a relying party: RFC 7591's client metadata become a row of `clients`, checked by the rules of the
 * client's profile. Who may register whom is not this file's business: today the operator does it (`client:register`).
 */
import type { JWK } from 'jose'
import type { schema } from '../../../db/client.ts'
import { hashSecret } from '../../lib/crypto.ts'
import type { Outbound } from '../../lib/outbound.ts'
import { newId, type Random } from '../../lib/random.ts'
import { AUTHORIZATION_DETAILS_TYPES } from '../artifacts/authorization-details.ts'
import { KNOWN_SCOPES } from '../artifacts/claims.ts'
import { fits } from '../artifacts/encryption.ts'
import { PROFILES, type Profile } from '../profiles/index.ts'
import { invalidMetadata, RegistrationError } from './error.ts'
import { checkKeys, hasKeyToSign } from './keys.ts'
import { type Metadata, readShape } from './shape.ts'
import { checkBrowserUri, checkServerUri, sectorOf } from './uris.ts'

export { metadataOf } from './metadata-of.ts'
export { RegistrationError }

export type ClientRow = typeof schema.clients.$inferSelect

export interface Registered {
	row: ClientRow
	/** 256 bits, shown once: what is kept is its hash. Null where the client has keys or none. */
	secret: string | null
}

export interface RegistrationDeps {
	random: Random
	outbound: Outbound
	/** ms */
	now: number
	/** Plain http on this machine may be redirected to: demo and development. */
	loopback: boolean
}

/**
 * Reads, checks and completes a registration.
 * @param previous what is registered under this id; its secret stays unless `renewSecret`, its sector has to stay
 * @throws RegistrationError
 */
export async function readRegistration(
	deps: RegistrationDeps,
	value: unknown,
	{ previous, renewSecret = false }: { previous?: ClientRow; renewSecret?: boolean } = {},
): Promise<Registered> {
	const metadata = readShape(value)
	const profile = PROFILES[metadata.profile]
	const authMethod = metadata.token_endpoint_auth_method ?? defaultMethod(profile)
	if (!profile.authMethods.includes(authMethod))
		throw invalidMetadata(`token_endpoint_auth_method: ${profile.name} takes ${profile.authMethods.join(', ')}`)
	const keys = await keysOf(metadata, profile, authMethod, deps)
	checkWishes(metadata, profile)
	const redirects = metadata.redirect_uris.map((uri) => checkBrowserUri('redirect_uris', uri, deps))
	for (const uri of metadata.post_logout_redirect_uris ?? []) checkBrowserUri('post_logout_redirect_uris', uri, deps)
	if (metadata.backchannel_logout_uri !== undefined)
		checkServerUri('backchannel_logout_uri', metadata.backchannel_logout_uri, deps)
	const sector = await sectorOf(metadata, redirects, deps)
	if (previous && previous.sector !== sector)
		throw invalidMetadata(
			`sector: it would change from ${previous.sector} to ${sector}, and every citizen would become another person to this client`,
		)
	const secret = secretOf(deps.random, authMethod, renewSecret ? undefined : previous)
	return {
		secret,
		row: {
			id: metadata.client_id ?? newId(deps.random, 'rp'),
			profile: metadata.profile,
			status: previous?.status ?? 'live',
			nameTh: metadata['client_name#th'],
			nameEn: metadata.client_name,
			domain: metadata.domain ?? redirects[0]?.host ?? '',
			purposeTh: metadata['purpose#th'],
			purposeEn: metadata.purpose,
			redirectUris: JSON.stringify(unique('redirect_uris', metadata.redirect_uris)),
			scopes: JSON.stringify(scopesOf(metadata, profile)),
			authMethod,
			secretHash: authMethod.startsWith('client_secret')
				? secret === null
					? (previous?.secretHash ?? null)
					: hashSecret(secret)
				: null,
			jwks: metadata.jwks === undefined ? null : JSON.stringify(metadata.jwks),
			jwksUri: metadata.jwks_uri ?? null,
			idTokenAlg: metadata.id_token_signed_response_alg ?? profile.defaultIdTokenAlg,
			idTokenEncryption: encryptionOf('id_token', metadata, keys),
			userinfoAlg: metadata.userinfo_signed_response_alg ?? null,
			userinfoEncryption: encryptionOf('userinfo', metadata, keys),
			authorizationAlg: metadata.authorization_signed_response_alg ?? null,
			requestObjectAlg: metadata.request_object_signing_alg ?? null,
			requireRequestObject: metadata.require_signed_request_object ?? false,
			birthdateFormat: metadata.birthdate_format,
			requirePkce: profile.requirePkce || authMethod === 'none' || (metadata.require_pkce ?? false),
			silent: metadata.silent,
			sector,
			pidAsSubject: metadata.pid_as_subject,
			grantTypes: JSON.stringify(grantTypesOf(metadata, profile)),
			dpopBound: profile.senderConstrained || (metadata.dpop_bound_access_tokens ?? false),
			authorizationDetailsTypes: JSON.stringify(detailTypesOf(metadata)),
			postLogoutRedirectUris: JSON.stringify(
				unique('post_logout_redirect_uris', metadata.post_logout_redirect_uris ?? []),
			),
			backchannelLogoutUri: metadata.backchannel_logout_uri ?? null,
			createdAt: previous?.createdAt ?? deps.now,
		},
	}
}

const defaultMethod = (profile: Profile) => profile.authMethods[0] ?? 'private_key_jwt'

/** Hexadecimal: it needs no escaping in a header, a form, a shell or a configuration file. */
function secretOf(random: Random, method: ClientRow['authMethod'], kept: ClientRow | undefined): string | null {
	if (!method.startsWith('client_secret') || kept?.secretHash) return null
	return random.bytes(32).toHex()
}

/** The keys that are registered; null where they are fetched, or where there are none. */
async function keysOf(
	metadata: Metadata,
	profile: Profile,
	method: ClientRow['authMethod'],
	deps: RegistrationDeps,
): Promise<readonly JWK[] | null> {
	const { jwks, jwks_uri } = metadata
	if (jwks && jwks_uri !== undefined) throw invalidMetadata('jwks, jwks_uri: one of them (RFC 7591 §2)')
	if ((jwks || jwks_uri !== undefined) && profile.clientAlgs.length === 0)
		throw invalidMetadata(`jwks, jwks_uri: ${profile.name} has no use for keys`)
	if (jwks_uri !== undefined) checkServerUri('jwks_uri', jwks_uri, deps)
	if (!jwks) {
		if (method === 'private_key_jwt' && jwks_uri === undefined)
			throw invalidMetadata('private_key_jwt needs jwks or jwks_uri')
		return null
	}
	const keys = await checkKeys(jwks.keys)
	if (method === 'private_key_jwt' && !hasKeyToSign(keys, profile.clientAlgs))
		throw invalidMetadata(`jwks: no key to sign with; ${profile.name} takes ${profile.clientAlgs.join(', ')}`)
	return keys
}

/** What the profile decides, and a registration must not decide otherwise. */
function checkWishes(metadata: Metadata, profile: Profile): void {
	for (const name of ['id_token', 'userinfo', 'authorization'] as const) {
		const alg = metadata[`${name}_signed_response_alg`]
		if (alg !== undefined && !profile.idTokenAlgs.includes(alg))
			throw invalidMetadata(`${name}_signed_response_alg: ${profile.name} takes ${profile.idTokenAlgs.join(', ')}`)
	}
	const { request_object_signing_alg: requestAlg } = metadata
	if (requestAlg !== undefined && !profile.clientAlgs.includes(requestAlg))
		throw invalidMetadata(
			`request_object_signing_alg: ${profile.name} takes ${profile.clientAlgs.join(', ') || 'none'}`,
		)
	if (metadata.require_signed_request_object && !metadata.jwks && metadata.jwks_uri === undefined)
		throw invalidMetadata('require_signed_request_object: without keys no request could be signed')
	if ((metadata.require_pushed_authorization_requests ?? profile.requirePushed) !== profile.requirePushed)
		throw invalidMetadata(`require_pushed_authorization_requests: ${profile.requirePushed} under ${profile.name}`)
	if (profile.senderConstrained && metadata.dpop_bound_access_tokens === false)
		throw invalidMetadata(`dpop_bound_access_tokens: always under ${profile.name}`)
	if (profile.dialect !== null && metadata.dpop_bound_access_tokens)
		throw invalidMetadata(`dpop_bound_access_tokens: never under ${profile.name}`)
	if (profile.requirePkce && metadata.require_pkce === false)
		throw invalidMetadata(`require_pkce: always under ${profile.name}`)
	if (!profile.honourPkce && metadata.require_pkce) throw invalidMetadata(`require_pkce: never under ${profile.name}`)
	if (metadata.pid_as_subject && profile.name !== 'thaid-v2')
		throw invalidMetadata('pid_as_subject: only under thaid-v2')
	if (metadata.subject_type !== undefined && (metadata.subject_type === 'public') !== metadata.pid_as_subject)
		throw invalidMetadata('subject_type: public where pid_as_subject is set, else pairwise')
}

function scopesOf({ scope }: Metadata, profile: Profile): string[] {
	const scopes = unique('scope', scope.split(' ').filter(Boolean))
	const unknown = scopes.filter((each) => !KNOWN_SCOPES.includes(each))
	if (unknown.length > 0) throw invalidMetadata(`scope: ${unknown.join(' ')} is not known`)
	if (profile.requireOpenid && !scopes.includes('openid')) throw invalidMetadata('scope: openid is missing')
	if (scopes.length === 0) throw invalidMetadata('scope: empty')
	return scopes
}

/** RFC 9396 §10: types that this server knows. */
function detailTypesOf({ authorization_details_types = [] }: Metadata): string[] {
	const unknown = authorization_details_types.find((type) => !AUTHORIZATION_DETAILS_TYPES.includes(type))
	if (unknown !== undefined) throw invalidMetadata(`authorization_details_types: ${unknown} is not known`)
	return unique('authorization_details_types', authorization_details_types)
}

function grantTypesOf({ grant_types }: Metadata, profile: Profile): string[] {
	const types = unique('grant_types', grant_types ?? ['authorization_code'])
	if (!types.includes('authorization_code')) throw invalidMetadata('grant_types: authorization_code is missing')
	return profile.alwaysRefresh && !types.includes('refresh_token') ? [...types, 'refresh_token'] : types
}

/** OpenID Connect Registration §2: enc is A128CBC-HS256 where only alg is said. */
function encryptionOf(what: 'id_token' | 'userinfo', metadata: Metadata, keys: readonly JWK[] | null): string | null {
	const alg = metadata[`${what}_encrypted_response_alg`]
	const enc = metadata[`${what}_encrypted_response_enc`]
	if (alg === undefined) {
		if (enc !== undefined) throw invalidMetadata(`${what}_encrypted_response_enc: without alg`)
		return null
	}
	if (keys === null ? metadata.jwks_uri === undefined : !keys.some((key) => fits(key, alg)))
		throw invalidMetadata(`${what}_encrypted_response_alg: the client has no key for ${alg}`)
	return JSON.stringify({ alg, enc: enc ?? 'A128CBC-HS256' })
}

function unique<T>(name: string, list: readonly T[]): T[] {
	if (new Set(list).size !== list.length) throw invalidMetadata(`${name}: something comes twice`)
	return [...list]
}
