import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { personal, plain, secret } from '../columns.ts'

/** Relying parties. Lists are JSON arrays. */
export const clients = sqliteTable('clients', {
	id: plain(text().primaryKey()),
	profile: plain(text({ enum: ['oidc', 'fapi2', 'thaid-v2'] }).notNull()),
	status: plain(text({ enum: ['live', 'suspended'] }).notNull()),
	nameTh: plain(text().notNull()),
	nameEn: plain(text().notNull()),
	/** Host that citizens are shown, such as `www.rd.go.th`. */
	domain: plain(text().notNull()),
	purposeTh: plain(text().notNull()),
	purposeEn: plain(text().notNull()),
	redirectUris: plain(text().notNull()),
	scopes: plain(text().notNull()),
	authMethod: plain(text({ enum: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] }).notNull()),
	/** SHA-256 of a random secret of 256 bits. */
	secretHash: secret(text()),
	/** JWK Set: the keys of private_key_jwt and of request objects, and those that answers are encrypted to. */
	jwks: plain(text()),
	/** Where the keys are fetched from instead. */
	jwksUri: plain(text()),
	idTokenAlg: plain(text({ enum: ['RS256', 'ES256', 'EdDSA', 'PS256'] }).notNull()),
	/** JSON {alg, enc}: OpenID Connect Registration §2 id_token_encrypted_response_alg and _enc. */
	idTokenEncryption: plain(text()),
	/** userinfo_signed_response_alg; null: plain JSON. */
	userinfoAlg: plain(text({ enum: ['RS256', 'ES256', 'EdDSA', 'PS256'] })),
	/** JSON {alg, enc}. */
	userinfoEncryption: plain(text()),
	/** JARM §4 authorization_signed_response_alg; null: as the id_token. */
	authorizationAlg: plain(text({ enum: ['RS256', 'ES256', 'EdDSA', 'PS256'] })),
	/** RFC 9101 §10.5 request_object_signing_alg; null: whatever the profile takes. */
	requestObjectAlg: plain(text()),
	/** RFC 9101 §10.5 require_signed_request_object. */
	requireRequestObject: plain(integer({ mode: 'boolean' }).notNull().default(false)),
	birthdateFormat: plain(text({ enum: ['buddhist', 'iso'] }).notNull()),
	requirePkce: plain(integer({ mode: 'boolean' }).notNull()),
	/** Whether a session and an earlier consent may answer without asking the citizen again. */
	silent: plain(integer({ mode: 'boolean' }).notNull()),
	/** What pairwise `sub` is made from: clients of one sector see one `sub`. */
	sector: plain(text().notNull()),
	/** Whether `sub` is the PID: only under `thaid-v2`, for an agency approved for it. */
	pidAsSubject: plain(integer({ mode: 'boolean' }).notNull().default(false)),
	/** JSON array. */
	grantTypes: plain(text().notNull().default('["authorization_code"]')),
	/** RFC 9449 §5.2 dpop_bound_access_tokens. */
	dpopBound: plain(integer({ mode: 'boolean' }).notNull().default(false)),
	/** JSON array: authorization_details types that it may ask for (RFC 9396 §10). */
	authorizationDetailsTypes: plain(text().notNull().default('[]')),
	/** JSON array; OpenID Connect RP-Initiated Logout §3. */
	postLogoutRedirectUris: plain(text().notNull().default('[]')),
	/** OpenID Connect Back-Channel Logout §2.2. */
	backchannelLogoutUri: plain(text()),
	createdAt: plain(integer().notNull()),
})

/** Resource servers that access tokens can be meant for (RFC 8707). They get RFC 9068 JWTs, and may introspect. */
export const resourceServers = sqliteTable('resource_servers', {
	/** The resource indicator: an absolute URI. */
	id: plain(text().primaryKey()),
	/** The client by whose credentials it introspects; null: it reads the JWTs itself. */
	clientId: plain(text()),
	accessTokenAlg: plain(text({ enum: ['RS256', 'ES256', 'EdDSA', 'PS256'] }).notNull()),
	/** JSON array: what tokens for it may be good for. */
	scopes: plain(text().notNull()),
	status: plain(text({ enum: ['live', 'suspended'] }).notNull()),
	createdAt: plain(integer().notNull()),
})

/** RFC 9126: a pushed authorization request, found by the hash of its request_uri. */
export const pushedRequests = sqliteTable('pushed_requests', {
	uriHash: secret(text().primaryKey()),
	clientId: plain(text().notNull()),
	/** JSON {sealed, resource?}: the request's parameters, and beside them the one that a read looks for. */
	params: personal(text().notNull()),
	expiresAt: plain(integer().notNull()),
	consumedBy: plain(text()),
})

/** What a citizen has let one relying party see. */
export const grants = sqliteTable(
	'grants',
	{
		id: plain(text().primaryKey()),
		accountId: plain(text().notNull()),
		clientId: plain(text().notNull()),
		/** Space-separated. */
		scope: plain(text().notNull()),
		signInId: plain(text().notNull()),
		createdAt: plain(integer().notNull()),
		endedAt: plain(integer()),
	},
	(t) => [index('grants_account').on(t.accountId, t.clientId)],
)

/** RFC 6749 §4.1.2: 60 seconds, once. */
export const codes = sqliteTable(
	'codes',
	{
		hash: secret(text().primaryKey()),
		clientId: plain(text().notNull()),
		accountId: plain(text().notNull()),
		grantId: plain(text().notNull()),
		redirectUri: plain(text().notNull()),
		scope: plain(text().notNull()),
		nonce: plain(text()),
		codeChallenge: plain(text()),
		acr: plain(text().notNull()),
		amr: plain(text().notNull()),
		authTime: plain(integer().notNull()),
		expiresAt: plain(integer().notNull()),
		consumedBy: plain(text()),
		/** RFC 9449 §10: thumbprint of the key that has to come with the code. */
		dpopJkt: plain(text()),
		/** RFC 8707: the one resource server that the access token is for. */
		resource: plain(text()),
		/** Sealed JSON `Asked`, by the family: the claims parameter and authorization_details, as far as they were granted. */
		asked: personal(text()),
		/** The relying party's name for the session (OpenID Connect Back-Channel Logout §2.1). */
		sid: plain(text()),
	},
	(t) => [index('codes_grant').on(t.grantId)],
)

export const accessTokens = sqliteTable(
	'access_tokens',
	{
		hash: secret(text().primaryKey()),
		clientId: plain(text().notNull()),
		accountId: plain(text().notNull()),
		grantId: plain(text().notNull()),
		codeHash: secret(text().notNull()),
		scope: plain(text().notNull()),
		expiresAt: plain(integer().notNull()),
		endedAt: plain(integer()),
		/** RFC 9449 §6: thumbprint of the key it is bound to. */
		jkt: plain(text()),
		resource: plain(text()),
		/** The same as the code's: it matters to userinfo and introspection. */
		asked: personal(text()),
	},
	(t) => [index('access_tokens_code').on(t.codeHash), index('access_tokens_grant').on(t.grantId)],
)

/**
 * Refresh tokens. A family is what one code gave: it is named by the code's hash, and ends as a whole when a replaced
 * token comes back after its grace.
 */
export const refreshTokens = sqliteTable(
	'refresh_tokens',
	{
		hash: secret(text().primaryKey()),
		clientId: plain(text().notNull()),
		accountId: plain(text().notNull()),
		grantId: plain(text().notNull()),
		codeHash: secret(text().notNull()),
		scope: plain(text().notNull()),
		acr: plain(text().notNull()),
		amr: plain(text().notNull()),
		authTime: plain(integer().notNull()),
		jkt: plain(text()),
		resource: plain(text()),
		asked: personal(text()),
		sid: plain(text()),
		/** ms; the family's, not the token's: rotating does not prolong it. */
		expiresAt: plain(integer().notNull()),
		/** ms; when a newer one took its place. */
		replacedAt: plain(integer()),
		replacedBy: plain(text()),
		endedAt: plain(integer()),
	},
	(t) => [index('refresh_tokens_code').on(t.codeHash), index('refresh_tokens_grant').on(t.grantId)],
)

/** Which relying parties a session has answered: whom its end is told, and whom a session of a QR may answer silently. */
export const sessionClients = sqliteTable(
	'session_clients',
	{
		/** The relying party's name for the session: random, so that two of them cannot compare. */
		sid: plain(text().primaryKey()),
		sessionHash: secret(text().notNull()),
		clientId: plain(text().notNull()),
		accountId: plain(text().notNull()),
		createdAt: plain(integer().notNull()),
		endedAt: plain(integer()),
	},
	(t) => [
		uniqueIndex('session_clients_one').on(t.sessionHash, t.clientId),
		index('session_clients_account').on(t.accountId),
	],
)

/** Logout tokens to be delivered, and how that went: the relying party can read its own. Named by `sid`: no end is told twice. */
export const logoutDeliveries = sqliteTable(
	'logout_deliveries',
	{
		id: plain(text().primaryKey()),
		clientId: plain(text().notNull()),
		accountId: plain(text().notNull()),
		sid: plain(text().notNull()),
		state: plain(text({ enum: ['waiting', 'delivered', 'given_up'] }).notNull()),
		attempts: plain(integer().notNull()),
		/** ms; not tried again before. */
		nextAt: plain(integer().notNull()),
		/** HTTP status of the last answer, or a word for why there was none. */
		lastOutcome: plain(text()),
		createdAt: plain(integer().notNull()),
		settledAt: plain(integer()),
	},
	(t) => [
		index('logout_deliveries_due').on(t.nextAt).where(sql`${t.state} = 'waiting'`),
		index('logout_deliveries_client').on(t.clientId, t.createdAt),
	],
)

/** JWTs that were used (jti of RFC 7523 assertions and RFC 9449 proofs), and by which request. */
export const usedAssertions = sqliteTable('used_assertions', {
	/** Hash over client or key, and jti. */
	key: plain(text().primaryKey()),
	usedBy: plain(text().notNull()),
	expiresAt: plain(integer().notNull()),
})

/** The provider's own signing keys. */
export const signingKeys = sqliteTable('signing_keys', {
	kid: plain(text().primaryKey()),
	alg: plain(text({ enum: ['RS256', 'ES256', 'EdDSA', 'PS256'] }).notNull()),
	publicJwk: plain(text().notNull()),
	/** Sealed JWK. */
	privateJwk: secret(text().notNull()),
	/** Signs from here on, ms; published before. */
	activeFrom: plain(integer().notNull()),
	/** Signs no more from here on; still published until `retiredAt`. */
	activeUntil: plain(integer()),
	createdAt: plain(integer().notNull()),
})
