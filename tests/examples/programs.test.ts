import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Example, isTold, locationOf, runExample, signsOut } from './kit/example.ts'
import { freePort } from './kit/program.ts'
import { startProvider } from './kit/provider.ts'
import { all, built, missing, named, repository } from './kit/tools.ts'

/** The examples in other languages, each as the program that it is, with its own library, over HTTP. */
const scratch = await mkdtemp(join(tmpdir(), 'dopa-examples-'))
const flask = (port: number) => [join(built, 'python/bin/flask'), 'run', '--port', String(port)]

const examples: Example[] = [
	{
		folder: 'authlib',
		needs: 'authlib',
		command: flask,
		begin: '/sign-in',
		shows: ['urn:dopa:digital-id:acr:aal2:qr'],
	},
	{
		folder: 'mod_auth_openidc',
		needs: 'mod_auth_openidc',
		command: () => ['/usr/sbin/apache2', '-d', '.', '-f', 'httpd.conf', '-D', 'FOREGROUND'],
		env: { RUN: scratch, SITE: join(repository, 'examples/mod_auth_openidc') },
		begin: '/',
		shows: ['urn:dopa:digital-id:acr:aal2:qr'],
		async afterwards(at) {
			const { provider, browser, desktop, baseUrl } = at
			await isTold(at)
			await browser.get(await provider.signIn(locationOf(await browser.get('/')), desktop), { follow: true })
			const back = `${baseUrl}/signed-out.html`
			await signsOut(at, locationOf(await browser.get(`/callback?logout=${encodeURIComponent(back)}`)), back)
			expect(await (await browser.get(back)).text()).toContain('You have signed out.')
			expect((await browser.get('/')).status).toBe(302)
		},
	},
	{
		folder: 'spring',
		needs: 'spring',
		command: () => ['java', '-XX:TieredStopAtLevel=1', '-jar', 'target/agency.jar'],
		begin: '/oauth2/authorization/dopa',
		async afterwards(at) {
			const { provider, browser, desktop, baseUrl } = at
			await isTold(at)
			const asked = locationOf(await browser.get('/oauth2/authorization/dopa'))
			await browser.get(await provider.signIn(asked, desktop), { follow: true })
			const [, token = ''] = /name="_csrf"[^>]* value="([^"]+)"/.exec(await (await browser.get('/logout')).text()) ?? []
			const left = await browser.post('/logout', new URLSearchParams({ _csrf: token }))
			await signsOut(at, locationOf(left), `${baseUrl}/signed-out`)
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
		command: flask,
		begin: '/sign-in',
		shows: ['Mr. Somchai Jaidee', 'คูคต', '1990-05-12'],
		async afterwards({ provider, browser }) {
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
			expect(locationOf(await browser.get('/'))).toBe('/sign-in')
		},
	},
	{
		folder: 'thaid-php',
		needs: 'php',
		command: (port) => ['php', '-S', `127.0.0.1:${port}`, 'index.php'],
		begin: '/sign-in',
		shows: ['คูคต', '1990-05-12'],
		async afterwards({ provider, browser }) {
			expect(await (await browser.get('/inspect')).json()).toMatchObject({ active: true, sub: provider.person.pid })
		},
	},
]

/** Each on a port of its own, where the provider may tell it of an ending. */
const ports = new Map<string, number>()
for (const { folder } of [...examples, ...fromThaid]) ports.set(folder, freePort([...ports.values()]))
const provider = await startProvider([...ports.values()].map((port) => `localhost:${port}`))
afterAll(async () => {
	await provider.close()
	await rm(scratch, { recursive: true, force: true })
})

/** What an agency changes that takes an ordinary library and ThaID's profile: RS256, for libraries that expect it. */
const asThaid = { profile: 'thaid-v2', require_pkce: undefined, id_token_signed_response_alg: 'RS256' }

const groups: [name: string, group: Example[], more: object][] = [
	['examples in other languages sign a citizen in', examples, {}],
	['what was written for ThaID signs a citizen in', fromThaid, {}],
]
if (all) groups.push(['ordinary libraries work under thaid-v2 as well', examples, asThaid])

describe.each(groups)('%s', (_, group, more) => {
	for (const example of group) {
		const { folder, needs } = example
		const reason = missing[needs]
		const registration = more === asThaid ? { ...more, client_id: `${folder}-thaid` } : more
		test.skipIf(reason !== null && !all)(
			named(folder, reason),
			() => runExample(provider, example, ports.get(folder) ?? 0, registration),
			120_000,
		)
	}
})
