import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, createBrowser } from '../kit/http-client.ts'
import { freePort, startProgram } from './kit/program.ts'
import { startProvider } from './kit/provider.ts'
import { all, built, missing, named, repository } from './kit/tools.ts'

/** The examples in other languages, each as the program that it is, with its own library, over HTTP. */
const provider = await startProvider()
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
	/** Begins a sign-in: a GET, or a POST where the path begins with `POST `. */
	begin: string
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
	},
	{
		folder: 'spring',
		needs: 'spring',
		command: () => ['java', '-XX:TieredStopAtLevel=1', '-jar', 'target/agency.jar'],
		begin: '/oauth2/authorization/dopa',
	},
	{ folder: 'go-oidc', needs: 'go', command: () => [join(built, 'go-agency')], begin: '/sign-in' },
	{
		folder: 'omniauth',
		needs: 'ruby',
		command: (port) => ['ruby', 'agency.rb', '-p', String(port)],
		begin: 'POST /auth/dopa',
	},
]

/** Text in JSON's escapes or as it is. */
const plain = (text: string): string =>
	text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** @returns where the relying party sends the browser */
async function begin(browser: Browser, how: string): Promise<string> {
	const [path = '', posts] = how.split(' ').reverse()
	if (!posts) return (await browser.get(path)).headers.get('location') ?? ''
	const [, token = ''] = /name="authenticity_token" value="([^"]+)"/.exec(await (await browser.get('/')).text()) ?? []
	const form = new URLSearchParams({ authenticity_token: token })
	return (await browser.post(path, form)).headers.get('location') ?? ''
}

describe('examples in other languages sign a citizen in', () => {
	for (const example of examples) {
		const reason = missing[example.needs]
		test.skipIf(reason !== null && !all)(
			named(example.folder, reason),
			async () => {
				const port = freePort()
				const baseUrl = `http://localhost:${port}`
				const { id, secret } = await provider.register(example.folder, baseUrl)
				const program = await startProgram(example.command(port), {
					cwd: join(repository, 'examples', example.folder),
					env: {
						ISSUER: provider.issuer,
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
					const page = await browser.get(await provider.signIn(await begin(browser, example.begin)), { follow: true })
					const seen = plain(await page.text())
					for (const shown of [provider.person.pid, 'สมชาย ใจดี', ...(example.shows ?? [])])
						expect(seen).toContain(shown)
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
