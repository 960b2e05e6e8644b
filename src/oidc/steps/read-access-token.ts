import { missingToken, severalTokens } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

const HEADER = /^(Bearer|DPoP) ([A-Za-z0-9\-._~+/]+=*)$/i
const BODY = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * RFC 6750 §2.1 and §2.2, RFC 9449 §7.1: by the Authorization header, or as a form's field. Never by the query, where
 * logs would have it (RFC 9700 §4.3.2), and in one way only.
 */
export async function readAccessToken(x: Exchange): Promise<void> {
	const header = x.request.headers.get('authorization')
	const inBody = isForm(x.request) ? new URLSearchParams(await x.request.text()).getAll('access_token') : []
	if (inBody.length > (header === null ? 1 : 0)) throw severalTokens()
	if (header === null) {
		const [token = ''] = inBody
		if (!BODY.test(token)) throw missingToken()
		x.presented = { scheme: 'Bearer', token }
		return
	}
	const [, scheme, token] = HEADER.exec(header) ?? []
	if (!scheme || !token) throw missingToken()
	x.presented = { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token }
}

const isForm = ({ method, headers }: Request): boolean =>
	method === 'POST' && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers.get('content-type') ?? '')
