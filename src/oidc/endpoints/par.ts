import { sql } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { SECOND } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newSecret } from '../../lib/random.ts'
import { type Exchange, set } from '../exchange.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'
import { pushedPlace, REQUEST_URI_PREFIX } from '../steps/take-pushed-request.ts'

/** FAPI 2.0 §5.3.2.2: less than 600 s. */
const LIFETIME = 90 * SECOND

/** What authenticates the client or is not part of the authorization request is not kept. */
const NOT_KEPT = ['client_secret', 'client_assertion', 'client_assertion_type']

/** RFC 9126 §2.2: the request, checked whole, waits under a request_uri that tells nothing. */
export async function pushedAuthorizationRequest(x: Exchange): Promise<Response> {
	const { random, vault } = x.deps
	const client = set(x.client, 'client')
	const requestUri = `${REQUEST_URI_PREFIX}${newSecret(random)}`
	const uriHash = hashSecret(requestUri)
	const { dpop_jkt, resource } = x.authorization
	const params = {
		...Object.fromEntries([...x.params].filter(([name]) => !NOT_KEPT.includes(name))),
		// RFC 9449 §10.1: a proof binds the code as the parameter does.
		...(dpop_jkt === undefined ? {} : { dpop_jkt }),
	}
	await runOnce(x, store, {
		uriHash,
		clientId: client.id,
		params: JSON.stringify({ sealed: vault.seal(pushedPlace(uriHash), JSON.stringify(params)), resource }),
		expiresAt: x.now + LIFETIME,
	})
	return Response.json(
		{ request_uri: requestUri, expires_in: LIFETIME / SECOND },
		{ status: 201, headers: { 'cache-control': 'no-store' } },
	)
}

const value = sql.placeholder

const store = oneTimeBatch((db, guard) => [
	db
		.insert(schema.pushedRequests)
		.select(
			sql`SELECT ${value('uriHash')}, ${value('clientId')}, ${value('params')}, ${value('expiresAt')}, NULL WHERE ${guard}`,
		),
])
