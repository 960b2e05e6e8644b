import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/**
 * Headers of every answer. `form-action 'self'` also stops a form's redirect to a relying party, so consent ends by
 * fetch and `location.assign`. The camera is for the page that scans, publickey-credentials for our own origin only.
 */
const CSP = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data: blob:",
	"font-src 'self'",
	"connect-src 'self'",
	"manifest-src 'self'",
	"worker-src 'self'",
	"base-uri 'none'",
	"form-action 'self'",
	"frame-ancestors 'none'",
].join('; ')

export function securityHeaders(issuer: string): MiddlewareHandler {
	const https = issuer.startsWith('https:')
	const common: readonly (readonly [string, string])[] = [
		['content-security-policy', CSP],
		['x-content-type-options', 'nosniff'],
		['referrer-policy', 'no-referrer'],
		['cross-origin-opener-policy', 'same-origin'],
		['x-frame-options', 'DENY'],
		...(https ? ([['strict-transport-security', 'max-age=63072000; includeSubDomains; preload']] as const) : []),
	]
	return async (c, next) => {
		await next()
		const { headers } = c.res
		// A page of its own (a form that goes on to a relying party) brings a policy of its own, as strict.
		for (const [name, value] of common) if (!headers.has(name)) headers.set(name, value)
		headers.set('permissions-policy', c.req.path === '/scan' ? CAMERA_ALLOWED : CAMERA_REFUSED)
		// Who wants an answer to be kept says so; all else may hold what is somebody's own.
		if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
		// Discovery and keys are for every origin; everything else is ours alone.
		if (!headers.has('access-control-allow-origin')) headers.set('cross-origin-resource-policy', 'same-origin')
	}
}

const permissions = (camera: '(self)' | '()') =>
	`camera=${camera}, microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)`
const CAMERA_ALLOWED = permissions('(self)')
const CAMERA_REFUSED = permissions('()')

/** No request of ours is longer; what is, is not read to its end. Bytes */
const MAX_BODY = 64 * 1024

/** A body whose length is announced is not touched: Bun would make a stream of it, which costs more than reading it. */
export const limitBody: MiddlewareHandler = (c, next) => {
	const { method, headers } = c.req.raw
	if (method === 'GET') return next()
	const length = headers.get('content-length')
	if (length === null || headers.has('transfer-encoding')) return limitStream(c, next)
	return Number(length) <= MAX_BODY ? next() : Promise.resolve(tooLong(c))
}

const tooLong = (c: Context): Response =>
	c.req.path.startsWith('/trpc/')
		? refusal(413, 'invalid_input')
		: c.json({ error: 'invalid_request', error_description: 'the body is too long' }, 413)

const limitStream = bodyLimit({ maxSize: MAX_BODY, onError: tooLong })

/**
 * tRPC takes calls of our own pages only: the origin is ours, and a header is there that no form and no foreign page
 * can set without a preflight, which is never answered.
 * @returns the refusal, or null
 */
export function guardRpc(request: Request, issuer: string): Response | null {
	const origin = request.headers.get('origin')
	const site = request.headers.get('sec-fetch-site')
	const foreign = (origin !== null && origin !== issuer) || (site !== null && site !== 'same-origin')
	if (foreign || request.headers.get('x-dopa') !== '1') return refusal(403, 'not_allowed')
	return null
}

const refusal = (status: number, code: string) =>
	Response.json({ error: { message: code, data: { serviceCode: code, detail: {}, httpStatus: status } } }, { status })
