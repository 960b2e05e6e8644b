import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { personal, plain, secret } from '../columns.ts'

/** Officers of registration offices, each bound to one. */
export const officers = sqliteTable('officers', {
	id: plain(text().primaryKey()),
	/** Sealed. */
	name: personal(text().notNull()),
	/** Keyed, of the officer's own citizen number: nobody serves themselves. Null for who joined before it was asked. */
	pidIndex: personal(text()),
	officeCode: plain(text().notNull()),
	role: plain(text({ enum: ['officer', 'registrar'] }).notNull()),
	status: plain(text({ enum: ['active', 'suspended'] }).notNull()),
	createdAt: plain(integer().notNull()),
})

export const officerPasskeys = sqliteTable('officer_passkeys', {
	credentialId: plain(text().primaryKey()),
	officerId: plain(text().notNull()),
	publicKey: plain(text().notNull()),
	algorithm: plain(integer().notNull()),
	signCount: plain(integer().notNull()),
	backupEligible: plain(integer({ mode: 'boolean' }).notNull()),
	backedUp: plain(integer({ mode: 'boolean' }).notNull()),
	/** How firmly the key is bound, as far as can be known. */
	tier: plain(text({ enum: ['attested', 'device-bound', 'browser-bound'] }).notNull()),
	/** JWK of the browser's own key (P-256); only for `browser-bound`. */
	browserKey: plain(text()),
	aaguid: plain(text().notNull()),
	createdAt: plain(integer().notNull()),
	lastUsedAt: plain(integer().notNull()),
	endedAt: plain(integer()),
})

/** One-time links that make an officer. */
export const officerInvitations = sqliteTable('officer_invitations', {
	tokenHash: secret(text().primaryKey()),
	officeCode: plain(text().notNull()),
	role: plain(text({ enum: ['officer', 'registrar'] }).notNull()),
	createdAt: plain(integer().notNull()),
	expiresAt: plain(integer().notNull()),
	consumedBy: plain(text()),
})

export const officerSessions = sqliteTable('officer_sessions', {
	secretHash: secret(text().primaryKey()),
	officerId: plain(text().notNull()),
	credentialId: plain(text().notNull()),
	authenticatedAt: plain(integer().notNull()),
	lastSeenAt: plain(integer().notNull()),
	expiresAt: plain(integer().notNull()),
	endedAt: plain(integer()),
})

/** An officer was called about a lost device, looked the person up and may have suspended the digital ID. */
export const lostCases = sqliteTable(
	'lost_cases',
	{
		id: plain(text().primaryKey()),
		state: plain(text({ enum: ['looked_up', 'suspended'] }).notNull()),
		officerId: plain(text().notNull()),
		officeCode: plain(text().notNull()),
		accountId: plain(text().notNull()),
		/** JSON of facts: how the caller was known, and why. No personal data. */
		evidence: plain(text().notNull()),
		lastAct: plain(text()),
		createdAt: plain(integer().notNull()),
		doneAt: plain(integer()),
	},
	(t) => [index('lost_cases_account').on(t.accountId)],
)

/** Where a job that goes through all rows in small pieces has come to. */
export const jobs = sqliteTable('jobs', {
	name: plain(text().primaryKey()),
	/** The last row that was looked at; empty: from the beginning. */
	cursor: plain(text().notNull()),
	/** The day in Thailand that it was finished for, `YYYY-MM-DD`. */
	doneFor: plain(text().notNull()),
})

/**
 * An enrolment at an office: looked_up → link_issued → opened → done, or cancelled, or ended; or thawed,
 * where the person came with the phone that had been reported lost.
 * It holds a person's data only while it is open; what stays is the evidence of facts.
 */
export const enrolments = sqliteTable(
	'enrolments',
	{
		id: plain(text().primaryKey()),
		state: plain(
			text({ enum: ['looked_up', 'link_issued', 'opened', 'done', 'thawed', 'cancelled', 'ended'] }).notNull(),
		),
		/** A ServiceErrorCode, where it ended. */
		endReason: plain(text()),
		officerId: plain(text().notNull()),
		officeCode: plain(text().notNull()),
		pidIndex: personal(text().notNull()),
		/** Sealed JSON of the AS's answer; emptied at the end. */
		subject: personal(text()),
		tokenHash: secret(text().unique()),
		/** Cookie hash of the phone that opened the link first. */
		phoneHash: secret(text()),
		challenge: secret(text()),
		/** JSON of facts: what was checked, how it came out. No personal data. */
		evidence: plain(text().notNull()),
		accountId: plain(text()),
		lastAct: plain(text()),
		createdAt: plain(integer().notNull()),
		expiresAt: plain(integer().notNull()),
		doneAt: plain(integer()),
	},
	(t) => [
		index('enrolments_officer').on(t.officerId, t.createdAt),
		// What still holds a person's data, by when it must be emptied.
		index('enrolments_held').on(t.expiresAt).where(sql`${t.subject} IS NOT NULL`),
	],
)
