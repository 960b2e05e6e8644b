import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { hashSecret } from '../../lib/crypto.ts'
import type { Vault } from '../../lib/vault.ts'
import { profileOf } from '../profiles/index.ts'
import type { AuthorizationRequest, Client } from '../wire.ts'
import { sealAsked } from './access-token.ts'
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
export function codeRow(vault: Vault, given: NewCode): CodeRow {
	const { authorization, client } = given
	const hash = hashSecret(given.code)
	return {
		hash,
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
		asked: askedOf(vault, hash, authorization),
		sid: given.sid,
	}
}

/** Null where nothing was asked for beside scopes. Sealed: leave for somebody else to act names them. */
function askedOf(vault: Vault, hash: string, { claims, authorization_details }: AuthorizationRequest): string | null {
	if (claims === undefined && authorization_details === undefined) return null
	return sealAsked(vault, hash, { claims, authorization_details })
}

/** The statement that stores a code. It returns one row exactly where the guard held: where its act happened. */
export function codeStatement({ db, vault }: { db: Db; vault: Vault }, given: NewCode & { guard: SQL }): Statement {
	return insertWhere(db, codes, codeRow(vault, given) as typeof codes.$inferInsert, given.guard, sql`hash`)
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
