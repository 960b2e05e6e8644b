/**
 * The floor: the least code that still does each grant honestly on Hono and libSQL. Client secret, redirect URI, PKCE,
 * expiry and single use are checked; what is secret is stored as a hash; each write is one atomic batch whose later
 * statements repeat the guard; the person's data are sealed at rest, as with the other two; an id_token is signed. No
 * profiles, no audit, no session policy, no error
 * pages, no other algorithm: what the product costs beyond this is what its other duties cost.
 *
 * `bun serve.ts settings.json`
 */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, timingSafeEqual } from 'node:crypto'
import type { InStatement } from '@libsql/client'
import { Hono } from 'hono'
import { connectFile } from '../../../db/open.ts'
import { open } from './store.ts'

export interface FloorSettings {
	issuer: string
	port: number
	database: string
	/** PKCS#8 PEM, P-256. */
	key: string
	/** 32 bytes, base64url. */
	sealKey: string
}

const [path] = Bun.argv.slice(2)
if (!path) throw new Error('usage: bun serve.ts settings.json')
const { issuer, port, database, key, sealKey } = (await Bun.file(path).json()) as FloorSettings
const db = await connectFile(database)
const privateKey = createPrivateKey(key)
const sealBytes = Buffer.from(sealKey, 'base64url')
const claimsOf = (row: Record<string, unknown>): Record<string, unknown> =>
	JSON.parse(open(sealBytes, String(row.sub), String(row.claims)))
const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' })

const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url')
const newSecret = () => randomBytes(32).toString('base64url')
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const HEADER = encode({ alg: 'ES256', kid: 'floor', typ: 'JWT' })
const JSON_TYPE = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: JSON_TYPE })
const refuse = (error: string, status = 400) => json({ error }, status)

const one = async (sql: string, args: (string | number)[]) => (await db.execute({ sql, args })).rows[0]
/** @returns whether the first statement changed a row */
const write = async (statements: InStatement[]) => (await db.batch(statements, 'write'))[0]?.rows.length === 1

function idToken(of: { sub: string; clientId: string; authTime: number; nonce: unknown; claims: object }): string {
	const iat = Math.floor(Date.now() / 1_000)
	const payload = encode({
		...of.claims,
		iss: issuer,
		sub: of.sub,
		aud: of.clientId,
		iat,
		exp: iat + 3_600,
		auth_time: Math.floor(of.authTime / 1_000),
		...(of.nonce ? { nonce: of.nonce } : {}),
	})
	const input = `${HEADER}.${payload}`
	const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
	return `${input}.${signature.toString('base64url')}`
}

function basic(header: string | undefined): { id: string; secretHash: string } | null {
	const [, encoded] = /^Basic (.+)$/.exec(header ?? '') ?? []
	const [id, secret] = encoded ? atob(encoded).split(':') : []
	return id && secret ? { id, secretHash: hash(secret) } : null
}

const same = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

const LIFETIME = 900_000
const app = new Hono()

app.get('/authorize', async (c) => {
	const q = new URL(c.req.url).searchParams
	const cookie = /(?:^|; )session=([\w-]+)/.exec(c.req.header('cookie') ?? '')?.[1] ?? ''
	const now = Date.now()
	const row = await one(
		`SELECT clients.redirect_uri, sessions.sub, sessions.auth_time, grants.scope FROM clients
			LEFT JOIN sessions ON sessions.hash = ? AND sessions.expires_at > ?
			LEFT JOIN grants ON grants.sub = sessions.sub AND grants.client_id = clients.id WHERE clients.id = ?`,
		[hash(cookie), now, q.get('client_id') ?? ''],
	)
	const [redirectUri, scope, challenge] = [q.get('redirect_uri'), q.get('scope') ?? '', q.get('code_challenge') ?? '']
	if (!row || row.redirect_uri !== redirectUri) return refuse('invalid_request')
	const granted = String(row.scope ?? '').split(' ')
	const problem =
		q.get('response_type') !== 'code' || q.get('code_challenge_method') !== 'S256' || challenge.length !== 43
			? 'invalid_request'
			: row.sub === null
				? 'login_required'
				: scope.split(' ').every((each) => granted.includes(each))
					? null
					: 'consent_required'
	const answer = new URLSearchParams({ iss: issuer, state: q.get('state') ?? '' })
	if (problem) answer.set('error', problem)
	else {
		const code = newSecret()
		await write([
			{
				sql: 'INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) RETURNING hash',
				args: [
					hash(code),
					q.get('client_id'),
					row.sub ?? '',
					redirectUri,
					scope,
					q.get('nonce'),
					challenge,
					row.auth_time ?? 0,
					now + 60_000,
				],
			},
		])
		answer.set('code', code)
	}
	return new Response(null, {
		status: 303,
		headers: { location: `${redirectUri}?${answer}`, 'cache-control': 'no-store' },
	})
})

app.post('/token', async (c) => {
	const client = basic(c.req.header('authorization'))
	const form = new URLSearchParams(await c.req.text())
	if (!client) return refuse('invalid_client', 401)
	return form.get('grant_type') === 'refresh_token' ? refresh(client, form) : exchange(client, form)
})

async function exchange(client: { id: string; secretHash: string }, form: URLSearchParams): Promise<Response> {
	const codeHash = hash(form.get('code') ?? '')
	const row = await one(
		`SELECT clients.secret_hash, codes.*, people.claims FROM clients LEFT JOIN codes ON codes.hash = ?
			LEFT JOIN people ON people.sub = codes.sub WHERE clients.id = ?`,
		[codeHash, client.id],
	)
	if (!row || !same(String(row.secret_hash), client.secretHash)) return refuse('invalid_client', 401)
	const now = Date.now()
	const challenge = createHash('sha256')
		.update(form.get('code_verifier') ?? '')
		.digest('base64url')
	const good =
		row.client_id === client.id && row.redirect_uri === form.get('redirect_uri') && row.challenge === challenge
	if (!good) return refuse('invalid_grant')
	const [token, act] = [newSecret(), randomBytes(16).toString('base64url')]
	const spent = await write([
		{
			sql: 'UPDATE codes SET used_by = ? WHERE hash = ? AND used_by IS NULL AND expires_at > ? RETURNING hash',
			args: [act, codeHash, now],
		},
		{
			sql: 'INSERT INTO tokens SELECT ?, client_id, sub, scope, hash, ? FROM codes WHERE hash = ? AND used_by = ?',
			args: [hash(token), now + LIFETIME, codeHash, act],
		},
	])
	if (!spent) {
		await write([{ sql: 'DELETE FROM tokens WHERE code_hash = ?', args: [codeHash] }])
		return refuse('invalid_grant')
	}
	return json(answer(row, client.id, token))
}

async function refresh(client: { id: string; secretHash: string }, form: URLSearchParams): Promise<Response> {
	const oldHash = hash(form.get('refresh_token') ?? '')
	const row = await one(
		`SELECT clients.secret_hash, refresh_tokens.*, people.claims FROM clients LEFT JOIN refresh_tokens ON refresh_tokens.hash = ?
			LEFT JOIN people ON people.sub = refresh_tokens.sub WHERE clients.id = ?`,
		[oldHash, client.id],
	)
	if (!row || !same(String(row.secret_hash), client.secretHash)) return refuse('invalid_client', 401)
	if (row.client_id !== client.id) return refuse('invalid_grant')
	const now = Date.now()
	const [token, next] = [newSecret(), newSecret()]
	const nextHash = hash(next)
	const rotated = await write([
		{
			sql: 'UPDATE refresh_tokens SET replaced_by = ? WHERE hash = ? AND replaced_by IS NULL AND expires_at > ? RETURNING hash',
			args: [nextHash, oldHash, now],
		},
		{
			sql: 'INSERT INTO refresh_tokens SELECT ?, client_id, sub, scope, code_hash, auth_time, expires_at, NULL FROM refresh_tokens WHERE hash = ? AND replaced_by = ?',
			args: [nextHash, oldHash, nextHash],
		},
		{
			sql: 'INSERT INTO tokens SELECT ?, client_id, sub, scope, code_hash, ? FROM refresh_tokens WHERE hash = ? AND replaced_by = ?',
			args: [hash(token), now + LIFETIME, oldHash, nextHash],
		},
	])
	if (!rotated) {
		await write([{ sql: 'DELETE FROM tokens WHERE code_hash = ?', args: [row.code_hash ?? ''] }])
		return refuse('invalid_grant')
	}
	return json({ ...answer(row, client.id, token), refresh_token: next })
}

const answer = (row: Record<string, unknown>, clientId: string, token: string) => ({
	access_token: token,
	token_type: 'Bearer',
	expires_in: LIFETIME / 1_000,
	scope: row.scope,
	id_token: idToken({
		sub: String(row.sub),
		clientId,
		authTime: Number(row.auth_time),
		nonce: row.nonce,
		claims: claimsOf(row),
	}),
})

app.post('/par', async (c) => {
	const client = basic(c.req.header('authorization'))
	const form = new URLSearchParams(await c.req.text())
	const row = client && (await one('SELECT secret_hash, redirect_uri FROM clients WHERE id = ?', [client.id]))
	if (!client || !row || !same(String(row.secret_hash), client.secretHash)) return refuse('invalid_client', 401)
	if (row.redirect_uri !== form.get('redirect_uri') || form.get('code_challenge_method') !== 'S256')
		return refuse('invalid_request')
	const uri = `urn:ietf:params:oauth:request_uri:${newSecret()}`
	await write([
		{
			sql: 'INSERT INTO pushed VALUES (?, ?, ?, ?) RETURNING hash',
			args: [hash(uri), client.id, JSON.stringify(Object.fromEntries(form)), Date.now() + 60_000],
		},
	])
	return json({ request_uri: uri, expires_in: 60 }, 201)
})

app.get('/userinfo', async (c) => {
	const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
	const row = await one(
		'SELECT people.sub, people.claims FROM tokens JOIN people ON people.sub = tokens.sub WHERE tokens.hash = ? AND tokens.expires_at > ?',
		[hash(token), Date.now()],
	)
	return row ? json({ sub: row.sub, ...claimsOf(row) }) : refuse('invalid_token', 401)
})

app.post('/introspect', async (c) => {
	const client = basic(c.req.header('authorization'))
	const form = new URLSearchParams(await c.req.text())
	if (!client) return refuse('invalid_client', 401)
	const row = await one(
		'SELECT clients.secret_hash, tokens.client_id, tokens.sub, tokens.scope, tokens.expires_at FROM clients LEFT JOIN tokens ON tokens.hash = ? WHERE clients.id = ?',
		[hash(form.get('token') ?? ''), client.id],
	)
	if (!row || !same(String(row.secret_hash), client.secretHash)) return refuse('invalid_client', 401)
	if (row.client_id !== client.id || Number(row.expires_at) <= Date.now()) return json({ active: false })
	const { sub, scope, client_id } = row
	return json({
		active: true,
		sub,
		scope,
		client_id,
		token_type: 'Bearer',
		exp: Math.floor(Number(row.expires_at) / 1_000),
	})
})

const discovery = JSON.stringify({
	issuer,
	authorization_endpoint: `${issuer}/authorize`,
	token_endpoint: `${issuer}/token`,
	jwks_uri: `${issuer}/jwks`,
	response_types_supported: ['code'],
	subject_types_supported: ['public'],
	id_token_signing_alg_values_supported: ['ES256'],
})
const jwks = JSON.stringify({ keys: [{ ...publicJwk, kid: 'floor', alg: 'ES256', use: 'sig' }] })
app.get('/.well-known/openid-configuration', () => new Response(discovery, { headers: JSON_TYPE }))
app.get('/jwks', () => new Response(jwks, { headers: JSON_TYPE }))

Bun.serve({ hostname: '127.0.0.1', port, fetch: (request) => app.fetch(request) })
