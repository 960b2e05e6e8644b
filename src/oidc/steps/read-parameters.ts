import { ProtocolError, untrustedRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/**
 * Query of a GET, form of a POST. RFC 6749 §3.1, §3.2: a parameter without a value counts as left out. What comes twice
 * is kept for `checkRepeated`: whether it may is the client's profile to say, and the client is not known yet. How long
 * a body may be is the app's business (`security.ts`).
 */
export async function readParameters(x: Exchange): Promise<void> {
	const params = new Map<string, string>()
	const repeated: [string, string][] = []
	for (const [name, value] of await source(x)) {
		if (value === '') continue
		if (params.has(name)) repeated.push([name, value])
		else params.set(name, value)
	}
	if (repeated.some(([name, value]) => ALWAYS_ONE.includes(name) && params.get(name) !== value))
		throw untrustedRequest('client_id or redirect_uri comes twice and differs')
	x.params = params
	x.repeated = repeated
}

/** Who asks, and where the answer goes, is never a choice. */
const ALWAYS_ONE = ['client_id', 'redirect_uri']

async function source(x: Exchange): Promise<URLSearchParams> {
	const { request } = x
	if (request.method === 'GET' || request.method === 'HEAD') return new URL(request.url).searchParams
	const type = request.headers.get('content-type') ?? ''
	if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
		throw new ProtocolError('invalid_request', 'the body has to be application/x-www-form-urlencoded', { status: 415 })
	return new URLSearchParams(await request.text())
}
