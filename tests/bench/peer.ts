import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
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
import { cacheFolder, freePort, runToEnd, type System, startServer } from './system.ts'

/** npm's package of Node's own binaries: the peer asks for Node 22, which the machine may not have. */
const NODE_VERSION = '22.23.3'

/** @returns the path of Node 22; fetched into the cache at the first run */
export async function node22(): Promise<string> {
	const cache = await cacheFolder()
	const path = join(cache, 'node_modules/node/bin/node')
	if (!(await Bun.file(path).exists()))
		await runToEnd(['npm', 'install', '--prefix', cache, '--no-audit', '--no-fund', `node@${NODE_VERSION}`])
	return path
}

/** oidc-provider on Node, its state in SQLite (WAL, synchronous=FULL). @param folder an empty one */
export async function peerSystem(folder: string): Promise<System> {
	const node = await node22()
	const port = freePort()
	const issuer = `http://127.0.0.1:${port}`
	const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
	const settings = {
		issuer,
		port,
		...benchClient,
		scope: SCOPE,
		claims: PERSON.claims,
		keys: await Promise.all(['ES256', 'RS256', 'EdDSA'].map(newKey)),
		cookieKey: random(),
		pairwiseKey: random(),
		sealKey: random(),
		database: join(folder, 'peer.db'),
		out: join(folder, 'peer-seed.json'),
	}
	const settingsPath = join(folder, 'peer.json')
	const script = (name: string) => join(import.meta.dir, 'peer', name)
	let seeded: { codes: string[]; cookies: string[]; tokens: string[]; refreshTokens: string[] } = {
		codes: [],
		cookies: [],
		tokens: [],
		refreshTokens: [],
	}

	return {
		name: `oidc-provider ${(await Bun.file(require.resolve('oidc-provider/package.json')).json()).version}, Node ${NODE_VERSION}`,
		does: {
			token: '3 reads, 2 commits (code, token); ES256',
			refresh: '3 reads, 3 commits (old spent, new, access token); ES256',
			authorize: '4 reads, 2 commits (code, session); cookie HMAC',
			par: '1 read, 1 commit',
			userinfo: '3 reads',
			introspect: '2 reads',
			discovery: 'built at each request',
			jwks: 'built at each request',
		},
		async seed(amounts) {
			await Bun.write(settingsPath, JSON.stringify({ ...settings, ...amounts }))
			await runToEnd([node, script('seed.mjs'), settingsPath])
			seeded = await Bun.file(settings.out).json()
		},
		start: () =>
			startServer(
				[node, script('serve.mjs'), settingsPath],
				{ NODE_ENV: 'production' },
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
				case 'par':
					return { requests: pushRequests(`${issuer}/request`), expect: { status: 201, bodyHas: '"request_uri":"' } }
				case 'introspect':
					return {
						requests: seeded.tokens.map((token) => introspectRequest(`${issuer}/token/introspection`, token)),
						expect: { status: 200, bodyHas: '"active":true' },
					}
				case 'authorize':
					return {
						requests: silentRequests(`${issuer}/auth`, seeded.cookies),
						expect: { status: 303, locationHas: 'code=' },
					}
				case 'userinfo':
					return {
						requests: seeded.tokens.map((token) => get('/me', { authorization: `Bearer ${token}` })),
						expect: { status: 200, bodyHas: PERSON.claims.pid },
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

async function newKey(alg: string): Promise<object> {
	const { privateKey } = await generateKeyPair(alg, { extractable: true })
	return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `bench-${alg}` }
}
