import { and, eq, isNull, sql } from 'drizzle-orm'
import { atomically, type Db, type Statement, schema } from '../../../db/client.ts'
import { type AuditEvent, recordEvent } from '../../audit/index.ts'
import type { Exchange } from '../exchange.ts'

const { accessTokens, refreshTokens } = schema

/**
 * RFC 6749 §4.1.2, RFC 9700 §4.14.2: something of a family came twice, so every token that the code gave dies. Written
 * down once, however often it comes.
 */
export async function endFamily(x: Exchange, codeHash: string, event: AuditEvent): Promise<void> {
	const { db } = x.deps
	const living = sql`(EXISTS (SELECT 1 FROM ${accessTokens} WHERE ${accessTokens.codeHash} = ${codeHash} AND ${accessTokens.endedAt} IS NULL) OR EXISTS (SELECT 1 FROM ${refreshTokens} WHERE ${refreshTokens.codeHash} = ${codeHash} AND ${refreshTokens.endedAt} IS NULL))`
	await atomically(db, [recordEvent(db, x.deps, event, living), ...familyEnds(db, codeHash, x.now)])
}

/** The statements that end a family. @param now ms */
export const familyEnds = (db: Db, codeHash: string, now: number): Statement[] =>
	[accessTokens, refreshTokens].map((table) =>
		db
			.update(table)
			.set({ endedAt: now })
			.where(and(eq(table.codeHash, codeHash), isNull(table.endedAt))),
	)
