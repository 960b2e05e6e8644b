import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import type { Exchange } from '../exchange.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'
import { type Recorded, recordedValues, selectEvent } from './recorded.ts'

const { accessTokens, events, grants, refreshTokens } = schema

export interface Use extends Recorded {
	refreshHash: string
	/** Hash of the token that takes its place; null where it stays. */
	nextHash: string | null
	/** ms; one that was replaced since then still answers. */
	graceFrom: number
	tokenHash: string
	tokenScope: string
	/** ms */
	tokenExpiresAt: number
	jkt: string | null
}

/**
 * The batch of a refresh: the JWTs are taken, the access token stored, the refresh token replaced, the event written
 * down. Its one guard stands in the first of these; the access token is this request's alone, so that it is there is
 * what the later ones ask.
 * @returns whether the refresh token answered
 */
export async function useRefresh(x: Exchange, { event, ...values }: Use): Promise<boolean> {
	const batch = values.nextHash === null ? keep : rotate
	const [stored] = await runOnce(x, batch, { ...recordedValues(x, { event }), ...values })
	return stored?.length === 1
}

const value = sql.placeholder

const grantAlive = sql`EXISTS (SELECT 1 FROM ${grants} WHERE ${grants.id} = ${refreshTokens.grantId} AND ${grants.endedAt} IS NULL)`
/** Not replaced yet, or a moment ago by the same successor. */
const inItsPlace = sql`(${refreshTokens.replacedAt} IS NULL OR (${refreshTokens.replacedAt} >= ${value('graceFrom')} AND ${refreshTokens.replacedBy} = ${value('nextHash')}))`
const byThisAct = sql`EXISTS (SELECT 1 FROM ${accessTokens} WHERE ${accessTokens.hash} = ${value('tokenHash')})`

const storeAccess = (db: Db, guard: ReturnType<typeof and>) =>
	db
		.insert(accessTokens)
		.select(
			sql`SELECT ${value('tokenHash')}, client_id, account_id, grant_id, code_hash, ${value('tokenScope')}, ${value('tokenExpiresAt')}, NULL, ${value('jkt')}, resource, asked FROM ${refreshTokens} WHERE ${and(
				eq(refreshTokens.hash, value('refreshHash')),
				isNull(refreshTokens.endedAt),
				gt(refreshTokens.expiresAt, value('now')),
				inItsPlace,
				grantAlive,
				guard,
			)}`,
		)
		.returning({ hash: accessTokens.hash })

const replace = (db: Db) => [
	db
		.update(refreshTokens)
		.set({
			replacedAt: sql`coalesce(${refreshTokens.replacedAt}, ${value('now')})`,
			replacedBy: sql`${value('nextHash')}`,
		})
		.where(and(eq(refreshTokens.hash, value('refreshHash')), byThisAct)),
	// Whoever repeats the old one within its grace finds it there.
	db
		.insert(refreshTokens)
		.select(
			sql`SELECT ${value('nextHash')}, client_id, account_id, grant_id, code_hash, scope, acr, amr, auth_time, jkt, resource, asked, sid, expires_at, NULL, NULL, NULL FROM ${refreshTokens} WHERE ${eq(refreshTokens.hash, value('refreshHash'))} AND ${byThisAct}`,
		)
		.onConflictDoNothing(),
]

const writeDown = (db: Db) =>
	db.insert(events).select(selectEvent(sql`${accessTokens} WHERE ${accessTokens.hash} = ${value('tokenHash')}`))

const keep = oneTimeBatch((db, guard) => [storeAccess(db, guard), writeDown(db)])
const rotate = oneTimeBatch((db, guard) => [storeAccess(db, guard), ...replace(db), writeDown(db)])
