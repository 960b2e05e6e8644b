import { z } from 'zod'
import { invalidMetadata } from './error.ts'

/**
 * What a relying party says of itself: the names of RFC 7591 §2, OpenID Connect Registration §2 and the RFCs that added
 * to them, and ours. What is not known is refused: a misspelt wish that nobody heard is worse than an error.
 * Made when somebody registers, not when a server starts.
 */
function shape() {
	const text = (max: number) =>
		z
			.string()
			.trim()
			.min(1)
			.max(max)
			.regex(/^\P{Cc}*$/u, 'control characters')
	const uri = z.string().min(1).max(2_000)
	const uris = z.array(uri).max(50)
	const alg = z.enum(['RS256', 'ES256', 'EdDSA', 'PS256'])
	const encryptionAlg = z.enum(['ECDH-ES', 'ECDH-ES+A256KW', 'RSA-OAEP-256'])
	const encryptionEnc = z.enum(['A128GCM', 'A256GCM', 'A128CBC-HS256', 'A256CBC-HS512'])
	return z.strictObject({
		/** Ours to choose; made where it is left out. */
		client_id: z
			.string()
			.regex(/^[\w.-]{1,64}$/, 'letters, digits, dot, dash and underscore, 64 at most')
			.optional(),
		client_name: text(200),
		'client_name#th': text(200),
		redirect_uris: uris.min(1),
		response_types: z.tuple([z.literal('code')]).optional(),
		grant_types: z
			.array(z.enum(['authorization_code', 'refresh_token']))
			.min(1)
			.optional(),
		application_type: z.literal('web').optional(),
		token_endpoint_auth_method: z
			.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
			.optional(),
		scope: z.string().max(2_000),
		jwks: z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) }).optional(),
		jwks_uri: uri.optional(),
		subject_type: z.enum(['pairwise', 'public']).optional(),
		sector_identifier_uri: uri.optional(),
		id_token_signed_response_alg: alg.optional(),
		id_token_encrypted_response_alg: encryptionAlg.optional(),
		id_token_encrypted_response_enc: encryptionEnc.optional(),
		userinfo_signed_response_alg: alg.optional(),
		userinfo_encrypted_response_alg: encryptionAlg.optional(),
		userinfo_encrypted_response_enc: encryptionEnc.optional(),
		authorization_signed_response_alg: alg.optional(),
		request_object_signing_alg: z.string().optional(),
		require_signed_request_object: z.boolean().optional(),
		require_pushed_authorization_requests: z.boolean().optional(),
		dpop_bound_access_tokens: z.boolean().optional(),
		authorization_details_types: z.array(text(200)).max(50).optional(),
		post_logout_redirect_uris: uris.optional(),
		backchannel_logout_uri: uri.optional(),
		/** A logout token of ours names both the session and the person. */
		backchannel_logout_session_required: z.boolean().optional(),

		/** Ours from here on. */
		profile: z.enum(['fapi2', 'oidc', 'thaid-v2']).default('fapi2'),
		purpose: text(300),
		'purpose#th': text(300),
		/** The host that citizens are shown; that of the first redirect URI where nothing is said. */
		domain: z
			.string()
			.regex(/^[a-z0-9.-]+(:\d+)?$/, 'a host name in small letters')
			.max(253)
			.optional(),
		birthdate_format: z.enum(['buddhist', 'iso']).default('iso'),
		/** PKCE of every request, where the profile leaves it open. */
		require_pkce: z.boolean().optional(),
		/** Whether a session and an earlier consent may answer without asking the citizen again. */
		silent: z.boolean().default(false),
		/** `sub` is the citizen number: for an agency that was approved for it. */
		pid_as_subject: z.boolean().default(false),
	})
}

export type Metadata = z.infer<ReturnType<typeof shape>>

/** @throws RegistrationError where a field is missing, unknown or of another kind */
export function readShape(value: unknown): Metadata {
	const parsed = shape().safeParse(value)
	if (parsed.success) return parsed.data
	const issue = parsed.error.issues[0]
	const name = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.')
	throw invalidMetadata(
		`${name || 'the metadata'}: ${issue?.code === 'unrecognized_keys' ? 'unknown' : issue?.message}`,
	)
}
