import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
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
	/** JWK Set, for private_key_jwt. */
	jwks: plain(text()),
	idTokenAlg: plain(text({ enum: ['RS256', 'ES256', 'EdDSA', 'PS256'] }).notNull()),
	birthdateFormat: plain(text({ enum: ['buddhist', 'iso'] }).notNull()),
	requirePkce: plain(integer({ mode: 'boolean' }).notNull()),
	/** Whether a session and an earlier consent may answer without asking the citizen again. */
	silent: plain(integer({ mode: 'boolean' }).notNull()),
	/** What pairwise `sub` is made from: clients of one sector see one `sub`. */
	sector: plain(text().notNull()),
	createdAt: plain(integer().notNull()),
})

/** RFC 9126: a pushed authorization request, found by the hash of its request_uri. */
export const pushedRequests = sqliteTable('pushed_requests', {
	uriHash: secret(text().primaryKey()),
	clientId: plain(text().notNull()),
	/** JSON of the request's parameters. */
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
	},
	(t) => [index('access_tokens_code').on(t.codeHash), index('access_tokens_grant').on(t.grantId)],
)

/** Client assertions that were used (RFC 7523 jti), and by which request. */
export const usedAssertions = sqliteTable('used_assertions', {
	/** Hash over client and jti. */
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
