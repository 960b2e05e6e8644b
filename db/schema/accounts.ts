import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { personal, plain, secret } from '../columns.ts'

/** A citizen's digital ID. At most one that has not ended for one PID. */
export const accounts = sqliteTable(
	'accounts',
	{
		id: plain(text().primaryKey()),
		/** Keyed hash of the PID: how an account is found. */
		pidIndex: personal(text().notNull()),
		/** Sealed JSON: the person and the card as the AS last answered. */
		snapshot: personal(text().notNull()),
		/** When the AS last answered, ms. */
		snapshotAt: plain(integer().notNull()),
		status: plain(text({ enum: ['active', 'suspended', 'ended'] }).notNull()),
		/** A code of `accounts/lifecycle.ts`; null while active. */
		statusReason: plain(text()),
		ial: plain(text().notNull()),
		/** The enrolment that made the present device. */
		enrolmentId: plain(text().notNull()),
		createdAt: plain(integer().notNull()),
		updatedAt: plain(integer().notNull()),
	},
	(t) => [uniqueIndex('accounts_one_per_person').on(t.pidIndex).where(sql`${t.status} <> 'ended'`)],
)

/** Passkeys of citizens. One that has not ended for an account: one device at a time. */
export const passkeys = sqliteTable(
	'passkeys',
	{
		/** The WebAuthn credential id, base64url. */
		credentialId: plain(text().primaryKey()),
		accountId: plain(text().notNull()),
		/** COSE key, base64url. */
		publicKey: plain(text().notNull()),
		algorithm: plain(integer().notNull()),
		signCount: plain(integer().notNull()),
		backupEligible: plain(integer({ mode: 'boolean' }).notNull()),
		backedUp: plain(integer({ mode: 'boolean' }).notNull()),
		/** How firmly the key is bound, as far as can be known. */
		tier: plain(text({ enum: ['attested', 'device-bound', 'browser-bound'] }).notNull()),
		/** JWK of the browser's own key (P-256); only for `browser-bound`. */
		browserKey: plain(text()),
		transports: plain(text().notNull()),
		aaguid: plain(text().notNull()),
		createdAt: plain(integer().notNull()),
		lastUsedAt: plain(integer().notNull()),
		endedAt: plain(integer()),
		endedReason: plain(text()),
	},
	(t) => [uniqueIndex('passkeys_one_per_account').on(t.accountId).where(sql`${t.endedAt} IS NULL`)],
)

/** The 8-digit PIN: HMAC(pepper, PBKDF2(PIN)), and the count of errors. */
export const pins = sqliteTable('pins', {
	accountId: plain(text().primaryKey()),
	hash: secret(text().notNull()),
	salt: secret(text().notNull()),
	iterations: plain(integer().notNull()),
	pepperVersion: plain(integer().notNull()),
	/** Errors since the last right one, those under way counted as errors. */
	failures: plain(integer().notNull()),
	/** No attempt is evaluated before this instant, ms. */
	nextTryAt: plain(integer().notNull()),
	/** Set by the tenth error: only a new enrolment helps. */
	disabledAt: plain(integer()),
	/** The reservation that was made last. */
	attempt: plain(text()),
	updatedAt: plain(integer().notNull()),
})

/** What a browser keeps to know which passkey is its own: a cookie's secret, as a hash. */
export const devices = sqliteTable(
	'devices',
	{
		secretHash: secret(text().primaryKey()),
		accountId: plain(text().notNull()),
		credentialId: plain(text().notNull()),
		createdAt: plain(integer().notNull()),
		lastUsedAt: plain(integer().notNull()),
		endedAt: plain(integer()),
	},
	(t) => [index('devices_account').on(t.accountId)],
)

/** A citizen signed in to the provider itself, in one browser. */
export const sessions = sqliteTable(
	'sessions',
	{
		secretHash: secret(text().primaryKey()),
		accountId: plain(text().notNull()),
		credentialId: plain(text().notNull()),
		acr: plain(text().notNull()),
		/** JSON array. */
		amr: plain(text().notNull()),
		authenticatedAt: plain(integer().notNull()),
		lastSeenAt: plain(integer().notNull()),
		expiresAt: plain(integer().notNull()),
		endedAt: plain(integer()),
		/**
		 * `own`: the passkey answered in this browser, so it may open the card and answer any relying party. `desk`: a QR's
		 * waiting browser, which may be a public one: it answers only those that it has answered before.
		 */
		kind: plain(
			text({ enum: ['own', 'desk'] })
				.notNull()
				.default('own'),
		),
	},
	(t) => [index('sessions_account').on(t.accountId)],
)
