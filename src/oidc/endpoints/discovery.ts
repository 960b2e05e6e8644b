import { ACRS } from '../artifacts/acr.ts'
import { KNOWN_CLAIMS, KNOWN_SCOPES } from '../artifacts/claims.ts'
import { SIGNING_ALGS } from '../artifacts/keys.ts'
import { PROFILES } from '../profiles/index.ts'

/** What clients may sign with; each profile takes some of them. `Ed25519` is the name of RFC 9864, `EdDSA` the older. */
const CLIENT_ALGS = [...new Set(Object.values(PROFILES).flatMap(({ clientAlgs }) => clientAlgs))]

/** OpenID Connect Discovery §3, RFC 8414, RFC 9126 §5, RFC 9207 §3. The issuer is the setting's, never a header's. */
export function discoveryDocument(issuer: string): Record<string, unknown> {
	return {
		issuer,
		authorization_endpoint: `${issuer}/oauth/authorize`,
		token_endpoint: `${issuer}/oauth/token`,
		userinfo_endpoint: `${issuer}/oauth/userinfo`,
		jwks_uri: `${issuer}/.well-known/jwks.json`,
		pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
		require_pushed_authorization_requests: false,
		response_types_supported: ['code'],
		response_modes_supported: ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'],
		authorization_signing_alg_values_supported: SIGNING_ALGS,
		grant_types_supported: ['authorization_code'],
		subject_types_supported: ['pairwise'],
		id_token_signing_alg_values_supported: SIGNING_ALGS,
		token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
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
			...KNOWN_CLAIMS,
		],
		claim_types_supported: ['normal'],
		acr_values_supported: ACRS,
		prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
		ui_locales_supported: ['th', 'en'],
		claims_parameter_supported: false,
		request_parameter_supported: true,
		request_object_signing_alg_values_supported: CLIENT_ALGS,
		require_signed_request_object: false,
		request_uri_parameter_supported: false,
		authorization_response_iss_parameter_supported: true,
	}
}
