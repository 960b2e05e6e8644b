import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { profileOf } from '../profiles/index.ts'
import type { AuthorizationRequest, Client } from '../wire.ts'

export interface NewCode {
	code: string
	client: Client
	authorization: AuthorizationRequest
	accountId: string
	grantId: string
	acr: string
	/** JSON array. */
	amr: string
	/** ms */
	authTime: number
	/** ms */
	now: number
	/** The code exists only if the act that it belongs to happened. */
	guard: SQL
}

/** The statement that stores a code, as a hash. It returns one row exactly where the guard held. */
export function codeStatement({ db }: { db: Db }, given: NewCode): Statement {
	const { authorization, client } = given
	return insertWhere(
		db,
		schema.codes,
		{
			hash: hashSecret(given.code),
			clientId: client.id,
			accountId: given.accountId,
			grantId: given.grantId,
			redirectUri: authorization.redirect_uri,
			scope: authorization.scope.join(' '),
			nonce: authorization.nonce ?? null,
			codeChallenge: authorization.code_challenge ?? null,
			acr: given.acr,
			amr: given.amr,
			authTime: given.authTime,
			expiresAt: given.now + profileOf(client).codeLifetime,
		},
		given.guard,
		sql`hash`,
	)
}
