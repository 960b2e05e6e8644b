import { ACRS } from '../artifacts/acr.ts'
import { AUTHORIZATION_DETAILS_TYPES } from '../artifacts/authorization-details.ts'
import { KNOWN_CLAIMS, KNOWN_SCOPES } from '../artifacts/claims.ts'
import { DPOP_ALGS } from '../artifacts/dpop.ts'
import { ENCRYPTION_ALGS, ENCRYPTION_ENCS } from '../artifacts/encryption.ts'
import { SIGNING_ALGS } from '../artifacts/keys.ts'
import { PROFILES } from '../profiles/index.ts'

/** What clients may sign with; each profile takes some of them. `Ed25519` is the name of RFC 9864, `EdDSA` the older. */
const CLIENT_ALGS = [...new Set(Object.values(PROFILES).flatMap(({ clientAlgs }) => clientAlgs))]

const PROOFS_OF_CLIENT = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']

/** OpenID Connect Discovery §3, RFC 8414, RFC 9126 §5, RFC 9207 §3. The issuer is the setting's, never a header's. */
export function discoveryDocument(issuer: string): Record<string, unknown> {
	return {
		issuer,
		authorization_endpoint: `${issuer}/oauth/authorize`,
		token_endpoint: `${issuer}/oauth/token`,
		userinfo_endpoint: `${issuer}/oauth/userinfo`,
		end_session_endpoint: `${issuer}/oauth/end_session`,
		jwks_uri: `${issuer}/.well-known/jwks.json`,
		pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
		require_pushed_authorization_requests: false,
		response_types_supported: ['code'],
		response_modes_supported: ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'],
		backchannel_logout_supported: true,
		backchannel_logout_session_supported: true,
		authorization_signing_alg_values_supported: SIGNING_ALGS,
		grant_types_supported: ['authorization_code', 'refresh_token'],
		// RFC 9449 §5.1
		dpop_signing_alg_values_supported: DPOP_ALGS,
		// RFC 7009, RFC 7662, RFC 9701: a public client may give its token back, not ask about it.
		revocation_endpoint: `${issuer}/oauth/revoke`,
		revocation_endpoint_auth_methods_supported: [...PROOFS_OF_CLIENT, 'none'],
		revocation_endpoint_auth_signing_alg_values_supported: CLIENT_ALGS,
		introspection_endpoint: `${issuer}/oauth/introspect`,
		introspection_endpoint_auth_methods_supported: PROOFS_OF_CLIENT,
		introspection_endpoint_auth_signing_alg_values_supported: CLIENT_ALGS,
		introspection_signing_alg_values_supported: SIGNING_ALGS,
		subject_types_supported: ['pairwise'],
		id_token_signing_alg_values_supported: SIGNING_ALGS,
		id_token_encryption_alg_values_supported: ENCRYPTION_ALGS,
		id_token_encryption_enc_values_supported: ENCRYPTION_ENCS,
		userinfo_signing_alg_values_supported: SIGNING_ALGS,
		userinfo_encryption_alg_values_supported: ENCRYPTION_ALGS,
		userinfo_encryption_enc_values_supported: ENCRYPTION_ENCS,
		token_endpoint_auth_methods_supported: [...PROOFS_OF_CLIENT, 'none'],
		token_endpoint_auth_signing_alg_values_supported: CLIENT_ALGS,
		code_challenge_methods_supported: ['S256'],
		scopes_supported: KNOWN_SCOPES,
		claims_supported: [
			'sub',
			'iss',
			'aud',
			'exp',
			'iat',
			'auth_time',
			'nonce',
			'acr',
			'amr',
			'at_hash',
			'sid',
			...KNOWN_CLAIMS,
		],
		claim_types_supported: ['normal'],
		acr_values_supported: ACRS,
		authorization_details_types_supported: AUTHORIZATION_DETAILS_TYPES,
		display_values_supported: ['page', 'popup', 'touch', 'wap'],
		prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
		ui_locales_supported: ['th', 'en'],
		claims_parameter_supported: true,
		request_parameter_supported: true,
		request_object_signing_alg_values_supported: CLIENT_ALGS,
		require_signed_request_object: false,
		request_uri_parameter_supported: false,
		authorization_response_iss_parameter_supported: true,
	}
}
