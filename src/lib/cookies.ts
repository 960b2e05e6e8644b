/**
 * The product's cookies: all `__Host-` (RFC 6265bis §4.1.3.2: Secure, Path=/, no Domain), all HttpOnly. What each may
 * do stands in this one table.
 */
interface CookieRule {
	name: `__Host-${string}`
	sameSite: 'Lax' | 'Strict'
	/** Seconds. Chromium keeps no cookie longer than 400 days. */
	maxAge: number
}

const DAYS = 24 * 60 * 60

const RULES = {
	/** Which browser this is: what it began, only it may finish. */
	browser: { name: '__Host-browser', sameSite: 'Lax', maxAge: 400 * DAYS },
	/** `credentialId.secret`: which passkey is this device's own. */
	device: { name: '__Host-device', sameSite: 'Lax', maxAge: 400 * DAYS },
	/** A citizen's session at the provider. */
	session: { name: '__Host-session', sameSite: 'Lax', maxAge: DAYS / 2 },
	/** An officer's session. Strict: nobody arrives at the office console from another site. */
	officer: { name: '__Host-officer', sameSite: 'Strict', maxAge: DAYS / 2 },
} satisfies Record<string, CookieRule>

export type CookieName = keyof typeof RULES

/** The name on the wire, such as `__Host-device`. */
export const cookieName = (cookie: CookieName): string => RULES[cookie].name

/** What the request sends under that name, or null. Nothing is checked: the value is the browser's word. */
export function readCookie(request: Request, cookie: CookieName): string | null {
	const wanted = RULES[cookie].name
	for (const part of (request.headers.get('cookie') ?? '').split(';')) {
		const at = part.indexOf('=')
		if (at > 0 && part.slice(0, at).trim() === wanted) return part.slice(at + 1).trim() || null
	}
	return null
}

/** A Set-Cookie header's value. @param value of base64url letters, dots and underscores only. @throws Error for others. */
export function serialiseCookie(cookie: CookieName, value: string): string {
	if (!/^[\w.~-]+$/.test(value)) throw new Error(`${cookie}: a cookie's value must need no quoting`)
	const { name, sameSite, maxAge } = RULES[cookie]
	return `${name}=${value}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=${sameSite}`
}

/** Adds the cookie to an answer. */
export function setCookie(headers: Headers, cookie: CookieName, value: string): void {
	headers.append('set-cookie', serialiseCookie(cookie, value))
}

/** Tells the browser to forget it. What the value stood for must be ended on the server as well. */
export function clearCookie(headers: Headers, cookie: CookieName): void {
	const { name, sameSite } = RULES[cookie]
	headers.append('set-cookie', `${name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=${sameSite}`)
}
