import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'
import { firstRow, prepare, type Values } from '../../db/prepared.ts'
import { type Found, owners, type PartName, readParts, rowOf } from './parts.ts'
import { onceFor } from './prepared.ts'

export { type Found, NOTHING_FOUND } from './parts.ts'

const {
	accessTokens,
	accounts,
	clients,
	codes,
	grants,
	pushedRequests,
	refreshTokens,
	resourceServers,
	sessionClients,
	sessions,
} = schema

/** The provider's reads: one statement an endpoint, prepared once for each database. */
const NAMES = {
	client: ['client'],
	par: ['client', 'resource'],
	authorize: ['client', 'session', 'answered', 'standing', 'grant'],
	authorizeWhole: ['client', 'session', 'answered', 'standing', 'grant', 'pushed', 'resource'],
	token: ['client', 'code', 'account', 'resource'],
	refresh: ['client', 'refresh', 'account', 'resource'],
	userinfo: ['token', 'client', 'account'],
	endSession: ['client', 'names', 'session', 'answered'],
	about: ['client', 'token', 'refresh', 'account', 'resource', 'owner'],
} as const satisfies Record<string, readonly PartName[]>

type Authorizing = {
	clientId: string
	sessionHash: string
	/** ms */
	now: number
	idleSince: number
}

export interface Reads {
	client(values: { clientId: string }): Promise<Found>
	par(values: { clientId: string; resource: string }): Promise<Found>
	authorize(values: Authorizing): Promise<Found>
	/** Where the request names a request_uri or a resource server. */
	authorizeWhole(values: Authorizing & { uriHash: string; resource: string }): Promise<Found>
	token(values: { clientId: string; codeHash: string }): Promise<Found>
	refresh(values: { clientId: string; refreshHash: string }): Promise<Found>
	userinfo(values: { tokenHash: string }): Promise<Found>
	endSession(values: { clientId: string; sessionHash: string; now: number; idleSince: number }): Promise<Found>
	/** A client, and a token of either kind that it asks about. */
	about(values: { clientId: string; tokenHash: string }): Promise<Found>
}

export const readsOf = onceFor((db: Db): Reads => {
	const value = sql.placeholder
	const client = db
		.select(rowOf(NAMES.client))
		.from(clients)
		.where(eq(clients.id, value('clientId')))
	const par = db
		.select(rowOf(NAMES.par))
		.from(clients)
		.leftJoin(resourceServers, eq(resourceServers.id, value('resource')))
		.where(eq(clients.id, value('clientId')))
	const authorizing = (names: readonly PartName[]) =>
		db
			.select(rowOf(names))
			.from(clients)
			.leftJoin(
				sessions,
				and(
					eq(sessions.secretHash, value('sessionHash')),
					isNull(sessions.endedAt),
					gt(sessions.expiresAt, value('now')),
					gt(sessions.lastSeenAt, value('idleSince')),
				),
			)
			.leftJoin(
				sessionClients,
				and(eq(sessionClients.sessionHash, sessions.secretHash), eq(sessionClients.clientId, clients.id)),
			)
			.leftJoin(accounts, eq(accounts.id, sessions.accountId))
			.leftJoin(grants, and(eq(grants.accountId, accounts.id), eq(grants.clientId, clients.id), isNull(grants.endedAt)))
	const ofClient = eq(clients.id, value('clientId'))
	// By rowid the newest is found without sorting.
	const newestGrant = sql`${grants}.rowid DESC`
	const authorize = authorizing(NAMES.authorize).where(ofClient).orderBy(newestGrant).limit(1)
	const authorizeWhole = authorizing(NAMES.authorizeWhole)
		.leftJoin(pushedRequests, eq(pushedRequests.uriHash, value('uriHash')))
		// What was pushed says it itself.
		.leftJoin(
			resourceServers,
			eq(resourceServers.id, sql`coalesce(json_extract(${pushedRequests.params}, '$.resource'), ${value('resource')})`),
		)
		.where(ofClient)
		.orderBy(newestGrant)
		.limit(1)
	const token = db
		.select(rowOf(NAMES.token))
		.from(clients)
		.leftJoin(codes, eq(codes.hash, value('codeHash')))
		.leftJoin(accounts, eq(accounts.id, codes.accountId))
		.leftJoin(resourceServers, eq(resourceServers.id, codes.resource))
		.where(eq(clients.id, value('clientId')))
	const refresh = db
		.select(rowOf(NAMES.refresh))
		.from(clients)
		.leftJoin(refreshTokens, eq(refreshTokens.hash, value('refreshHash')))
		.leftJoin(accounts, eq(accounts.id, refreshTokens.accountId))
		.leftJoin(resourceServers, eq(resourceServers.id, refreshTokens.resource))
		.where(eq(clients.id, value('clientId')))
	const userinfo = db
		.select(rowOf(NAMES.userinfo))
		.from(accessTokens)
		.leftJoin(clients, eq(clients.id, accessTokens.clientId))
		.leftJoin(accounts, eq(accounts.id, accessTokens.accountId))
		.where(eq(accessTokens.hash, value('tokenHash')))
	// Nobody need say who asks, and nobody need be signed in.
	const endSession = db
		.select(rowOf(NAMES.endSession))
		.from(sql`(SELECT 1)`)
		.leftJoin(clients, eq(clients.id, value('clientId')))
		.leftJoin(
			sessions,
			and(
				eq(sessions.secretHash, value('sessionHash')),
				isNull(sessions.endedAt),
				gt(sessions.expiresAt, value('now')),
				gt(sessions.lastSeenAt, value('idleSince')),
			),
		)
		.leftJoin(
			sessionClients,
			and(eq(sessionClients.sessionHash, sessions.secretHash), eq(sessionClients.clientId, clients.id)),
		)
	const about = db
		.select(rowOf(NAMES.about))
		.from(clients)
		.leftJoin(accessTokens, eq(accessTokens.hash, value('tokenHash')))
		.leftJoin(refreshTokens, eq(refreshTokens.hash, value('tokenHash')))
		.leftJoin(accounts, sql`${accounts.id} = coalesce(${accessTokens.accountId}, ${refreshTokens.accountId})`)
		.leftJoin(resourceServers, eq(resourceServers.id, accessTokens.resource))
		.leftJoin(owners, sql`${owners.id} = coalesce(${accessTokens.clientId}, ${refreshTokens.clientId})`)
		.where(eq(clients.id, value('clientId')))
	const reading = (names: readonly PartName[], statement: Statement) => {
		const prepared = prepare(db, statement)
		return async (values: Values) => readParts(names, await firstRow(prepared, values))
	}
	return {
		client: reading(NAMES.client, client),
		par: reading(NAMES.par, par),
		authorize: reading(NAMES.authorize, authorize),
		authorizeWhole: reading(NAMES.authorizeWhole, authorizeWhole),
		token: reading(NAMES.token, token),
		refresh: reading(NAMES.refresh, refresh),
		endSession: reading(NAMES.endSession, endSession),
		userinfo: reading(NAMES.userinfo, userinfo),
		about: reading(NAMES.about, about),
	}
})
