import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import type { InStatement } from '@libsql/client'
import { connectFile } from '../../db/open.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import type { FloorSettings } from './floor/serve.ts'
import { createTables, seal } from './floor/store.ts'
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

const DAY = 86_400_000

interface Seeded {
	codes: string[]
	cookies: string[]
	tokens: string[]
	refreshTokens: string[]
}

/** The least that does each grant honestly (`floor/serve.ts`), on Bun. @param folder an empty one */
export async function floorSystem(folder: string): Promise<System> {
	const port = freePort()
	const issuer = `http://127.0.0.1:${port}`
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	const settings: FloorSettings = {
		issuer,
		port,
		database: join(folder, 'floor.db'),
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		sealKey: newSecret(systemRandom),
	}
	const settingsPath = join(folder, 'floor.json')
	let seeded: Seeded = { codes: [], cookies: [], tokens: [], refreshTokens: [] }
	return {
		name: 'the floor, Hono on Bun',
		does: {
			token: '1 read, 1 commit; sealed person opened; ES256; no audit',
			refresh: '1 read, 1 commit; sealed person opened; ES256',
			authorize: '1 read, 1 commit',
			par: '1 read, 1 commit',
			userinfo: '1 read; sealed person opened',
			introspect: '1 read',
			discovery: 'bytes made once',
			jwks: 'bytes made once',
		},
		async seed(amounts) {
			await Bun.write(settingsPath, JSON.stringify(settings))
			seeded = await seed(settings, amounts)
		},
		start: () =>
			startServer(
				[process.execPath, join(import.meta.dir, 'floor/serve.ts'), settingsPath],
				{},
				`${issuer}/.well-known/openid-configuration`,
			),
		requests(path) {
			const get = (at: string, headers = {}) => ({ url: issuer + at, method: 'GET', headers })
			switch (path) {
				case 'token':
					return {
						requests: seeded.codes.map((code) => tokenRequest(`${issuer}/token`, code)),
						expect: { status: 200, bodyHas: '"id_token":"' },
					}
				case 'refresh':
					return {
						requests: seeded.refreshTokens.map((token) => refreshRequest(`${issuer}/token`, token)),
						expect: { status: 200, bodyHas: '"refresh_token":"' },
					}
				case 'authorize':
					return {
						requests: silentRequests(`${issuer}/authorize`, seeded.cookies),
						expect: { status: 303, locationHas: 'code=' },
					}
				case 'par':
					return { requests: pushRequests(`${issuer}/par`), expect: { status: 201, bodyHas: '"request_uri":"' } }
				case 'userinfo':
					return {
						requests: seeded.tokens.map((token) => get('/userinfo', { authorization: `Bearer ${token}` })),
						expect: { status: 200, bodyHas: PERSON.claims.pid },
					}
				case 'introspect':
					return {
						requests: seeded.tokens.map((token) => introspectRequest(`${issuer}/introspect`, token)),
						expect: { status: 200, bodyHas: '"active":true' },
					}
				case 'discovery':
					return {
						requests: [get('/.well-known/openid-configuration')],
						expect: { status: 200, bodyHas: '"token_endpoint"' },
					}
				case 'jwks':
					return { requests: [get('/jwks')], expect: { status: 200, bodyHas: '"keys"' } }
			}
		},
	}
}

async function seed({ database, sealKey }: FloorSettings, { accounts, codes }: Amounts): Promise<Seeded> {
	const client = await connectFile(database)
	await createTables(client)
	const now = Date.now()
	const [key, claims] = [Buffer.from(sealKey, 'base64url'), JSON.stringify(PERSON.claims)]
	const { clientId, clientSecret, redirectUri, codeChallenge } = benchClient
	const out: Seeded = { codes: [], cookies: [], tokens: [], refreshTokens: [] }
	const statements: InStatement[] = [
		{ sql: 'INSERT INTO clients VALUES (?, ?, ?, ?)', args: [clientId, hashSecret(clientSecret), redirectUri, SCOPE] },
	]
	const secret = (list: string[], prefix = '') => {
		const made = newSecret(systemRandom)
		list.push(prefix + made)
		return hashSecret(made)
	}
	for (let i = 0; i < accounts; i++) {
		const sub = newSecret(systemRandom)
		statements.push(
			{ sql: 'INSERT INTO people VALUES (?, ?)', args: [sub, seal(key, sub, claims)] },
			{ sql: 'INSERT INTO grants VALUES (?, ?, ?)', args: [sub, clientId, SCOPE] },
			{ sql: 'INSERT INTO sessions VALUES (?, ?, ?, ?)', args: [secret(out.cookies, 'session='), sub, now, now + DAY] },
			{
				sql: 'INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)',
				args: [secret(out.tokens), clientId, sub, SCOPE, newSecret(systemRandom), now + DAY],
			},
		)
		for (let n = i; n < codes; n += accounts) {
			const nonce = newSecret(systemRandom)
			const codeArgs = [clientId, sub, redirectUri, SCOPE, nonce, codeChallenge, now, now + DAY]
			statements.push(
				{ sql: 'INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)', args: [secret(out.codes), ...codeArgs] },
				{
					sql: 'INSERT INTO refresh_tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL)',
					args: [secret(out.refreshTokens), clientId, sub, SCOPE, newSecret(systemRandom), now, now + DAY],
				},
			)
		}
	}
	await client.batch(statements, 'write')
	await client.execute('PRAGMA wal_checkpoint(TRUNCATE)')
	client.close()
	return out
}
