import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, createBrowser } from '../kit/http-client.ts'
import { freePort, startProgram } from './kit/program.ts'
import { startProvider } from './kit/provider.ts'
import { all, built, missing, named, repository } from './kit/tools.ts'

/** The examples in other languages, each as the program that it is, with its own library, over HTTP. */
const scratch = await mkdtemp(join(tmpdir(), 'dopa-examples-'))
afterAll(async () => {
	await provider.close()
	await rm(scratch, { recursive: true, force: true })
})

interface Example {
	folder: string
	needs: keyof typeof missing
	command: (port: number) => string[]
	env?: (port: number) => Record<string, string>
	/** Where a sign-in begins by GET; or how else. @returns where the relying party sends the browser */
	begin: string | ((browser: Browser) => Promise<string>)
	/** Where it shows whom it knows; where the callback ends, if nothing is said. */
	home?: string
	/** What else has to hold once somebody has signed in. */
	afterwards?: (at: { browser: Browser; desktop: Browser; baseUrl: string }) => Promise<void>
	/** Seen of the citizen, beside name and number. */
	shows?: string[]
}

const examples: Example[] = [
	{
		folder: 'authlib',
		needs: 'authlib',
		command: (port) => [join(built, 'python/bin/flask'), 'run', '--port', String(port)],
		begin: '/sign-in',
		shows: ['urn:dopa:digital-id:acr:aal2:qr'],
	},
	{
		folder: 'mod_auth_openidc',
		needs: 'mod_auth_openidc',
		command: () => ['/usr/sbin/apache2', '-d', '.', '-f', 'httpd.conf', '-D', 'FOREGROUND'],
		env: () => ({ RUN: scratch, SITE: join(repository, 'examples/mod_auth_openidc') }),
		begin: '/',
		shows: ['urn:dopa:digital-id:acr:aal2:qr'],
		async afterwards({ browser, desktop, baseUrl }) {
			await isTold(browser, desktop)
			await browser.get(await provider.signIn(locationOf(await browser.get('/')), desktop), { follow: true })
			const back = `${baseUrl}/signed-out.html`
			await signsOut(locationOf(await browser.get(`/callback?logout=${encodeURIComponent(back)}`)), desktop, back)
			expect(await (await browser.get(back)).text()).toContain('You have signed out.')
			expect((await browser.get('/')).status).toBe(302)
		},
	},
	{
		folder: 'spring',
		needs: 'spring',
		command: () => ['java', '-XX:TieredStopAtLevel=1', '-jar', 'target/agency.jar'],
		begin: '/oauth2/authorization/dopa',
		async afterwards({ browser, desktop, baseUrl }) {
			await isTold(browser, desktop)
			const asked = locationOf(await browser.get('/oauth2/authorization/dopa'))
			await browser.get(await provider.signIn(asked, desktop), { follow: true })
			const [, token = ''] = /name="_csrf"[^>]* value="([^"]+)"/.exec(await (await browser.get('/logout')).text()) ?? []
			const left = await browser.post('/logout', new URLSearchParams({ _csrf: token }))
			await signsOut(locationOf(left), desktop, `${baseUrl}/signed-out`)
			expect((await browser.get('/')).status).toBe(302)
		},
	},
	{ folder: 'go-oidc', needs: 'go', command: () => [join(built, 'go-agency')], begin: '/sign-in' },
	{
		folder: 'omniauth',
		needs: 'ruby',
		command: (port) => ['ruby', 'agency.rb', '-p', String(port)],
		begin: async (browser) => {
			const [, token = ''] =
				/name="authenticity_token" value="([^"]+)"/.exec(await (await browser.get('/')).text()) ?? []
			return locationOf(await browser.post('/auth/dopa', new URLSearchParams({ authenticity_token: token })))
		},
	},
	{
		folder: 'auth-js',
		needs: 'auth-js',
		command: () => [process.execPath, 'agency.mjs'],
		begin: async (browser) => {
			const { csrfToken } = (await (await browser.get('/auth/csrf')).json()) as { csrfToken: string }
			return locationOf(await browser.post('/auth/signin/dopa', new URLSearchParams({ csrfToken })))
		},
		home: '/auth/session',
	},
	{
		folder: 'better-auth',
		needs: 'better-auth',
		command: () => [process.execPath, 'agency.mjs'],
		begin: async (browser) => {
			const response = await browser.post('/api/auth/sign-in/social', { provider: 'dopa', callbackURL: '/' })
			return ((await response.json()) as { url: string }).url
		},
		home: '/api/auth/get-session',
		async afterwards({ browser }) {
			// Its own page for changing one's data would let a citizen become another one.
			const forged = await browser.post('/api/auth/update-user', { pid: '1980000000027' })
			expect([forged.status, await (await browser.get('/api/auth/get-session')).text()]).toEqual([
				404,
				expect.not.stringContaining('1980000000027'),
			])
		},
	},
]

/** Written for ThaID, with one URL changed. */
const fromThaid: Example[] = [
	{
		folder: 'thaid-python',
		needs: 'authlib',
		command: (port) => [join(built, 'python/bin/flask'), 'run', '--port', String(port)],
		begin: '/sign-in',
		shows: ['Mr. Somchai Jaidee', 'คูคต', '1990-05-12'],
		async afterwards({ browser }) {
			const answer = async (path: string) => (await browser.get(path)).json()
			// The whole answer for nineteen scopes stands in one cookie, and a browser keeps 4,093 bytes of it.
			const [cookie] = browser.cookies()
			expect(`${cookie?.name}=${cookie?.value}`.length).toBeLessThan(4_093)
			expect(await answer('/inspect')).toMatchObject({ active: true, sub: provider.person.pid })
			expect(await answer('/refresh')).toMatchObject({ id_token: true })
			expect(await answer('/inspect')).toMatchObject({ active: true })
			const { until } = (await answer('/')) as { until: string }
			expect(Math.abs(Date.parse(until) - Date.now() - 900_000)).toBeLessThan(60_000)
			expect(await answer('/sign-out')).toEqual({ status: 'OK', message: 'revoked' })
			// Flask's cookie is all that it keeps.
			expect((await browser.get('/')).headers.get('location')).toBe('/sign-in')
		},
	},
	{
		folder: 'thaid-php',
		needs: 'php',
		command: (port) => ['php', '-S', `127.0.0.1:${port}`, 'index.php'],
		begin: '/sign-in',
		shows: ['คูคต', '1990-05-12'],
		async afterwards({ browser }) {
			expect(await (await browser.get('/inspect')).json()).toMatchObject({ active: true, sub: provider.person.pid })
		},
	},
]

/** Each on a port of its own, where the provider may tell it of an ending. */
const ports = new Map<string, number>()
for (const { folder } of [...examples, ...fromThaid]) ports.set(folder, freePort([...ports.values()]))
const provider = await startProvider([...ports.values()].map((port) => `localhost:${port}`))

/** The example ends its own session and the provider's: @param location where it sends the browser for that */
async function signsOut(location: string, desktop: Browser, back: string): Promise<void> {
	expect(location).toStartWith(`${provider.issuer}/oauth/end_session?`)
	expect((await desktop.get(location)).headers.get('location')).toBe(back)
}

/** The citizen signs out at the provider; the example has been told once it asks for a sign-in again. */
async function isTold(browser: Browser, desktop: Browser): Promise<void> {
	expect((await browser.get('/')).status).toBe(200)
	const page = await (await desktop.get('/oauth/end_session')).text()
	const [, request = ''] = /name="request" value="([^"]+)"/.exec(page) ?? []
	await desktop.post('/oauth/end_session/confirm', new URLSearchParams({ request, decision: 'sign-out' }))
	const asks = async () => (await browser.get('/')).status === 302
	for (let tries = 0; tries < 100 && !(await asks()); tries++) await Bun.sleep(20)
	expect(await asks()).toBe(true)
}

const locationOf = (response: Response): string => response.headers.get('location') ?? ''

/** Text in JSON's escapes or as it is. */
const plain = (text: string): string =>
	text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

describe.each([
	['examples in other languages sign a citizen in', examples],
	['what was written for ThaID signs a citizen in', fromThaid],
])('%s', (_, group) => {
	for (const example of group) {
		const reason = missing[example.needs]
		test.skipIf(reason !== null && !all)(
			named(example.folder, reason),
			async () => {
				const port = ports.get(example.folder) ?? 0
				const baseUrl = `http://localhost:${port}`
				const { id, secret } = await provider.register(example.folder, baseUrl)
				const program = await startProgram(example.command(port), {
					cwd: join(repository, 'examples', example.folder),
					env: {
						ISSUER: provider.issuer,
						THAID: provider.issuer,
						BASE_URL: baseUrl,
						PORT: String(port),
						LISTEN: `127.0.0.1:${port}`,
						CLIENT_ID: id,
						CLIENT_SECRET: secret,
						SESSION_KEY: secret,
						CRYPTO_PASSPHRASE: secret,
						...example.env?.(port),
					},
					ready: baseUrl,
					withinMs: 60_000,
				})
				try {
					const browser = createBrowser((request) => fetch(request), { origin: baseUrl })
					const desktop = provider.desktop()
					const { begin, home } = example
					const asked = typeof begin === 'string' ? locationOf(await browser.get(begin)) : await begin(browser)
					const page = await browser.get(await provider.signIn(asked, desktop), { follow: home === undefined })
					const seen = plain(await (home === undefined ? page : await browser.get(home)).text())
					for (const shown of [provider.person.pid, 'สมชาย ใจดี', ...(example.shows ?? [])])
						expect(seen).toContain(shown)
					await example.afterwards?.({ browser, desktop, baseUrl })
				} catch (error) {
					throw new Error(`${example.folder} said:\n${program.output()}`, { cause: error })
				} finally {
					await program.stop()
				}
			},
			120_000,
		)
	}
})
