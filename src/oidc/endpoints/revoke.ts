import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { tokensRevoked } from '../../audit/index.ts'
import { revokedBody } from '../dialect.ts'
import { type Exchange, set } from '../exchange.ts'
import { recordedValues, selectEvent } from '../grants/recorded.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'

const { accessTokens, events, refreshTokens } = schema

/**
 * RFC 7009: a client gives its token back. With a refresh token all ends that its code gave (§2.1). Of a token that is
 * unknown or another's nothing is said: the answer is the same (§2.2).
 */
export async function revoke(x: Exchange): Promise<Response> {
	const { token, refresh, account } = x.found
	const clientId = set(x.client, 'client').id
	const accountId = account?.id ?? ''
	if (token?.clientId === clientId)
		await runOnce(x, oneAccessToken, {
			...recordedValues(x, { event: tokensRevoked({ clientId, accountId, kind: 'access_token' }) }),
			tokenHash: token.hash,
		})
	else if (refresh?.clientId === clientId)
		await runOnce(x, wholeFamily, {
			...recordedValues(x, { event: tokensRevoked({ clientId, accountId, kind: 'family' }) }),
			...{ tokenHash: refresh.hash, codeHash: refresh.codeHash },
		})
	else if (x.assertion) await runOnce(x, nothing, {})
	// JSON: some clients refuse what is text/plain.
	return Response.json(revokedBody(x), { headers: { 'cache-control': 'no-store' } })
}

const value = sql.placeholder

/** Before the token ends: what has ended already is not written down again. */
const writeDown = (db: Db, table: typeof accessTokens | typeof refreshTokens, guard: ReturnType<typeof and>) =>
	db
		.insert(events)
		.select(selectEvent(sql`${table} WHERE ${and(eq(table.hash, value('tokenHash')), isNull(table.endedAt), guard)}`))

const end = (db: Db, table: typeof accessTokens | typeof refreshTokens, which: ReturnType<typeof and>) =>
	db
		.update(table)
		.set({ endedAt: sql`${value('now')}` })
		.where(and(which, isNull(table.endedAt)))

const nothing = oneTimeBatch(() => [])
const oneAccessToken = oneTimeBatch((db, guard) => [
	writeDown(db, accessTokens, guard),
	end(db, accessTokens, and(eq(accessTokens.hash, value('tokenHash')), guard)),
])
const wholeFamily = oneTimeBatch((db, guard) => [
	writeDown(db, refreshTokens, guard),
	end(db, accessTokens, and(eq(accessTokens.codeHash, value('codeHash')), guard)),
	end(db, refreshTokens, and(eq(refreshTokens.codeHash, value('codeHash')), guard)),
])
