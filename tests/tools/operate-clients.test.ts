import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { schema } from '../../db/client.ts'
import { fileDb } from '../kit/db.ts'
import { openProvider } from '../oidc/kit/provider.ts'
import { register } from '../oidc/kit/relying-party.ts'
import { authorize } from '../oidc/kit/requests.ts'

/** Each run of a command starts a program; a machine may be busy. */
setDefaultTimeout(60_000)
const file = await fileDb()
const provider = await openProvider({ database: await file.connect() })
const { db } = provider
afterAll(() => file.remove())

function run(tool: string, ...args: string[]) {
	const path = join(import.meta.dir, `../../tools/${tool}.ts`)
	const ran = Bun.spawnSync([process.execPath, path, ...args, '--database', `file:${file.path}`])
	return { exitCode: ran.exitCode, out: ran.stdout.toString().trim(), err: ran.stderr.toString().trim() }
}

test('a suspended relying party is served nothing, until it is let in again', async () => {
	const rp = await register(provider)
	const status = async () => (await authorize(provider.browser(), rp)).status
	expect(await status()).toBe(303)
	expect(run('suspend-client', rp.id)).toMatchObject({ exitCode: 0, out: `${rp.id}: suspended` })
	expect(await status()).toBe(400)
	expect(run('suspend-client', rp.id, '--resume')).toMatchObject({ exitCode: 0, out: `${rp.id}: live` })
	expect(await status()).toBe(303)
	expect(run('suspend-client', 'nobody').exitCode).toBe(1)
})

test('an API is registered, changed, suspended', async () => {
	const rp = await register(provider)
	const id = 'https://api.example.go.th/v1'
	expect(run('register-resource', id, '--scope', 'pid name', '--introspected-by', rp.id).exitCode).toBe(0)
	const rows = () => db.select().from(schema.resourceServers)
	expect(await rows()).toMatchObject([
		{ id, clientId: rp.id, accessTokenAlg: 'ES256', scopes: '["pid","name"]', status: 'live' },
	])
	expect(run('register-resource', id, '--suspend').out).toBe(`${id}: suspended`)
	expect(await rows()).toMatchObject([{ status: 'suspended' }])
	expect(run('register-resource', id, '--scope', 'pid', '--alg', 'PS256').exitCode).toBe(0)
	expect(await rows()).toMatchObject([{ clientId: null, accessTokenAlg: 'PS256', scopes: '["pid"]', status: 'live' }])
})

test.each([
	[['http://api.example.go.th', '--scope', 'pid']],
	[['https://api.example.go.th/#x', '--scope', 'pid']],
	[['not-a-uri', '--scope', 'pid']],
	[['https://other.example.go.th']],
	[['https://other.example.go.th', '--scope', 'pid', '--alg', 'HS256']],
	[['https://other.example.go.th', '--scope', 'pid', '--introspected-by', 'nobody']],
	[['https://other.example.go.th', '--suspend']],
])('%p is not taken, and nothing is written', async (args) => {
	const before = await db.select().from(schema.resourceServers)
	const { exitCode, err } = run('register-resource', ...args)
	expect(exitCode).toBe(1)
	expect(err).not.toBe('')
	expect(await db.select().from(schema.resourceServers)).toEqual(before)
})
