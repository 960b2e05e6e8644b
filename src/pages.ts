import type { Context } from 'hono'
import { Hono } from 'hono'
import { browserOf } from './authn/index.ts'
import type { Random } from './lib/random.ts'

/** The built front end: a file of `dist/web` by its path, or null where there is none. */
export type Assets = (path: string, request: Request) => Promise<Response | null>

/** Route → page. Every page is a file of the build; what a page shows is its own router's business. */
const PAGES = {
	'/': '/index.html',
	'/sign-in/:id': '/sign-in.html',
	'/q': '/phone.html',
	'/enrol': '/enrol.html',
	'/card': '/app.html',
	'/inbox': '/app.html',
	'/scan': '/app.html',
	'/office': '/office.html',
	'/office/join': '/office.html',
} as const

const HTML_FILE = /\.html$/

/**
 * Pages and their files. Every page sets the browser's own cookie before any act, so that an act whose answer was lost
 * can be asked for again.
 */
export function createPages({ assets, random }: { assets: Assets; random: Random }): Hono {
	const app = new Hono()
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
	app.get('*', async (c) => {
		const { pathname } = new URL(c.req.url)
		// A page is reached by its route, never as a file.
		const file = HTML_FILE.test(pathname) ? null : await assets(pathname, c.req.raw)
		if (!file) return notFound(c)
		const headers = new Headers(file.headers)
		headers.set(
			'cache-control',
			pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
		)
		return new Response(file.body, { status: file.status, headers })
	})
	return app
}

const notFound = (c: Context) => c.text('404: there is no such page · ไม่พบหน้านี้\n', 404)
