import { afterAll, describe, expect, test } from 'bun:test'
import { sampleAgencies } from '../../db/seed/clients.ts'
import { type AgencyOptions, createAgency } from '../../examples/agency/agency.ts'
import { demoCredentials } from '../../examples/agency/demo-credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { enrolledCitizen } from '../kit/enrolled.ts'
import { createBrowser } from '../kit/http-client.ts'
import { beginSignIn, type Citizen, collect, confirm, poll, scan, signInByQr } from '../kit/journeys.ts'
import { openWorld } from '../kit/world.ts'

const world = await openWorld()
afterAll(() => world.close())
const citizen: Citizen = { browser: world.browser(), phone: world.phone(), pin: '83729164' }
const record = await world.simulator.findPerson(people.somchai.pid, 'sign-in')
if (!record) throw new Error('the registry does not know its own Somchai')
await enrolledCitizen({ ...world, now: systemClock.now() }, { ...citizen, record })

const baseUrl = new URL(JSON.parse(sampleAgencies()[0]?.redirectUris ?? '[]')[0]).origin

/** The agency with its own credentials, and a desktop's browser that visits both hosts. */
function visit(options: Partial<AgencyOptions> = {}) {
	const agency = createAgency({
		issuer: world.issuer,
		baseUrl,
		clientId: 'sample-agency',
		clientSecret: demoCredentials.clientSecret,
		privateJwk: demoCredentials.privateJwk,
		fetch: (url, init) => Promise.resolve(world.app.fetch(new Request(url, init as RequestInit))),
		...options,
	})
	const fetchBoth = (request: Request) =>
		request.url.startsWith(baseUrl) ? agency.fetch(request) : world.app.fetch(request)
	const at = (origin: string) => createBrowser(fetchBoth, { origin })
	return { shop: at(baseUrl), desktop: at(world.issuer) }
}

const byKey = { clientAuth: 'private_key_jwt', idTokenAlg: 'ES256' } as const
const wanted = new URLSearchParams(['pid', 'name', 'address', 'gender'].map((scope) => ['scope', scope]))

describe('the sample agency at our provider', () => {
	test.each<[string, Partial<AgencyOptions>]>([
		['client_secret_basic', {}],
		['client_secret_basic and a pushed request', { pushRequests: true }],
		['private_key_jwt', { ...byKey, clientId: 'sample-agency-jwt' }],
		['client_secret_basic and tokens bound to a key', { bindTokens: true }],
		['the profile fapi2', { ...byKey, clientId: 'sample-agency-fapi2', pushRequests: true, bindTokens: true }],
		[
			'the profile thaid-v2',
			{ clientId: 'sample-agency-thaid', clientSecret: demoCredentials.thaidSecret, idTokenAlg: 'ES256' },
		],
	])('shows what the citizen agreed to, with %s', async (_, options) => {
		const { shop, desktop } = visit(options)
		const location = (await shop.post('/sign-in', wanted)).headers.get('location') ?? ''
		const answer = await signInByQr(desktop, citizen, location)
		const page = await (await shop.get(answer, { follow: true })).text()
		expect(page).toContain('เข้าสู่ระบบแล้ว')
		for (const shown of ['สมชาย ใจดี', people.somchai.pid, '<dd>male</dd>', 'ลำลูกกา', 'urn:dopa:digital-id:acr:aal2:qr'])
			expect(page).toContain(shown)
		expect(page).not.toContain('birthdate')
	})

	test('says in plain words that the citizen refused', async () => {
		const { shop, desktop } = visit()
		const location = (await shop.post('/sign-in', wanted)).headers.get('location') ?? ''
		const id = await beginSignIn(desktop, location)
		await scan(desktop, id, citizen)
		await citizen.browser.mutate('signIn.decide', { id, decision: 'decline' })
		const response = await shop.get(await collect(desktop, id))
		expect(response.status).toBe(403)
		expect(await response.text()).toContain('ท่านไม่อนุญาต')
	})

	test('gets nothing where the wrong number was picked', async () => {
		const { shop, desktop } = visit()
		const location = (await shop.post('/sign-in', wanted)).headers.get('location') ?? ''
		const id = await beginSignIn(desktop, location)
		const shown = await scan(desktop, id, citizen)
		const { number } = await poll(desktop, id)
		const other = shown.numbers?.find((candidate) => candidate !== number) ?? 0
		await expect(confirm(citizen, shown, other)).rejects.toMatchObject({ code: 'number_mismatch' })
		await expect(collect(desktop, id)).rejects.toMatchObject({ name: 'RpcError' })
		expect(await (await shop.get('/')).text()).not.toContain('เข้าสู่ระบบแล้ว')
	})
})
