import type { SQL } from 'drizzle-orm'
import type { Db, Statement } from '../../db/client.ts'
import type { Clock } from '../lib/clock.ts'
import type { Outbound } from '../lib/outbound.ts'
import type { Random } from '../lib/random.ts'
import type { Vault } from '../lib/vault.ts'
import type { KeyRing } from './artifacts/keys.ts'
import type { AuthorizationRequest } from './wire.ts'

/** What the provider needs from the rooms to its right; `app.ts` ties it. */
export interface OidcNeeds {
	/** The hash of the request's session cookie, or null. Only reads the header. */
	sessionHash(request: Request): string | null
	/**
	 * An authorization request has to wait for its citizen: the statements that store it, and where the browser goes.
	 * Nothing is written here; the caller puts the statements into its one batch.
	 */
	startSignIn(request: Request, authorization: AuthorizationRequest): StartedSignIn
	/**
	 * Counts a request that is pushed by a client that proves nothing, so that nobody fills the table in its name: for the
	 * batch that keeps it.
	 */
	countPush(request: Request, clientId: string): CountedPush
	/**
	 * A person sees an error that may not travel to a redirect URI.
	 * @param error.ui_locales as the request wished it
	 * @param error.about what it was to be, where it was not signing in
	 */
	errorPage(
		request: Request,
		error: {
			error: string
			description: string
			status: number
			ui_locales?: string | undefined
			about?: 'sign-out'
		},
	): Response
	/** Relying parties are to be told of a session's end: now rather than at the next round. */
	tellClients(): void
	/** A line of the log: an error's private detail. Never a value of the request. */
	log(event: string, fields: Record<string, string | number>): void
}

export interface StartedSignIn {
	statements: Statement[]
	/** What came of it, by the rows of those statements: null where it waits, else when there is room again, ms. */
	fullUntil(rows: readonly unknown[][]): number | null
	location: string
	headers: [string, string][]
}

export interface CountedPush {
	count: Statement
	/** Holds for what follows the count in its batch, where there is room. */
	guard: SQL
	/** ms; where there was none, there is again by then at the latest. */
	window: number
}

export interface OidcDeps extends OidcNeeds {
	db: Db
	vault: Vault
	clock: Clock
	random: Random
	/** Origin, no trailing slash. From settings, never from a Host header. */
	issuer: string
	keys: KeyRing
	/** Asks addresses that relying parties registered. */
	outbound: Outbound
	/** ms; sessions idle longer answer nothing silently. */
	sessionIdle: number
	/** ms; the oldest answer of the AS that a silent sign-in may reuse. */
	silentSnapshotAge: number
}
