import { ProtocolError, untrustedRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/**
 * Query of a GET, form of a POST. RFC 6749 §3.1, §3.2: a parameter without a value counts as left out, and none may
 * come twice. How long a body may be is the app's business (`security.ts`).
 */
export async function readParameters(x: Exchange): Promise<void> {
	x.params = toParameters(await source(x))
}

async function source(x: Exchange): Promise<URLSearchParams> {
	const { request } = x
	if (request.method === 'GET' || request.method === 'HEAD') return new URL(request.url).searchParams
	const type = request.headers.get('content-type') ?? ''
	if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
		throw new ProtocolError('invalid_request', 'the body has to be application/x-www-form-urlencoded', { status: 415 })
	return new URLSearchParams(await request.text())
}

function toParameters(pairs: URLSearchParams): Map<string, string> {
	const params = new Map<string, string>()
	for (const [name, value] of pairs) {
		if (value === '') continue
		if (params.has(name)) throw untrustedRequest('a parameter is repeated')
		params.set(name, value)
	}
	return params
}
