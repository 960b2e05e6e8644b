import { expect } from 'bun:test'
import { join } from 'node:path'
import { type Browser, createBrowser } from '../../kit/http-client.ts'
import { startProgram } from './program.ts'
import type { Provider } from './provider.ts'
import { type missing, repository } from './tools.ts'

/** A folder of `examples/`, and how it is started and used. */
export interface Example {
	folder: string
	needs: keyof typeof missing
	command: (port: number) => string[]
	env?: Record<string, string>
	/** Where a sign-in begins by GET; or how else. @returns where the relying party sends the browser */
	begin: string | ((browser: Browser) => Promise<string>)
	/** Where it shows whom it knows; where the callback ends, if nothing is said. */
	home?: string
	/** Seen of the citizen, beside name and number. */
	shows?: string[]
	/** What else has to hold once somebody has signed in. */
	afterwards?: (at: SignedIn) => Promise<void>
}

export interface SignedIn {
	provider: Provider
	/** At the relying party. */
	browser: Browser
	/** The same person's, at the provider. */
	desktop: Browser
	baseUrl: string
}

export const locationOf = (response: Response): string => response.headers.get('location') ?? ''

/** Text in JSON's escapes or as it is. */
const plain = (text: string): string =>
	text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/**
 * Registers the example, starts it, and lets the citizen sign in.
 * @param more what its registration says beside its client.json
 * @throws Error with what the program said
 */
export async function runExample(provider: Provider, example: Example, port: number, more: object = {}): Promise<void> {
	const baseUrl = `http://localhost:${port}`
	const { id, secret } = await provider.register(example.folder, baseUrl, more)
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
			...example.env,
		},
		ready: baseUrl,
		withinMs: 60_000,
	})
	try {
		const { begin, home } = example
		const beginIn = async (browser: Browser) =>
			typeof begin === 'string' ? locationOf(await browser.get(begin)) : begin(browser)
		await lettingNobodyIn(provider, visit(baseUrl), beginIn)
		const browser = visit(baseUrl)
		const desktop = provider.desktop()
		const answer = await provider.signIn(await beginIn(browser), desktop)
		const page = await browser.get(answer, { follow: home === undefined })
		const seen = plain(await (home === undefined ? page : await browser.get(home)).text())
		for (const shown of [provider.person.pid, 'สมชาย ใจดี', ...(example.shows ?? [])]) expect(seen).toContain(shown)
		await example.afterwards?.({ provider, browser, desktop, baseUrl })
	} catch (error) {
		throw new Error(`${example.folder} said:\n${program.output()}`, { cause: error })
	} finally {
		await program.stop()
	}
}

const visit = (baseUrl: string) => createBrowser((request) => fetch(request), { origin: baseUrl })

/** A citizen who declines is told so in some way, and is not signed in; no library falls over it. */
async function lettingNobodyIn(provider: Provider, browser: Browser, begin: (browser: Browser) => Promise<string>) {
	const answer = await provider.decline(await begin(browser))
	expect(new URL(answer).searchParams.get('error')).toMatch(/^(access|user)_denied$/)
	const told = await browser.get(answer)
	expect([told.status < 500, await told.text()]).toEqual([true, expect.not.stringContaining(provider.person.pid)])
}

/** The example ends its own session and the provider's. @param location where it sends the browser for that */
export async function signsOut({ provider, desktop }: SignedIn, location: string, back: string): Promise<void> {
	expect(location).toStartWith(`${provider.issuer}/oauth/end_session?`)
	expect(locationOf(await desktop.get(location))).toBe(back)
}

/** The citizen signs out at the provider; the example has been told once its first page asks for a sign-in again. */
export async function isTold({ browser, desktop }: SignedIn): Promise<void> {
	expect((await browser.get('/')).status).toBe(200)
	const page = await (await desktop.get('/oauth/end_session')).text()
	const [, request = ''] = /name="request" value="([^"]+)"/.exec(page) ?? []
	await desktop.post('/oauth/end_session/confirm', new URLSearchParams({ request, decision: 'sign-out' }))
	const asks = async () => (await browser.get('/')).status === 302
	for (let tries = 0; tries < 100 && !(await asks()); tries++) await Bun.sleep(20)
	expect(await asks()).toBe(true)
}
