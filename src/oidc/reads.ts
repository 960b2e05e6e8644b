import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import { type Db, schema } from '../../db/client.ts'
import type { Found } from './exchange.ts'
import { onceFor } from './prepared.ts'

const { accessTokens, accounts, clients, codes, grants, pushedRequests, sessions } = schema

/** The provider's reads: one statement an endpoint, prepared once for each database. */
export interface Reads {
	client(values: { clientId: string }): Promise<Partial<Found>>
	authorize(values: {
		clientId: string
		uriHash: string
		sessionHash: string
		now: number
		idleSince: number
	}): Promise<Partial<Found>>
	token(values: { clientId: string; codeHash: string }): Promise<Partial<Found>>
	userinfo(values: { tokenHash: string }): Promise<Partial<Found>>
}

/** Prepared once for each database. */
export const readsOf = onceFor(prepareReads)

function prepareReads(db: Db): Reads {
	const value = sql.placeholder
	const client = db
		.select({ client: clients })
		.from(clients)
		.where(eq(clients.id, value('clientId')))
		.prepare()
	const authorize = db
		.select({ client: clients, pushed: pushedRequests, session: sessions, account: accounts, grant: grants })
		.from(clients)
		.leftJoin(pushedRequests, eq(pushedRequests.uriHash, value('uriHash')))
		.leftJoin(
			sessions,
			and(
				eq(sessions.secretHash, value('sessionHash')),
				isNull(sessions.endedAt),
				gt(sessions.expiresAt, value('now')),
				gt(sessions.lastSeenAt, value('idleSince')),
			),
		)
		.leftJoin(accounts, eq(accounts.id, sessions.accountId))
		.leftJoin(grants, and(eq(grants.accountId, accounts.id), eq(grants.clientId, clients.id), isNull(grants.endedAt)))
		.where(eq(clients.id, value('clientId')))
		.orderBy(desc(grants.createdAt))
		.limit(1)
		.prepare()
	const token = db
		.select({ client: clients, code: codes, account: accounts })
		.from(clients)
		.leftJoin(codes, eq(codes.hash, value('codeHash')))
		.leftJoin(accounts, eq(accounts.id, codes.accountId))
		.where(eq(clients.id, value('clientId')))
		.prepare()
	const userinfo = db
		.select({ token: accessTokens, client: clients, account: accounts })
		.from(accessTokens)
		.leftJoin(clients, eq(clients.id, accessTokens.clientId))
		.leftJoin(accounts, eq(accounts.id, accessTokens.accountId))
		.where(eq(accessTokens.hash, value('tokenHash')))
		.prepare()
	return {
		client: async (values) => (await client.get(values)) ?? {},
		authorize: async (values) => (await authorize.get(values)) ?? {},
		token: async (values) => (await token.get(values)) ?? {},
		userinfo: async (values) => (await userinfo.get(values)) ?? {},
	}
}
