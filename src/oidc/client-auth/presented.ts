import { decodeJwt } from 'jose'
import { fromUtf8 } from '../../lib/bytes.ts'
import { invalidClient, invalidRequest } from '../errors.ts'
import type { Client, Parameters } from '../wire.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** One way in which a request says who it comes from; nothing of it is proved yet. */
export interface Presented {
	method: Client['authMethod']
	clientId: string
	/** Null where the header is not spelt as RFC 6749 §2.3.1 says. */
	secret?: string | null
	/** The secret of a header as it stands there, for clients that do not form-encode it. */
	secretAsSpelt?: string
	assertion?: string
}

/** All the ways that a request uses: one, for whoever keeps to RFC 6749 §2.3. @throws ProtocolError what is malformed */
export function presentedBy(request: Request, params: Parameters): Presented[] {
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
	if (found.length === 0 && clientId !== undefined) found.push({ method: 'none', clientId })
	if (found.some((each) => each.clientId !== found[0]?.clientId))
		throw invalidRequest('more than one way of client authentication')
	return found
}

/**
 * RFC 6749 §2.3.1: both parts are form-encoded before they are joined, and the whole is base64. Some clients skip the
 * first or use base64url: read here so that their row is found, and refused of all but their profile.
 */
function readBasic(header: string): Presented {
	const encoded = /^Basic ([A-Za-z0-9+/_-]+={0,2})$/i.exec(header)?.[1]
	if (!encoded) throw invalidClient('not a Basic header', true)
	const url = /[_-]/.test(encoded)
	const [id, secret] = splitBasic(encoded, url ? 'base64url' : 'base64')
	const [clientId, decoded] = [formDecoded(id), formDecoded(secret)]
	return {
		method: 'client_secret_basic',
		clientId: clientId ?? id,
		secret: url || clientId === null ? null : decoded,
		secretAsSpelt: secret,
	}
}

function splitBasic(encoded: string, alphabet: 'base64' | 'base64url'): [id: string, secret: string] {
	try {
		const text = fromUtf8(Uint8Array.fromBase64(encoded, { alphabet }))
		const colon = text.indexOf(':')
		if (colon >= 0) return [text.slice(0, colon), text.slice(colon + 1)]
	} catch {
		// Falls through: neither bytes nor text.
	}
	throw invalidClient('Basic whose base64, UTF-8 or colon is broken', true)
}

function formDecoded(part: string): string | null {
	try {
		return decodeURIComponent(part.replaceAll('+', ' '))
	} catch {
		return null
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
