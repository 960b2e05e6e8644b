/**
 * Who the relying party says it is, and the proof. The method is the registered one and no other (RFC 7591 §2), and a
 * request uses one method only (RFC 6749 §2.3).
 */
import { decodeJwt } from 'jose'
import { fromUtf8 } from '../../lib/bytes.ts'
import { invalidClient, invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { profileOf } from '../profiles/index.ts'
import type { Client, Encryption, Parameters, StoredClient } from '../wire.ts'
import { ASSERTION_TYPE, checkAssertion } from './private-key-jwt.ts'
import { checkSecret } from './secret.ts'

/** A stored row, or the part of one, with its lists read. */
export function readClient<Row extends StoredClient>(stored: Row): Omit<Row, keyof Client> & Client {
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

interface Presented {
	method: Client['authMethod']
	clientId: string
	secret?: string
	assertion?: string
}

/** The client that a request claims to come from, without any proof: only to find its row. */
export function claimedClientId(request: Request, params: Parameters): string | null {
	const presented = presentedBy(request, params)
	return presented?.clientId ?? null
}

export async function authenticateClient(x: Exchange): Promise<void> {
	const presented = presentedBy(x.request, x.params)
	const usedHeader = x.request.headers.has('authorization')
	if (!presented) throw invalidRequest('the client does not say who it is')
	const stored = x.found.client
	if (stored?.status !== 'live') throw invalidClient('unknown or suspended client', usedHeader)
	const client = readClient(stored)
	const profile = profileOf(client)
	if (presented.method !== client.authMethod) throw invalidClient('another method than registered', usedHeader)
	const said = x.params.get('client_id')
	if (said !== undefined && said !== client.id)
		throw invalidClient('client_id contradicts the authentication', usedHeader)
	if (presented.secret !== undefined) checkSecret(client, presented.secret, usedHeader)
	if (presented.assertion !== undefined) x.assertion = await checkAssertion(x, client, profile, presented.assertion)
	x.client = client
	x.profile = profile
}

function presentedBy(request: Request, params: Parameters): Presented | null {
	const found: Presented[] = []
	const header = request.headers.get('authorization')
	if (header !== null) found.push(readBasic(header))
	const clientId = params.get('client_id')
	const secret = params.get('client_secret')
	const assertion = params.get('client_assertion')
	if (secret !== undefined) {
		if (clientId === undefined) throw invalidRequest('client_secret without client_id')
		found.push({ method: 'client_secret_post', clientId, secret })
	}
	if (assertion !== undefined) {
		if (params.get('client_assertion_type') !== ASSERTION_TYPE)
			throw invalidRequest('client_assertion_type is not supported')
		found.push({ method: 'private_key_jwt', clientId: issuerOf(assertion), assertion })
	}
	if (found.length > 1) throw invalidRequest('more than one way of client authentication')
	return found[0] ?? (clientId === undefined ? null : { method: 'none', clientId })
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function readBasic(header: string): Presented {
	const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
	if (!encoded) throw invalidClient('not a Basic header', true)
	try {
		const text = fromUtf8(Uint8Array.fromBase64(encoded))
		const colon = text.indexOf(':')
		if (colon < 0) throw new Error('no colon')
		const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '))
		return {
			method: 'client_secret_basic',
			clientId: decode(text.slice(0, colon)),
			secret: decode(text.slice(colon + 1)),
		}
	} catch {
		throw invalidClient('Basic whose base64, UTF-8, colon or percent-encoding is broken', true)
	}
}

function issuerOf(assertion: string): string {
	try {
		const { sub } = decodeJwt(assertion)
		if (typeof sub === 'string') return sub
	} catch {
		// Falls through: what is no JWT names no client.
	}
	throw invalidClient('client_assertion is no JWT with a sub', false)
}

export { assertionTaken, takeAssertion } from './private-key-jwt.ts'
