import type { schema } from '../../../db/client.ts'
import { PROFILES } from '../profiles/index.ts'
import type { Encryption } from '../wire.ts'

/** RFC 7591 §3.2.1: what is registered, by the names of the RFCs. Whoever reads it back registers the same again. */
export function metadataOf(row: typeof schema.clients.$inferSelect): Record<string, unknown> {
	const list = (json: string) => JSON.parse(json) as string[]
	return withoutNull({
		client_id: row.id,
		profile: row.profile,
		client_name: row.nameEn,
		'client_name#th': row.nameTh,
		purpose: row.purposeEn,
		'purpose#th': row.purposeTh,
		domain: row.domain,
		redirect_uris: list(row.redirectUris),
		post_logout_redirect_uris: list(row.postLogoutRedirectUris),
		backchannel_logout_uri: row.backchannelLogoutUri,
		response_types: ['code'],
		grant_types: list(row.grantTypes),
		scope: list(row.scopes).join(' '),
		authorization_details_types: list(row.authorizationDetailsTypes),
		token_endpoint_auth_method: row.authMethod,
		jwks: row.jwks === null ? null : (JSON.parse(row.jwks) as unknown),
		jwks_uri: row.jwksUri,
		subject_type: row.pidAsSubject ? 'public' : 'pairwise',
		pid_as_subject: row.pidAsSubject,
		id_token_signed_response_alg: row.idTokenAlg,
		...encryption('id_token', row.idTokenEncryption),
		userinfo_signed_response_alg: row.userinfoAlg,
		...encryption('userinfo', row.userinfoEncryption),
		authorization_signed_response_alg: row.authorizationAlg,
		request_object_signing_alg: row.requestObjectAlg,
		require_signed_request_object: row.requireRequestObject,
		require_pushed_authorization_requests: PROFILES[row.profile].requirePushed,
		require_pkce: row.requirePkce,
		dpop_bound_access_tokens: row.dpopBound,
		birthdate_format: row.birthdateFormat,
		silent: row.silent,
	})
}

function encryption(what: 'id_token' | 'userinfo', json: string | null): Record<string, string> {
	if (json === null) return {}
	const { alg, enc } = JSON.parse(json) as Encryption
	return { [`${what}_encrypted_response_alg`]: alg, [`${what}_encrypted_response_enc`]: enc }
}

const withoutNull = (fields: Record<string, unknown>): Record<string, unknown> =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
