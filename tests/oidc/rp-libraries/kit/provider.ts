import { systemClock } from '../../../../src/lib/clock.ts'
import { people } from '../../../../src/ports/civil-registry/index.ts'
import { enrolledCitizen } from '../../../kit/enrolled.ts'
import { type Browser, createBrowser } from '../../../kit/http-client.ts'
import { type Citizen, signInHere } from '../../../kit/journeys.ts'
import { openWorld } from '../../../kit/world.ts'
import { type Rp, type RpKey, register } from '../../kit/relying-party.ts'

/**
 * The provider on a port of this machine, by its own clock: a library knows no other. Relying parties know its issuer and
 * their registration, and nothing else of us.
 */
export interface Listening {
	issuer: URL
	register(said?: Parameters<typeof register>[1], keys?: RpKey[]): Promise<Rp>
	/** A citizen's browser that has no session yet. */
	citizen(): Citizen
	/** Opens the URL and consents. @returns what the browser brings to the redirect URI: an address, or a form */
	signIn(url: URL, citizen?: Citizen): Promise<URL | Request>
	close(): void
}

export async function listen(): Promise<Listening> {
	let answer: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
	const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => answer(request) })
	const issuer = `http://localhost:${server.port}`
	const world = await openWorld({ issuer })
	answer = (request) => world.app.fetch(request)

	const record = await world.simulator.findPerson(people.somchai.pid, 'enrolment')
	if (!record) throw new Error('the registry does not know the citizen')
	const newBrowser = () => createBrowser(fetch, { origin: issuer })
	const first = { browser: newBrowser(), phone: world.phone(), pin: '58203914' }
	await enrolledCitizen({ ...world, now: systemClock.now() }, { ...first, record })
	const known = first.browser.cookies().map(({ name, value }) => `${name}=${value}; Path=/; Secure; HttpOnly`)
	const citizen = () => {
		const browser = newBrowser()
		for (const cookie of known) browser.addCookie(cookie)
		return { ...first, browser }
	}
	return {
		issuer: new URL(issuer),
		register: (said, keys) => register({ ...world, clock: { ...systemClock, advance() {} } }, said, keys),
		citizen,
		async signIn(url, who = citizen()) {
			const location = new URL(await signInHere(who, url.href))
			return location.origin === issuer ? posted(who.browser, location) : location
		},
		close() {
			server.stop(true)
			world.close()
		},
	}
}

/** What our page posts to the relying party (OAuth 2.0 Form Post Response Mode). */
async function posted(browser: Browser, page: URL): Promise<Request> {
	const html = await (await browser.get(page.href)).text()
	const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(html) ?? []
	const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
	const body = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]))
	return new Request(action, { method: 'POST', body })
}
