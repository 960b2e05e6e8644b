import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import type { Exchange } from '../exchange.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'
import { type Recorded, recordedValues, selectEvent } from './recorded.ts'

const { accessTokens, codes, events, grants, refreshTokens } = schema

export interface Spending extends Recorded {
	codeHash: string
	tokenHash: string
	tokenScope: string
	/** ms */
	tokenExpiresAt: number
	/** Thumbprint of the key that the access token is bound to. */
	jkt: string | null
	/** Where one is given. */
	refresh: { hash: string; jkt: string | null; expiresAt: number } | null
}

/**
 * The batch of the code grant: the JWTs are taken, the code spent, the tokens stored, the event written down. A batch
 * does not stop where a guard changed nothing, so each statement repeats what must have happened before it.
 * @returns whether the code was there to be spent
 */
export async function spendCode(x: Exchange, s: Spending): Promise<boolean> {
	const [spent] = await runOnce(x, s.refresh ? withRefresh : plain, {
		...recordedValues(x, s),
		codeHash: s.codeHash,
		tokenHash: s.tokenHash,
		tokenScope: s.tokenScope,
		tokenExpiresAt: s.tokenExpiresAt,
		jkt: s.jkt,
		refreshHash: s.refresh?.hash,
		refreshJkt: s.refresh?.jkt,
		refreshExpiresAt: s.refresh?.expiresAt,
	})
	return spent?.length === 1
}

const value = sql.placeholder

/** A grant that ended between code and token (a new device, a withdrawn consent) gives nothing any more. */
const grantAlive = sql`EXISTS (SELECT 1 FROM ${grants} WHERE ${grants.id} = ${codes.grantId} AND ${grants.endedAt} IS NULL)`
const spentByThisAct = sql`${codes.hash} = ${value('codeHash')} AND ${codes.consumedBy} = ${value('act')}`

const spend = (db: Db, guard: SQL) =>
	db
		.update(codes)
		.set({ consumedBy: sql`${value('act')}` })
		.where(
			and(
				eq(codes.hash, value('codeHash')),
				isNull(codes.consumedBy),
				gt(codes.expiresAt, value('now')),
				grantAlive,
				guard,
			),
		)
		.returning({ hash: codes.hash })

const storeAccess = (db: Db) =>
	db
		.insert(accessTokens)
		.select(
			sql`SELECT ${value('tokenHash')}, client_id, account_id, grant_id, hash, ${value('tokenScope')}, ${value('tokenExpiresAt')}, NULL, ${value('jkt')}, resource, asked FROM ${codes} WHERE ${spentByThisAct}`,
		)

const storeRefresh = (db: Db) =>
	db
		.insert(refreshTokens)
		.select(
			sql`SELECT ${value('refreshHash')}, client_id, account_id, grant_id, hash, scope, acr, amr, auth_time, ${value('refreshJkt')}, resource, asked, sid, ${value('refreshExpiresAt')}, NULL, NULL, NULL FROM ${codes} WHERE ${spentByThisAct}`,
		)

const writeDown = (db: Db) => db.insert(events).select(selectEvent(sql`${codes} WHERE ${spentByThisAct}`))

const plain = oneTimeBatch((db, guard) => [spend(db, guard), storeAccess(db), writeDown(db)])
const withRefresh = oneTimeBatch((db, guard) => [spend(db, guard), storeAccess(db), storeRefresh(db), writeDown(db)])
