import { defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

/**
 * Six pages, each an entry of its own, so that a phone that only signs in loads nothing of the office or the card.
 * The server maps routes to these files; PAGES is that map for the development server.
 */
const PAGES: readonly [route: RegExp, html: string][] = [
	[/^\/sign-in\/[^/]+$/, '/sign-in.html'],
	[/^\/q$/, '/phone.html'],
	[/^\/enrol$/, '/enrol.html'],
	[/^\/(card|inbox|scan)$/, '/app.html'],
	[/^\/office(\/join)?$/, '/office.html'],
]

const API = process.env.DEV_API ?? 'http://localhost:8787'

export default defineConfig({
	root: 'web',
	publicDir: 'static',
	plugins: [
		solid(),
		preloadLinks(),
		{
			name: 'page-routes',
			configureServer(server) {
				server.middlewares.use((request, _response, next) => {
					const path = (request.url ?? '').split('?')[0] ?? ''
					const page = PAGES.find(([route]) => route.test(path))
					if (page) request.url = page[1]
					next()
				})
			},
		},
	],
	build: {
		outDir: '../dist/web',
		emptyOutDir: true,
		// `font-src 'self'` and `img-src 'self' data:`: nothing is inlined, so that each file is cached for itself.
		assetsInlineLimit: 0,
		// Vite's own preloading brings a kilobyte of script with it; `preloadLinks` writes plain links instead.
		modulePreload: false,
		rolldownOptions: {
			input: ['index', 'sign-in', 'phone', 'enrol', 'app', 'office'].map((name) => `web/${name}.html`),
		},
	},
	server: {
		proxy: {
			'/trpc': API,
			'/oauth': API,
			'/.well-known': API,
			'^/sign-in/[^/]+/(events|poll)$': API,
			'^/office/cases/': API,
		},
	},
})

/** Names in each page's head the chunks that its script imports, and the Thai fonts, so that all are fetched at once. */
function preloadLinks(): Plugin {
	return {
		name: 'preload-links',
		transformIndexHtml: {
			order: 'post',
			handler(_html, { bundle, chunk }) {
				const chunks = (chunk?.imports ?? []).map((file) => ({
					rel: 'modulepreload',
					crossorigin: '',
					href: `/${file}`,
				}))
				const fonts = Object.keys(bundle ?? {})
					.filter((file) => /sarabun-thai-.+\.woff2$/.test(file))
					.map((file) => ({ rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${file}` }))
				return [...chunks, ...fonts].map((attrs) => ({ tag: 'link', attrs, injectTo: 'head' as const }))
			},
		},
	}
}
