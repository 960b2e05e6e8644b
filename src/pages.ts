import type { Context } from 'hono'
import { Hono } from 'hono'
import { browserOf } from './authn/index.ts'
import type { Random } from './lib/random.ts'

/** The built front end: a file of `dist/web` by its path (nothing in it percent-encoded), or null where there is none. */
export type Assets = (path: string, request: Request) => Promise<Response | null>

interface PagesNeeds {
	assets: Assets
	random: Random
	errorPage(request: Request, error: { error: string; description: string; status: number }): Response
}

/** Route → page. Every page is a file of the build; what a page shows is its own router's business. */
const PAGES = {
	'/': '/index.html',
	'/sign-in/:id': '/sign-in.html',
	'/q': '/phone.html',
	'/enrol': '/enrol.html',
	'/card': '/app.html',
	'/inbox': '/app.html',
	'/scan': '/app.html',
	'/manage': '/life.html',
	'/lost': '/life.html',
	'/check': '/check.html',
	'/office': '/office.html',
	'/office/join': '/office.html',
} as const

const HTML_FILE = /\.html$/i

/**
 * Pages and their files. Every page sets the browser's own cookie before any act, so that an act whose answer was lost
 * can be asked for again.
 */
export function createPages({ assets, random, errorPage }: PagesNeeds): Hono {
	const app = new Hono()
	const notFound = ({ req: { raw } }: Context) =>
		errorPage(raw, { error: 'not_found', description: 'there is no such page', status: 404 })
	for (const [route, file] of Object.entries(PAGES))
		app.get(route, async (c) => {
			const page = await assets(file, c.req.raw)
			if (!page) return notFound(c)
			const headers = new Headers(page.headers)
			headers.set('content-type', 'text/html; charset=utf-8')
			headers.set('cache-control', 'no-store')
			for (const [name, value] of browserOf(c.req.raw, random).headers) headers.append(name, value)
			return new Response(page.body, { headers })
		})
	// The citizen's app as its service worker keeps it: the page alone, no cookie, for whomever.
	app.get('/shell', async (c) => {
		const page = await assets(PAGES['/card'], c.req.raw)
		if (!page) return notFound(c)
		const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' }
		return new Response(page.body, { headers })
	})
	app.get('*', async (c) => {
		const pathname = decoded(new URL(c.req.url).pathname)
		// A page is reached by its route, never as a file.
		const file = pathname === null || HTML_FILE.test(pathname) ? null : await assets(pathname, c.req.raw)
		if (pathname === null || !file) return notFound(c)
		const headers = new Headers(file.headers)
		headers.set('cache-control', keptFor(pathname))
		return new Response(file.body, { status: file.status, headers })
	})
	return app
}

/** A service worker that was kept would keep a whole app from being renewed. */
function keptFor(pathname: string): string {
	if (pathname === '/sw.js') return 'no-cache'
	return pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'
}

/** A path without percent-encoding; null where that is broken. */
function decoded(pathname: string): string | null {
	try {
		return decodeURIComponent(pathname)
	} catch {
		return null
	}
}
