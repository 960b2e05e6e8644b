import { describe, expect, test } from 'bun:test'
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { drizzleConfig, prepareClient, schema } from '../../db/client.ts'
import { allScopes, thaidScopes } from '../../db/seed/agencies.ts'
import { demoSecretOf, sampleAgencies, sampleClients, seedClients } from '../../db/seed/clients.ts'
import { demoCredentials } from '../../examples/agency/demo-credentials.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { noOutbound } from '../../src/lib/outbound.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { metadataOf, readRegistration } from '../../src/oidc/index.ts'

const clients = sampleClients()
const list = (json: string): string[] => JSON.parse(json) as string[]

async function emptyDatabase() {
	const trips: string[][] = []
	const client = createClient({ url: ':memory:' })
	const db = drizzle(
		prepareClient(client, (trip) => trips.push(trip)),
		drizzleConfig,
	)
	await migrate(drizzle(client), { migrationsFolder: 'db/migrations' })
	return { db, trips }
}

describe('the sample relying parties', () => {
	test('are the twelve live agencies and the sample agency once a profile and way to prove itself', () => {
		expect(clients).toHaveLength(16)
		expect(new Set(clients.map(({ id }) => id)).size).toBe(16)
		expect(clients.slice(0, 12).map(({ nameTh }) => nameTh)).toEqual([
			'สำนักงานพัฒนารัฐบาลดิจิทัล (สพร.)',
			'สำนักงานพัฒนาธุรกรรมทางอิเล็กทรอนิกส์ (สพธอ.)',
			'สถาบันส่งเสริมการวิเคราะห์และบริหารข้อมูลขนาดใหญ่ภาครัฐ (สวข. / GDBi)',
			'สำนักงานเลขาธิการสภาผู้แทนราษฎร',
			'กรมกิจการเด็กและเยาวชน',
			'กรมทรัพย์สินทางปัญญา',
			'กรมส่งเสริมการปกครองท้องถิ่น',
			'สถาบันคุณวุฒิวิชาชีพ (องค์การมหาชน) (สคช.)',
			'กรมสรรพากร',
			'กรมบัญชีกลาง',
			'สำนักงาน ก.พ.',
			'มหาวิทยาลัยแม่ฟ้าหลวง',
		])
	})

	describe.each(clients.map((client) => [client.id, client] as const))('%s', (_, client) => {
		const uris = list(client.redirectUris).map((uri) => new URL(uri))

		test('is described in both languages', () => {
			for (const thai of [client.nameTh, client.purposeTh]) expect(thai).toMatch(/[\u0e01-\u0e5b]/)
			for (const english of [client.nameEn, client.purposeEn]) expect(english).toMatch(/^[\x20-\x7e]+$/)
			// A consent page gives them a line or two.
			for (const purpose of [client.purposeTh, client.purposeEn]) expect(purpose.length).toBeLessThanOrEqual(110)
		})

		test('asks for openid and known scopes, each once', () => {
			const scopes = list(client.scopes)
			expect(scopes[0]).toBe('openid')
			expect(new Set(scopes).size).toBe(scopes.length)
			for (const scope of scopes) expect(thaidScopes as readonly string[]).toContain(scope)
		})

		test('goes back to the host that citizens are shown, and to nobody real', () => {
			expect(uris).toHaveLength(1)
			for (const uri of uris) {
				expect(uri.host).toBe(client.domain)
				expect(uri.hash).toBe('')
				const made = uri.protocol === 'https:' && uri.hostname.endsWith('.example')
				expect(made || uri.origin === 'http://localhost:8788').toBe(true)
			}
		})

		test('can prove itself in exactly one way', () => {
			if (client.authMethod === 'private_key_jwt') {
				expect(client.secretHash).toBeNull()
				const { keys } = JSON.parse(client.jwks ?? '{}') as { keys: JsonWebKey[] }
				expect(keys).toHaveLength(1)
				expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
				expect(keys[0]).not.toHaveProperty('d')
			} else {
				expect(client.secretHash).toBe(hashSecret(demoSecretOf(client.id)))
				expect(client.jwks).toBeNull()
			}
		})
	})

	test('only the sample agency may ask for all thirteen scopes', () => {
		const all = clients.filter((client) => list(client.scopes).length >= allScopes.length)
		expect(all.map(({ id }) => id)).toEqual([
			'sample-agency',
			'sample-agency-jwt',
			'sample-agency-fapi2',
			'sample-agency-thaid',
		])
		expect(allScopes).toHaveLength(13)
	})

	test('each profile has one, which is what it would be if it were registered', async () => {
		const profiles = clients.slice(12).map(({ profile }) => profile)
		expect(profiles).toEqual(['oidc', 'oidc', 'fapi2', 'thaid-v2'])
		const deps = { random: systemRandom, outbound: noOutbound, now: 5, loopback: true }
		const { db } = await emptyDatabase()
		await seedClients(db, { now: () => 5 })
		for (const row of await db.select().from(schema.clients)) {
			const previous = row
			const again = await readRegistration(deps, metadataOf(row), { previous: { ...previous, sector: row.domain } })
			expect(again.row).toEqual({ ...row, sector: row.domain })
		}
	})

	test('the agencies of different sectors do not share one', () => {
		const sectors = clients.map(({ sector }) => sector)
		expect(new Set(sectors).size).toBe(13)
	})

	test('the credentials in examples/agency are the registered ones', async () => {
		const [bySecret, byKey] = sampleAgencies()
		expect(hashSecret(demoCredentials.clientSecret)).toBe(bySecret?.secretHash ?? '')
		const { keys } = JSON.parse(byKey?.jwks ?? '{}') as { keys: JsonWebKey[] }
		const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
		const privateKey = await crypto.subtle.importKey('jwk', demoCredentials.privateJwk, algorithm, false, ['sign'])
		const publicKey = await crypto.subtle.importKey('jwk', keys[0] ?? {}, algorithm, false, ['verify'])
		const data = new TextEncoder().encode('sample')
		const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, data)
		expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, signature, data)).toBe(true)
		expect(keys[0]).toHaveProperty('kid', demoCredentials.privateJwk.kid)
	})
})

describe('seedClients', () => {
	test('inserts all in one trip, and a second time changes nothing', async () => {
		const { db, trips } = await emptyDatabase()
		await seedClients(db, { now: () => 5 })
		expect(trips).toHaveLength(1)
		await db.update(schema.clients).set({ status: 'suspended' })
		await seedClients(db, { now: () => 6 })
		const rows = await db.select().from(schema.clients)
		expect(rows).toHaveLength(16)
		for (const row of rows)
			expect(row).toMatchObject({ status: 'suspended', createdAt: 5, requirePkce: row.profile !== 'thaid-v2' })
	})
})
