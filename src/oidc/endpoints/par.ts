import { type SQL, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { SECOND } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newSecret } from '../../lib/random.ts'
import { tooManyRequests } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { CountedPush } from '../needs.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'
import { pushedPlace, REQUEST_URI_PREFIX } from '../steps/take-pushed-request.ts'

/** FAPI 2.0 §5.3.2.2: less than 600 s. */
const LIFETIME = 90 * SECOND

/**
 * What the steps of an authorization request read. Nothing else is kept: not what proves the client, and not what nobody
 * looks at, since anybody may push in the name of a public client.
 */
const KEPT: ReadonlySet<string> = new Set([
	...['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'nonce', 'response_mode'],
	...['code_challenge', 'code_challenge_method', 'dpop_jkt', 'resource', 'authorization_details'],
	...['prompt', 'max_age', 'acr_values', 'claims', 'id_token_hint', 'login_hint', 'ui_locales', 'display'],
])

/** RFC 9126 §2.2: the request, checked whole, waits under a request_uri that tells nothing. */
export async function pushedAuthorizationRequest(x: Exchange): Promise<Response> {
	const { random, vault } = x.deps
	const client = set(x.client, 'client')
	const requestUri = `${REQUEST_URI_PREFIX}${newSecret(random)}`
	const uriHash = hashSecret(requestUri)
	const { dpop_jkt, resource } = x.authorization
	const params = {
		...Object.fromEntries([...x.params].filter(([name]) => KEPT.has(name))),
		// RFC 9449 §10.1: a proof binds the code as the parameter does.
		...(dpop_jkt === undefined ? {} : { dpop_jkt }),
	}
	// Whoever proves who it is answers for what it pushes.
	const counted = client.authMethod === 'none' ? x.deps.countPush(x.request, client.id) : null
	const rows = await runOnce(x, counted ? countedStore(counted) : store, {
		uriHash,
		clientId: client.id,
		params: JSON.stringify({ sealed: vault.seal(pushedPlace(uriHash), JSON.stringify(params)), resource }),
		expiresAt: x.now + LIFETIME,
	})
	if (counted && rows.at(-1)?.length !== 1) throw tooManyRequests(counted.window / SECOND)
	return Response.json(
		{ request_uri: requestUri, expires_in: LIFETIME / SECOND },
		{ status: 201, headers: { 'cache-control': 'no-store' } },
	)
}

const value = sql.placeholder

const insert = (db: Db, guard: SQL) =>
	db
		.insert(schema.pushedRequests)
		.select(
			sql`SELECT ${value('uriHash')}, ${value('clientId')}, ${value('params')}, ${value('expiresAt')}, NULL WHERE ${guard}`,
		)
		.returning({ uriHash: schema.pushedRequests.uriHash })

const store = oneTimeBatch((db, guard) => [insert(db, guard)])
const countedStore = ({ count, guard: room }: CountedPush) =>
	oneTimeBatch((db, guard) => [count, insert(db, sql`${guard} AND ${room}`)])
