/**
 * Who the relying party says it is, and the proof. The method is the registered one and no other (RFC 7591 §2), and a
 * request uses one method only (RFC 6749 §2.3); the one exception is a line of the profile (`secretByEither`).
 */
import { invalidClient, invalidRequest, unauthorizedClient } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { type Profile, profileOf } from '../profiles/index.ts'
import type { Client, Encryption, Parameters, StoredClient } from '../wire.ts'
import { type Presented, presentedBy } from './presented.ts'
import { checkAssertion } from './private-key-jwt.ts'
import { checkSecret } from './secret.ts'

export { KeysUnavailable, keysOfClient, verifyByClient } from './client-keys.ts'

const read = new WeakMap<StoredClient, Client>()

/** A stored row, or the part of one, with its lists read: once for each row that the database gave. */
export function readClient<Row extends StoredClient>(stored: Row): Omit<Row, keyof Client> & Client {
	let client = read.get(stored)
	if (!client) {
		client = Object.freeze(withLists(stored))
		read.set(stored, client)
	}
	return client as Omit<Row, keyof Client> & Client
}

function withLists(stored: StoredClient): Client {
	return {
		...stored,
		redirectUris: JSON.parse(stored.redirectUris) as string[],
		scopes: JSON.parse(stored.scopes) as string[],
		grantTypes: JSON.parse(stored.grantTypes) as string[],
		authorizationDetailsTypes: JSON.parse(stored.authorizationDetailsTypes) as string[],
		postLogoutRedirectUris: JSON.parse(stored.postLogoutRedirectUris) as string[],
		idTokenEncryption: stored.idTokenEncryption === null ? null : (JSON.parse(stored.idTokenEncryption) as Encryption),
		userinfoEncryption:
			stored.userinfoEncryption === null ? null : (JSON.parse(stored.userinfoEncryption) as Encryption),
	}
}

/**
 * The profile of a client whose row fits it. A row that was edited by hand is refused, not served more laxly.
 * @throws ProtocolError unauthorized_client
 */
export function profileOfFit(client: Client): Profile {
	const profile = profileOf(client)
	if (!profile.authMethods.includes(client.authMethod))
		throw unauthorizedClient('this client is registered with a way of authentication that its profile does not know')
	return profile
}

/** The client that a request claims to come from, without any proof: only to find its row. */
export function claimedClientId(request: Request, params: Parameters): string | null {
	return presentedBy(request, params)[0]?.clientId ?? null
}

export async function authenticateClient(x: Exchange): Promise<void> {
	const presented = presentedBy(x.request, x.params)
	const usedHeader = x.request.headers.has('authorization')
	const [first] = presented
	if (!first) throw invalidRequest('the client does not say who it is')
	const stored = x.found.client
	const known = stored?.status === 'live' ? readClient(stored) : null
	const profile = known ? profileOfFit(known) : null
	if (presented.length > 1 && !(profile?.secretByEither && presented.every(isBySecret)))
		throw invalidRequest('more than one way of client authentication')
	if (!known || !profile) throw invalidClient('unknown or suspended client', usedHeader)
	const said = x.params.get('client_id')
	if (said !== undefined && said !== known.id)
		throw invalidClient('client_id contradicts the authentication', usedHeader)
	for (const each of presented) await prove(x, known, profile, each)
	x.client = known
	x.profile = profile
}

const isBySecret = ({ method }: { method: Client['authMethod'] }): boolean =>
	method === 'client_secret_basic' || method === 'client_secret_post'

async function prove(x: Exchange, client: Client, profile: Profile, presented: Presented): Promise<void> {
	const usedHeader = presented.method === 'client_secret_basic'
	const either = profile.secretByEither && isBySecret(presented) && isBySecret({ method: client.authMethod })
	if (presented.method !== client.authMethod && !either)
		throw invalidClient('another method than registered', usedHeader)
	if (presented.secret !== undefined) checkSecret(client, secretsOf(presented, profile), usedHeader)
	if (presented.assertion !== undefined) x.assertion = await checkAssertion(x, client, profile, presented.assertion)
}

/** What may be the secret: as the RFC spells it, and under a lenient profile as it stands. */
function secretsOf({ secret, secretAsSpelt }: Presented, { secretByEither }: Profile): string[] {
	return [secret, secretByEither ? secretAsSpelt : null].filter((each) => each !== null && each !== undefined)
}
