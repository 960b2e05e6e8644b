import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { personal, plain, secret } from '../columns.ts'

/**
 * A sign-in under way: an authorization request that waits in one browser, and the phone that answers it.
 * pending → scanned → approved → collected, or declined, or ended.
 */
export const signIns = sqliteTable(
	'sign_ins',
	{
		id: plain(text().primaryKey()),
		clientId: plain(text().notNull()),
		/** JSON of the checked authorization request. */
		request: personal(text().notNull()),
		state: plain(text({ enum: ['pending', 'scanned', 'approved', 'declined', 'ended', 'collected'] }).notNull()),
		/** Why it ended: a ServiceErrorCode. */
		endReason: plain(text()),
		/** The waiting browser's cookie, as a hash. */
		browserHash: secret(text().notNull()),
		/** Sealed JSON {network, place, browser, os, kind}: what the phone is told about the waiting browser. */
		askedFrom: personal(text().notNull()),
		path: plain(text({ enum: ['qr', 'this-device'] })),
		/** Frames made before this instant do not count, ms. Null until a QR is shown. */
		qrFrom: plain(integer()),
		/** Cookie hash of the browser that scanned first. */
		scannerHash: secret(text()),
		scannedAt: plain(integer()),
		/** JSON [n, n, n], two digits each; one of them stands on the waiting screen. */
		numbers: plain(text()),
		number: plain(integer()),
		accountId: plain(text()),
		/** WebAuthn challenge of the next decision, once. */
		challenge: secret(text()),
		/** Sealed JSON: what the AS answered at inspection. */
		snapshot: personal(text()),
		snapshotAt: plain(integer()),
		acr: plain(text()),
		amr: plain(text()),
		grantId: plain(text()),
		/** The act that moved it last: lets a retry see that it was its own. */
		lastAct: plain(text()),
		createdAt: plain(integer().notNull()),
		/** To be scanned or begun until; after the scan, to be decided until. ms */
		expiresAt: plain(integer().notNull()),
		decidedAt: plain(integer()),
	},
	(t) => [
		index('sign_ins_account').on(t.accountId),
		// The sweep empties what is over.
		index('sign_ins_to_empty').on(t.expiresAt).where(sql`${t.snapshot} IS NOT NULL`),
	],
)

/** WebAuthn challenges outside a sign-in: unlocking the card, an officer's sign-in. */
export const challenges = sqliteTable('challenges', {
	/** Hash of the challenge. */
	hash: secret(text().primaryKey()),
	purpose: plain(text({ enum: ['unlock', 'own-act', 'officer-join', 'officer-sign-in'] }).notNull()),
	/** The browser's cookie, as a hash: a challenge is answered where it was asked. */
	browserHash: secret(text().notNull()),
	expiresAt: plain(integer().notNull()),
	consumedBy: plain(text()),
})

/** A card that its holder shows to somebody beside them: a link for one look, which lives a minute. */
export const cardChecks = sqliteTable(
	'card_checks',
	{
		id: plain(text().primaryKey()),
		/** Hash of what the link carries. */
		tokenHash: secret(text().notNull()),
		accountId: plain(text().notNull()),
		/** The passkey that had unlocked the card: with its end nothing is shown any more. */
		credentialId: plain(text().notNull()),
		createdAt: plain(integer().notNull()),
		expiresAt: plain(integer().notNull()),
		checkedAt: plain(integer()),
		/** The run of the act that looked: lets a repeated call see that it was its own. */
		checkedBy: plain(text()),
	},
	(t) => [uniqueIndex('card_checks_token').on(t.tokenHash), index('card_checks_account').on(t.accountId)],
)

/** What a mutating call answered, by its idempotency key: a commit whose answer was lost is answered again. */
export const acts = sqliteTable('acts', {
	/** Hash over key and actor. */
	key: plain(text().primaryKey()),
	procedure: plain(text().notNull()),
	inputHash: secret(text().notNull()),
	/** Sealed JSON. */
	outcome: personal(text().notNull()),
	expiresAt: plain(integer().notNull()),
})

/** Counters of what can be guessed or flooded: one row a key and window. */
export const throttles = sqliteTable('throttles', {
	key: plain(text().primaryKey()),
	count: plain(integer().notNull()),
	expiresAt: plain(integer().notNull()),
})
