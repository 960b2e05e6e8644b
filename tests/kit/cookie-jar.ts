/**
 * What a browser keeps of cookies (RFC 6265bis §5.6, §5.7): `__Host-` and `__Secure-` rules, Path, Max-Age, Expires.
 * SameSite is kept to be looked at and is not applied.
 */
export interface Cookie {
	name: string
	value: string
	host: string
	path: string
	/** ms; null = until the browser closes. */
	expiresAt: number | null
	secure: boolean
	httpOnly: boolean
	sameSite: string | null
}

export interface Jar {
	header(url: URL): string
	matching(url: URL): Cookie[]
	store(url: URL, setCookies: string[]): void
	clear(): void
}

/** @param now the jar's time, ms */
export function createJar(now: () => number): Jar {
	const cookies = new Map<string, Cookie>()
	const matching = (url: URL): Cookie[] =>
		[...cookies.values()].filter(
			(cookie) =>
				cookie.host === url.hostname &&
				pathMatches(cookie.path, url.pathname) &&
				(!cookie.secure || isTrustworthy(url)) &&
				(cookie.expiresAt === null || cookie.expiresAt > now()),
		)
	return {
		matching,
		header: (url) =>
			matching(url)
				.map(({ name, value }) => `${name}=${value}`)
				.join('; '),
		store(url, setCookies) {
			for (const text of setCookies) {
				const cookie = parseSetCookie(text, url, now())
				if (!cookie) continue
				const key = `${cookie.host}\n${cookie.path}\n${cookie.name}`
				cookies.delete(key)
				if (cookie.expiresAt === null || cookie.expiresAt > now()) cookies.set(key, cookie)
			}
		},
		clear: () => cookies.clear(),
	}
}

/** RFC 6265bis §5.6 and §5.7, without Domain: a cookie that asks for one is kept for its own host alone. @returns null where a browser would refuse it. */
function parseSetCookie(text: string, url: URL, now: number): Cookie | null {
	const [pair = '', ...attributes] = text.split(';')
	const equals = pair.indexOf('=')
	if (equals < 1) return null
	const name = pair.slice(0, equals).trim()
	const given = new Map(
		attributes.map((attribute) => {
			const [key = '', ...value] = attribute.split('=')
			return [key.trim().toLowerCase(), value.join('=').trim()] as const
		}),
	)
	const path = given.get('path')
	const secure = given.has('secure')
	if (secure && !isTrustworthy(url)) return null
	if (name.startsWith('__Host-') && (!secure || path !== '/' || given.has('domain'))) return null
	if (name.startsWith('__Secure-') && !secure) return null
	return {
		name,
		value: pair.slice(equals + 1).trim(),
		host: url.hostname,
		path: path?.startsWith('/') ? path : defaultPath(url.pathname),
		expiresAt: expiryOf(given.get('max-age'), given.get('expires'), now),
		secure,
		httpOnly: given.has('httponly'),
		sameSite: given.get('samesite') ?? null,
	}
}

function expiryOf(maxAge: string | undefined, expires: string | undefined, now: number): number | null {
	if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1_000
	const at = expires === undefined ? Number.NaN : Date.parse(expires)
	return Number.isNaN(at) ? null : at
}

const defaultPath = (pathname: string): string => pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')))

const pathMatches = (cookiePath: string, pathname: string): boolean =>
	pathname === cookiePath || pathname.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`)

/** Browsers let Secure cookies live on loopback without TLS. */
const isTrustworthy = (url: URL): boolean =>
	url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
