import { Column, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { alias, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { schema } from '../../db/client.ts'

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

/** The clients once more, where one asks about the token of another. */
export const owners = alias(clients, 'owner')

/**
 * The parts that a read of the provider is put together from, each some columns of a table. A row travels as one JSON
 * text: the embedded driver takes longer to hand over six columns one by one than to find the row.
 */
const PARTS = {
	client: readOnce(
		part(clients, [
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
	),
	/** The client as citizens know it. */
	names: part(clients, ['id', 'nameTh', 'nameEn', 'domain']),
	pushed: part(pushedRequests, ['uriHash', 'clientId', 'params', 'expiresAt', 'consumedBy']),
	session: part(sessions, ['secretHash', 'accountId', 'acr', 'amr', 'authenticatedAt', 'lastSeenAt', 'kind']),
	/** What this relying party has had of the session. */
	answered: part(sessionClients, ['sid', 'endedAt']),
	/** How the account of the session stands. */
	standing: part(accounts, ['id', 'status', 'snapshotAt', 'pidIndex', 'ial']),
	/** The account whose claims are given. */
	account: part(accounts, ['id', 'status', 'pidIndex', 'ial'], 'snapshot'),
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
export type PartName = keyof Parts

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
	read(text: string): Row | null
}

/**
 * Some columns of a table, its key first: a row that was not joined has none.
 * @param long a text of some kB that holds no control character: it travels behind the others as it stands
 */
function part<
	T extends SQLiteTable,
	K extends keyof T['$inferSelect'] & string,
	L extends keyof T['$inferSelect'] & string = never,
>(table: T, keys: readonly K[], long?: L): Part<Pick<T['$inferSelect'], K | L>> {
	type Row = Pick<T['$inferSelect'], K | L>
	const all: Record<string, Column> = getTableColumns(table)
	const columns = keys.map((key) => all[key])
	// What was not joined is not spelt out.
	const array = sql`iif(${columns[0]} IS NULL, '[null]', json_array(${sql.join(columns, sql`, `)}))`
	// Texts and numbers are what they are; only what the database keeps otherwise has to be read.
	const kept = columns.map((column) => column?.mapFromDriverValue !== Column.prototype.mapFromDriverValue)
	return {
		json: long ? sql`${array} || char(31) || coalesce(${all[long]}, '')` : array,
		read(text) {
			if (text.startsWith('[null')) return null
			const end = long ? text.indexOf(BEFORE_LONG) : text.length
			const values = JSON.parse(text.slice(0, end)) as unknown[]
			const row: Record<string, unknown> = {}
			for (let i = 0; i < keys.length; i++) {
				const value = values[i]
				row[keys[i] as K] = kept[i] && value !== null ? columns[i]?.mapFromDriverValue(value) : value
			}
			if (long) row[long] = text.slice(end + 1)
			return row as Row
		},
	}
}

const MAX_KEPT = 500

/** A part that is the same at request after request: read once for each text that the database gives. */
function readOnce<Row extends object>({ json, read }: Part<Row>): Part<Row> {
	const known = new Map<string, Row>()
	return {
		json,
		read(text) {
			let row = known.get(text) ?? null
			if (row !== null) return row
			row = read(text)
			if (row === null) return null
			if (known.size >= MAX_KEPT) known.clear()
			// Many requests hold the same one.
			known.set(text, Object.freeze(row))
			return row
		},
	}
}

/** Between a part's array and the text behind it. */
const BEFORE_LONG = '\u001f'

/** Between the parts of a row. JSON spells a control character otherwise (RFC 8259 §7), so no part holds it. */
const SEPARATOR = '\u001e'

/** What a statement selects. */
export const rowOf = (names: readonly PartName[]) => ({
	row: sql<string>`${sql.join(
		names.map((name) => PARTS[name].json),
		sql` || char(30) || `,
	)}`,
})

/** What it brought. */
export function readParts(names: readonly PartName[], found: ArrayLike<unknown> | undefined): Found {
	if (!found) return NOTHING_FOUND
	const texts = String(found[0]).split(SEPARATOR)
	const read: Record<string, unknown> = { ...NOTHING_FOUND }
	for (const [i, name] of names.entries()) read[name] = PARTS[name].read(texts[i] ?? '[null]')
	return read as Found
}
