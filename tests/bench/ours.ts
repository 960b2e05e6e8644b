import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { atomically, type Db, drizzleConfig, prepareClient, schema } from '../../db/client.ts'
import { sealSnapshot } from '../../src/accounts/index.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { newId, newSecret, systemRandom } from '../../src/lib/random.ts'
import { createVault, parseRootKeys, type Vault } from '../../src/lib/vault.ts'
import {
	benchClient,
	introspectRequest,
	PERSON,
	pushRequests,
	refreshRequest,
	SCOPE,
	silentRequests,
	tokenRequest,
} from './questions.ts'
import { type Amounts, freePort, type System, startServer } from './system.ts'

const root = join(import.meta.dir, '../..')
const DAY = 86_400_000

interface Seeded {
	codes: string[]
	cookies: string[]
	tokens: string[]
	refreshTokens: string[]
}

/** The product on Bun, its state in a libSQL file as its settings leave it. @param folder an empty one @param population persons in its simulated registry */
export async function oursSystem(
	folder: string,
	population = 100,
): Promise<System & { issuer: string; env: Record<string, string> }> {
	const port = freePort()
	// The address, not the name: a client would first try the other family at each connection.
	const issuer = `http://127.0.0.1:${port}`
	const rootKeys = `1:${newSecret(systemRandom)}`
	const database = join(folder, 'ours.db')
	const env = environment({ folder, port, issuer, rootKeys, population })
	let seeded: Seeded = { codes: [], cookies: [], tokens: [], refreshTokens: [] }

	return {
		name: `DOPA Digital ID, Bun ${Bun.version}`,
		issuer,
		env,
		does: {
			token: '1 read, 1 commit (code spent, token stored, both as hashes); sealed person opened; ES256',
			refresh: '1 read, 1 commit (old spent, new and access token stored, as hashes); sealed person opened; ES256',
			authorize: '1 read, 1 commit (code as a hash)',
			par: '1 read, 1 commit',
			userinfo: '1 read; sealed person opened',
			introspect: '1 read',
			discovery: 'bytes made once',
			jwks: 'bytes made once',
		},
		async seed(amounts) {
			seeded = await seed(database, rootKeys, amounts)
		},
		start: () =>
			startServer([process.execPath, 'tools/start.ts'], env, `${issuer}/.well-known/openid-configuration`, root),
		requests(path) {
			const get = (at: string, headers = {}) => ({ url: issuer + at, method: 'GET', headers })
			switch (path) {
				case 'token':
					return {
						requests: seeded.codes.map((code) => tokenRequest(`${issuer}/oauth/token`, code)),
						expect: { status: 200, bodyHas: '"id_token":"' },
					}
				case 'refresh':
					return {
						requests: seeded.refreshTokens.map((token) => refreshRequest(`${issuer}/oauth/token`, token, REFRESHING)),
						expect: { status: 200, bodyHas: '"refresh_token":"' },
					}
				case 'par':
					return { requests: pushRequests(`${issuer}/oauth/par`), expect: { status: 201, bodyHas: '"request_uri":"' } }
				case 'introspect':
					return {
						requests: seeded.tokens.map((token) => introspectRequest(`${issuer}/oauth/introspect`, token)),
						expect: { status: 200, bodyHas: '"active":true' },
					}
				case 'authorize':
					return {
						requests: silentRequests(`${issuer}/oauth/authorize`, seeded.cookies),
						expect: { status: 303, locationHas: 'code=' },
					}
				case 'userinfo':
					return {
						requests: seeded.tokens.map((token) => get('/oauth/userinfo', { authorization: `Bearer ${token}` })),
						expect: { status: 200, bodyHas: PERSON.claims.pid },
					}
				case 'discovery':
					return {
						requests: [get('/.well-known/openid-configuration')],
						expect: { status: 200, bodyHas: '"token_endpoint"' },
					}
				case 'jwks':
					return { requests: [get('/.well-known/jwks.json')], expect: { status: 200, bodyHas: '"keys"' } }
			}
		},
	}
}

/** Settings of the server (`src/env.ts`), as small as they can be. */
export function environment(of: {
	folder: string
	port: number
	issuer: string
	rootKeys: string
	/** Persons in the simulated registry. */
	population: number
}): Record<string, string> {
	return {
		// Not the demo, which would first make a country and a first officer.
		DOPA_MODE: 'production',
		DOPA_EMBEDDED: 'simulator',
		DOPA_REGISTRY: 'simulator',
		DOPA_POPULATION: String(of.population),
		DOPA_PORT: String(of.port),
		DOPA_ISSUER: of.issuer,
		DOPA_ROOT_KEYS: of.rootKeys,
		DOPA_DATA: of.folder,
		DOPA_DATABASE_URL: `file:${join(of.folder, 'ours.db')}`,
	}
}

async function seed(path: string, rootKeys: string, amounts: Amounts): Promise<Seeded> {
	const client = createClient({ url: `file:${path}` })
	await client.execute('PRAGMA journal_mode = WAL')
	const db = drizzle(prepareClient(client), drizzleConfig)
	await migrate(drizzle(client), { migrationsFolder: join(root, 'db/migrations') })
	const vault = createVault(parseRootKeys(rootKeys), systemRandom)
	await db.insert(schema.clients).values([clientRow, { ...clientRow, id: REFRESHING, grantTypes: REFRESHES }])
	const out: Seeded = { codes: [], cookies: [], tokens: [], refreshTokens: [] }
	for (let i = 0; i < amounts.accounts; i++) {
		const codes = Math.floor(amounts.codes / amounts.accounts) + (i < amounts.codes % amounts.accounts ? 1 : 0)
		await seedCitizen(db, vault, codes, out)
	}
	// Closing leaves the checkpoint to whoever is last, which would be the server at its start.
	await client.execute('PRAGMA wal_checkpoint(TRUNCATE)')
	client.close()
	return out
}

/** A code brings no refresh token, as with the others. So whoever refreshes is a client of its own. */
const REFRESHING = 'bench-refreshing'
const REFRESHES = '["authorization_code","refresh_token"]'

const clientRow: typeof schema.clients.$inferInsert = {
	id: benchClient.clientId,
	profile: 'oidc',
	status: 'live',
	nameTh: 'หน่วยวัด',
	nameEn: 'Bench',
	domain: 'bench.example',
	purposeTh: 'วัดความเร็ว',
	purposeEn: 'To measure',
	redirectUris: JSON.stringify([benchClient.redirectUri]),
	scopes: JSON.stringify(SCOPE.split(' ')),
	authMethod: 'client_secret_basic',
	secretHash: hashSecret(benchClient.clientSecret),
	jwks: null,
	idTokenAlg: 'ES256',
	birthdateFormat: 'buddhist',
	requirePkce: true,
	silent: true,
	grantTypes: '["authorization_code"]',
	sector: 'bench',
	createdAt: 0,
}

/** One citizen with a session, an earlier consent, codes that wait and an access token. */
async function seedCitizen(db: Db, vault: Vault, codes: number, out: Seeded): Promise<void> {
	const now = Date.now()
	const accountId = newId(systemRandom, 'acc')
	const grantId = newId(systemRandom, 'grt')
	const refreshing = { accountId, clientId: REFRESHING, grantId: newId(systemRandom, 'grt') }
	const ids = { accountId, clientId: benchClient.clientId, grantId }
	const about = { acr: 'phr', amr: '["user","pin","mfa"]' }
	const [session, token] = [newSecret(systemRandom), newSecret(systemRandom)]
	const newCodes = Array.from({ length: codes }, () => newSecret(systemRandom))
	out.cookies.push(`__Host-session=${session}`)
	out.tokens.push(token)
	out.codes.push(...newCodes)
	const newRefreshTokens = newCodes.map(() => newSecret(systemRandom))
	out.refreshTokens.push(...newRefreshTokens)
	await atomically(db, [
		db.insert(schema.accounts).values({
			id: accountId,
			// The same person in each account: their keyed index differs, since one person has one account.
			pidIndex: newSecret(systemRandom),
			snapshot: sealSnapshot(vault, accountId, { ...PERSON.record, ial: 'ial2' }),
			snapshotAt: now,
			status: 'active',
			ial: 'ial2',
			enrolmentId: newId(systemRandom, 'enr'),
			createdAt: now,
			updatedAt: now,
		}),
		...[ids, refreshing].map(({ grantId, clientId }) =>
			db.insert(schema.grants).values({
				id: grantId,
				accountId,
				clientId,
				scope: SCOPE,
				signInId: newId(systemRandom, 'sig'),
				createdAt: now,
			}),
		),
		db.insert(schema.sessions).values({
			secretHash: hashSecret(session),
			accountId,
			credentialId: newSecret(systemRandom),
			...about,
			authenticatedAt: now,
			lastSeenAt: now,
			expiresAt: now + DAY,
		}),
		db.insert(schema.accessTokens).values({
			...ids,
			hash: hashSecret(token),
			codeHash: hashSecret(newSecret(systemRandom)),
			scope: SCOPE,
			expiresAt: now + DAY,
		}),
		...newCodes.map((code) =>
			db.insert(schema.codes).values({
				...ids,
				...about,
				hash: hashSecret(code),
				redirectUri: benchClient.redirectUri,
				scope: SCOPE,
				nonce: newSecret(systemRandom),
				codeChallenge: benchClient.codeChallenge,
				authTime: now,
				expiresAt: now + DAY,
			}),
		),
		...newRefreshTokens.map((token) =>
			db.insert(schema.refreshTokens).values({
				...refreshing,
				...about,
				hash: hashSecret(token),
				codeHash: hashSecret(newSecret(systemRandom)),
				scope: SCOPE,
				authTime: now,
				expiresAt: now + DAY,
			}),
		),
	])
}
