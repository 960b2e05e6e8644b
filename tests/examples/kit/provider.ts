import { schema } from '../../../db/client.ts'
import { hashSecret } from '../../../src/lib/crypto.ts'
import { people } from '../../../src/ports/civil-registry/index.ts'
import { enrolledCitizen } from '../../kit/enrolled.ts'
import { createBrowser } from '../../kit/http-client.ts'
import { type Citizen, signInByQr } from '../../kit/journeys.ts'
import { openWorld, type World } from '../../kit/world.ts'

/** Our provider on a port of its own, for relying parties that run as programs; one citizen has enrolled. */
export interface Provider {
	issuer: string
	world: World
	citizen: Citizen
	person: typeof people.somchai
	register(client: Partial<ClientRow> & { id: string; redirectUris: string; secret?: string }): Promise<void>
	/** @param authorizationUrl where a relying party sent the browser. @returns its redirect URI with our answer */
	signIn(authorizationUrl: string): Promise<string>
	close(): Promise<void>
}

type ClientRow = typeof schema.clients.$inferInsert

export async function startProvider(): Promise<Provider> {
	let world: World | null = null
	const server = Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		idleTimeout: 60,
		fetch: (request) => world?.app.fetch(request) ?? new Response('not yet', { status: 503 }),
	})
	const issuer = `http://localhost:${server.port}`
	world = await openWorld({ issuer })
	const opened = world
	const citizen: Citizen = { browser: opened.browser(), phone: opened.phone(), pin: '83729164' }
	const record = await opened.simulator.findPerson(people.somchai.pid, 'sign-in')
	if (!record) throw new Error('the registry does not know its own Somchai')
	await enrolledCitizen({ ...opened, now: Date.now() }, { ...citizen, record })
	return {
		issuer,
		world: opened,
		citizen,
		person: people.somchai,
		async register({ secret, ...client }) {
			await opened.db.insert(schema.clients).values({
				profile: 'oidc',
				status: 'live',
				nameTh: 'หน่วยงานตัวอย่าง',
				nameEn: 'Example agency',
				domain: 'localhost',
				purposeTh: 'ทดลองเข้าสู่ระบบ',
				purposeEn: 'Try signing in',
				scopes: JSON.stringify(['openid', 'pid', 'name', 'address']),
				authMethod: 'client_secret_basic',
				secretHash: secret === undefined ? null : hashSecret(secret),
				idTokenAlg: 'RS256',
				birthdateFormat: 'iso',
				requirePkce: true,
				silent: true,
				sector: client.id,
				createdAt: Date.now(),
				...client,
			})
		},
		signIn: (url) =>
			signInByQr(
				createBrowser((request) => fetch(request), { origin: issuer }),
				citizen,
				url,
			),
		async close() {
			await server.stop(true)
			opened.close()
		},
	}
}
