import { and, desc, eq, getTableColumns, gt, isNull, type SQL, sql } from 'drizzle-orm'
import { alias, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Db, schema } from '../../db/client.ts'
import { onceFor } from './prepared.ts'

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

const owners = alias(clients, 'owner')

/**
 * The provider's reads: one statement an endpoint, prepared once for each database. A row travels as one JSON text:
 * the embedded driver takes longer to hand over six columns one by one than to find the row.
 */
const PARTS = {
	client: part(clients, [
		'id',
		'profile',
		'status',
		'redirectUris',
		'scopes',
		'authMethod',
		'secretHash',
		'jwks',
		'jwksUri',
		'idTokenAlg',
		'idTokenEncryption',
		'userinfoAlg',
		'userinfoEncryption',
		'authorizationAlg',
		'requestObjectAlg',
		'requireRequestObject',
		'birthdateFormat',
		'requirePkce',
		'silent',
		'sector',
		'pidAsSubject',
		'grantTypes',
		'dpopBound',
		'authorizationDetailsTypes',
		'postLogoutRedirectUris',
		'backchannelLogoutUri',
	]),
	/** The client as citizens know it. */
	names: part(clients, ['id', 'nameTh', 'nameEn', 'domain']),
	pushed: part(pushedRequests, ['uriHash', 'clientId', 'params', 'expiresAt', 'consumedBy']),
	session: part(sessions, ['secretHash', 'accountId', 'acr', 'amr', 'authenticatedAt', 'lastSeenAt', 'kind']),
	/** What this relying party has had of the session. */
	answered: part(sessionClients, ['sid', 'endedAt']),
	/** How the account of the session stands. */
	standing: part(accounts, ['id', 'status', 'snapshotAt', 'pidIndex', 'ial']),
	/** The account whose claims are given. */
	account: part(accounts, ['id', 'status', 'pidIndex', 'snapshot', 'ial']),
	grant: part(grants, ['id', 'scope']),
	code: part(codes, [
		'hash',
		'clientId',
		'accountId',
		'grantId',
		'redirectUri',
		'scope',
		'nonce',
		'codeChallenge',
		'acr',
		'amr',
		'authTime',
		'expiresAt',
		'consumedBy',
		'dpopJkt',
		'resource',
		'asked',
		'sid',
	]),
	token: part(accessTokens, [
		'hash',
		'clientId',
		'grantId',
		'codeHash',
		'scope',
		'expiresAt',
		'endedAt',
		'jkt',
		'resource',
		'asked',
	]),
	refresh: part(refreshTokens, [
		'hash',
		'clientId',
		'accountId',
		'grantId',
		'codeHash',
		'scope',
		'acr',
		'amr',
		'authTime',
		'jkt',
		'resource',
		'asked',
		'sid',
		'expiresAt',
		'replacedAt',
		'replacedBy',
		'endedAt',
	]),
	/** The resource server that a request, a code or a token is for. */
	resource: part(resourceServers, ['id', 'clientId', 'accessTokenAlg', 'scopes', 'status']),
	/** Whose token it is that somebody asks about. */
	owner: part(owners, ['id', 'profile', 'status', 'sector', 'pidAsSubject']),
}

type Parts = typeof PARTS

/** What the one read brought. Each part is null where the endpoint does not ask for it or the row is not there. */
export type Found = { [P in keyof Parts]: ReturnType<Parts[P]['read']> }

export const NOTHING_FOUND: Found = {
	client: null,
	names: null,
	pushed: null,
	session: null,
	answered: null,
	standing: null,
	account: null,
	grant: null,
	code: null,
	token: null,
	refresh: null,
	resource: null,
	owner: null,
}

interface Part<Row> {
	json: SQL
	read(values: readonly unknown[]): Row | null
}

/** Some columns of a table, its key first: a row that was not joined has none. */
function part<T extends SQLiteTable, K extends keyof T['$inferSelect'] & string>(
	table: T,
	keys: readonly K[],
): Part<Pick<T['$inferSelect'], K>> {
	const all: Record<string, { mapFromDriverValue(value: unknown): unknown }> = getTableColumns(table)
	const columns = keys.map((key) => all[key])
	return {
		json: sql`json_array(${sql.join(columns, sql`, `)})`,
		read(values) {
			if (values[0] === null) return null
			const read = (value: unknown, i: number) => (value === null ? null : columns[i]?.mapFromDriverValue(value))
			return Object.fromEntries(values.map((value, i) => [keys[i], read(value, i)])) as Pick<T['$inferSelect'], K>
		},
	}
}

const NAMES = {
	client: ['client'],
	par: ['client', 'resource'],
	authorize: ['client', 'pushed', 'session', 'answered', 'standing', 'grant', 'resource'],
	token: ['client', 'code', 'account', 'resource'],
	refresh: ['client', 'refresh', 'account', 'resource'],
	userinfo: ['token', 'client', 'account'],
	endSession: ['client', 'names', 'session', 'answered'],
	about: ['client', 'token', 'refresh', 'account', 'resource', 'owner'],
} as const satisfies Record<string, readonly (keyof Parts)[]>

const rowOf = (names: readonly (keyof Parts)[]) => ({
	row: sql<string>`json_array(${sql.join(
		names.map((name) => PARTS[name].json),
		sql`, `,
	)})`,
})

function readParts(names: readonly (keyof Parts)[], found: { row: string } | undefined): Found {
	if (!found) return NOTHING_FOUND
	const values = JSON.parse(found.row) as unknown[][]
	return { ...NOTHING_FOUND, ...Object.fromEntries(names.map((name, i) => [name, PARTS[name].read(values[i] ?? [])])) }
}

export interface Reads {
	client(values: { clientId: string }): Promise<Found>
	par(values: { clientId: string; resource: string }): Promise<Found>
	authorize(values: {
		clientId: string
		uriHash: string
		resource: string
		sessionHash: string
		now: number
		idleSince: number
	}): Promise<Found>
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
		.prepare()
	const par = db
		.select(rowOf(NAMES.par))
		.from(clients)
		.leftJoin(resourceServers, eq(resourceServers.id, value('resource')))
		.where(eq(clients.id, value('clientId')))
		.prepare()
	const authorize = db
		.select(rowOf(NAMES.authorize))
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
		.leftJoin(
			sessionClients,
			and(eq(sessionClients.sessionHash, sessions.secretHash), eq(sessionClients.clientId, clients.id)),
		)
		.leftJoin(accounts, eq(accounts.id, sessions.accountId))
		.leftJoin(grants, and(eq(grants.accountId, accounts.id), eq(grants.clientId, clients.id), isNull(grants.endedAt)))
		// What was pushed says it itself.
		.leftJoin(
			resourceServers,
			eq(resourceServers.id, sql`coalesce(json_extract(${pushedRequests.params}, '$.resource'), ${value('resource')})`),
		)
		.where(eq(clients.id, value('clientId')))
		.orderBy(desc(grants.createdAt))
		.limit(1)
		.prepare()
	const token = db
		.select(rowOf(NAMES.token))
		.from(clients)
		.leftJoin(codes, eq(codes.hash, value('codeHash')))
		.leftJoin(accounts, eq(accounts.id, codes.accountId))
		.leftJoin(resourceServers, eq(resourceServers.id, codes.resource))
		.where(eq(clients.id, value('clientId')))
		.prepare()
	const refresh = db
		.select(rowOf(NAMES.refresh))
		.from(clients)
		.leftJoin(refreshTokens, eq(refreshTokens.hash, value('refreshHash')))
		.leftJoin(accounts, eq(accounts.id, refreshTokens.accountId))
		.leftJoin(resourceServers, eq(resourceServers.id, refreshTokens.resource))
		.where(eq(clients.id, value('clientId')))
		.prepare()
	const userinfo = db
		.select(rowOf(NAMES.userinfo))
		.from(accessTokens)
		.leftJoin(clients, eq(clients.id, accessTokens.clientId))
		.leftJoin(accounts, eq(accounts.id, accessTokens.accountId))
		.where(eq(accessTokens.hash, value('tokenHash')))
		.prepare()
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
		.prepare()
	const about = db
		.select(rowOf(NAMES.about))
		.from(clients)
		.leftJoin(accessTokens, eq(accessTokens.hash, value('tokenHash')))
		.leftJoin(refreshTokens, eq(refreshTokens.hash, value('tokenHash')))
		.leftJoin(accounts, sql`${accounts.id} = coalesce(${accessTokens.accountId}, ${refreshTokens.accountId})`)
		.leftJoin(resourceServers, eq(resourceServers.id, accessTokens.resource))
		.leftJoin(owners, sql`${owners.id} = coalesce(${accessTokens.clientId}, ${refreshTokens.clientId})`)
		.where(eq(clients.id, value('clientId')))
		.prepare()
	return {
		client: async (values) => readParts(NAMES.client, await client.get(values)),
		par: async (values) => readParts(NAMES.par, await par.get(values)),
		authorize: async (values) => readParts(NAMES.authorize, await authorize.get(values)),
		token: async (values) => readParts(NAMES.token, await token.get(values)),
		refresh: async (values) => readParts(NAMES.refresh, await refresh.get(values)),
		endSession: async (values) => readParts(NAMES.endSession, await endSession.get(values)),
		userinfo: async (values) => readParts(NAMES.userinfo, await userinfo.get(values)),
		about: async (values) => readParts(NAMES.about, await about.get(values)),
	}
})
