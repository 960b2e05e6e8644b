import { createHash } from 'node:crypto'
import { defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

/**
 * Seven pages, each an entry of its own, so that a phone that only signs in loads nothing of the office or the card.
 * The server maps routes to these files; PAGES is that map for the development server.
 */
const PAGES: readonly [route: RegExp, html: string][] = [
	[/^\/sign-in\/[^/]+$/, '/sign-in.html'],
	[/^\/q$/, '/phone.html'],
	[/^\/enrol$/, '/enrol.html'],
	[/^\/(card|inbox|scan)$/, '/app.html'],
	[/^\/(manage|lost)$/, '/life.html'],
	[/^\/check$/, '/check.html'],
	[/^\/office(\/join)?$/, '/office.html'],
]

// What is built is what people get, whoever builds: with NODE_ENV=test or =development Solid would come as its own debugger.
if (process.argv.includes('build')) process.env.NODE_ENV = 'production'

const API = process.env.DEV_API ?? 'http://localhost:8787'

export default defineConfig({
	root: 'web',
	publicDir: 'static',
	plugins: [
		solid(),
		fontLinks(),
		appShell(),
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
		modulePreload: { polyfill: false },
		rolldownOptions: {
			// A slow machine is no news to whoever starts the product on it.
			checks: { pluginTimings: false },
			// What a page does not use of the rooms' index files does not come with it.
			treeshake: { moduleSideEffects: (id) => !/\/web\/(ui|lib|words)\/.+\.tsx?$|\/@simplewebauthn\//.test(id) },
			input: [
				...['index', 'sign-in', 'phone', 'enrol', 'app', 'life', 'check', 'office'].map((name) => `web/${name}.html`),
				'web/worker/sw.ts',
			],
			// A service worker has one address for ever; its browser looks whether the content is another.
			output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
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

/** Names the Thai fonts in each page's head, so that they are fetched beside the script and not after the style. */
function fontLinks(): Plugin {
	return {
		name: 'font-links',
		transformIndexHtml: {
			order: 'post',
			handler: (_html, { bundle }) =>
				Object.keys(bundle ?? {})
					.filter((file) => /sarabun-thai-.+\.woff2$/.test(file))
					.map((file) => ({
						tag: 'link',
						attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${file}` },
						injectTo: 'head' as const,
					})),
		},
	}
}

/** Tells the service worker what the citizen's app is made of: its page's scripts with all that they may fetch, styles, fonts. */
function appShell(): Plugin {
	return {
		name: 'app-shell',
		enforce: 'post',
		apply: 'build',
		generateBundle(_options, bundle) {
			const worker = bundle['sw.js']
			const page = bundle['app.html']
			if (worker?.type !== 'chunk' || page?.type !== 'asset') this.error('the service worker or its page was not built')
			const html = String(page.source)
			const files = new Set<string>()
			const add = (file: string): void => {
				if (files.has(file)) return
				files.add(file)
				const chunk = bundle[file]
				if (chunk?.type !== 'chunk') return
				for (const name of [...chunk.imports, ...chunk.dynamicImports]) add(name)
			}
			for (const [, file = ''] of html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)) add(file)
			for (const file of Object.keys(bundle)) if (/\.woff2$/.test(file)) add(file)
			const names = [...files].sort().map((file) => `/${file}`)
			const version = createHash('sha256')
				.update(JSON.stringify([html, names, worker.code]))
				.digest('hex')
				.slice(0, 16)
			const shell = JSON.stringify({ version, page: '/shell', files: names })
			worker.code = worker.code.replaceAll('APP_SHELL', () => `(${shell})`)
		},
	}
}
