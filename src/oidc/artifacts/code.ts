import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { profileOf } from '../profiles/index.ts'
import type { Asked, AuthorizationRequest, Client } from '../wire.ts'
import { acrToTell } from './acr.ts'

const { codes } = schema

export interface NewCode {
	code: string
	client: Client
	authorization: AuthorizationRequest
	accountId: string
	grantId: string
	/** How the citizen signed in, and how well they were proofed. */
	acr: string
	ial: string
	/** JSON array. */
	amr: string
	/** ms */
	authTime: number
	/** ms */
	now: number
	/** What the relying party calls the session, or where that is found. */
	sid: string | SQL | null
}

type CodeRow = Omit<typeof codes.$inferSelect, 'sid'> & Pick<NewCode, 'sid'>

/** The row of a code: the code itself is kept as a hash. */
export function codeRow(given: NewCode): CodeRow {
	const { authorization, client } = given
	return {
		hash: hashSecret(given.code),
		clientId: client.id,
		accountId: given.accountId,
		grantId: given.grantId,
		redirectUri: authorization.redirect_uri,
		scope: authorization.scope.join(' '),
		nonce: authorization.nonce ?? null,
		codeChallenge: authorization.code_challenge ?? null,
		acr: acrToTell(given, authorization.acr_values),
		amr: given.amr,
		authTime: given.authTime,
		expiresAt: given.now + profileOf(client).codeLifetime,
		consumedBy: null,
		dpopJkt: authorization.dpop_jkt ?? null,
		resource: authorization.resource ?? null,
		asked: askedOf(authorization),
		sid: given.sid,
	}
}

/** JSON, or null where nothing was asked for beside scopes. */
function askedOf({ claims, authorization_details }: AuthorizationRequest): string | null {
	if (claims === undefined && authorization_details === undefined) return null
	return JSON.stringify({ claims, authorization_details } satisfies Asked)
}

/** The statement that stores a code. It returns one row exactly where the guard held: where its act happened. */
export function codeStatement({ db }: { db: Db }, given: NewCode & { guard: SQL }): Statement {
	return insertWhere(db, codes, codeRow(given) as typeof codes.$inferInsert, given.guard, sql`hash`)
}

/**
 * The same, to be prepared; its placeholders are the fields of `codeRow`.
 * @param sid where the session's name is found, instead of its placeholder
 */
export function codeStatementToPrepare(db: Db, guard: SQL, sid?: SQL): Statement {
	const fields: [string, unknown][] = Object.keys(getTableColumns(codes)).map((field) => [
		field,
		sql.placeholder(field),
	])
	if (sid) fields.push(['sid', sid])
	return insertWhere(db, codes, Object.fromEntries(fields) as typeof codes.$inferInsert, guard, sql`hash`)
}
