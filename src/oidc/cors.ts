import type { Exchange } from './exchange.ts'

/**
 * Which answers a page of another origin may read (Fetch standard, CORS): those that a relying party needs that lives
 * in a browser. Only a public client does, and only at the origins of its redirect URIs: a secret in a browser is none.
 * No cookie of ours plays a part, so none is let through. Authorize is navigated to and never read.
 */
const PATHS: ReadonlySet<string> = new Set(['/oauth/par', '/oauth/token', '/oauth/userinfo', '/oauth/revoke'])

/** The question before the request, which cannot say yet who the client is. @returns null where it is none */
export function preflight(request: Request, path: string, methods: readonly string[]): Response | null {
	const asks = request.headers.has('origin') && request.headers.has('access-control-request-method')
	if (request.method !== 'OPTIONS' || !asks || !PATHS.has(path)) return null
	return new Response(null, {
		status: 204,
		headers: {
			'access-control-allow-origin': '*',
			'access-control-allow-methods': methods.join(', '),
			'access-control-allow-headers': 'authorization, content-type, dpop',
			'access-control-max-age': '600',
		},
	})
}

/** Lets the page that asked read the answer, where it is the client's own. */
export function readableAcross(x: Exchange, response: Response): Response {
	const origin = x.request.headers.get('origin')
	const { client } = x.found
	// `null` is what every sandbox and every app's own scheme says of itself.
	if (origin === null || origin === 'null' || client?.authMethod !== 'none') return response
	const own = (JSON.parse(client.redirectUris) as string[]).some((uri) => URL.parse(uri)?.origin === origin)
	if (!own) return response
	response.headers.set('access-control-allow-origin', origin)
	response.headers.set('access-control-expose-headers', 'dpop-nonce, www-authenticate')
	response.headers.append('vary', 'origin')
	return response
}
