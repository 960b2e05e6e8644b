import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { schema } from '../../db/client.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { fileDb } from '../kit/db.ts'

/** Each run of a command starts a program; a machine may be busy. */
setDefaultTimeout(60_000)
const TOOL = join(import.meta.dir, '../../tools/register-client.ts')
const file = await fileDb()
const { db } = await file.connect()
const folder = await mkdtemp(join(tmpdir(), 'dopa-register-'))
afterAll(async () => {
	await file.remove()
	await rm(folder, { recursive: true })
})

const AGENCY = {
	client_id: 'agency',
	client_name: "The agency's name; and more?",
	'client_name#th': 'หน่วยงาน',
	purpose: 'To be tested',
	'purpose#th': 'เพื่อทดสอบ',
	redirect_uris: ['https://www.agency.example/callback'],
	profile: 'oidc',
	scope: 'openid name',
}

async function run(metadata: object, ...args: string[]) {
	const path = join(folder, 'agency.json')
	await Bun.write(path, JSON.stringify(metadata))
	const ran = Bun.spawnSync([process.execPath, TOOL, path, ...args, '--database', `file:${file.path}`])
	const out = ran.stdout.toString()
	return { exitCode: ran.exitCode, err: ran.stderr.toString(), said: out ? JSON.parse(out) : null }
}

const stored = async () =>
	(await db.select().from(schema.clients)).map(({ id, nameEn, secretHash }) => ({ id, nameEn, secretHash }))

test('the operator sees the secret once, the database its hash', async () => {
	const { exitCode, said } = await run(AGENCY)
	expect(exitCode).toBe(0)
	expect(said).toMatchObject({ ...AGENCY, token_endpoint_auth_method: 'client_secret_basic' })
	expect(await stored()).toEqual([
		{ id: 'agency', nameEn: AGENCY.client_name, secretHash: hashSecret(said.client_secret) },
	])
})

test('the same again is refused; --update changes what is said and shows no secret', async () => {
	const before = await stored()
	expect(await run(AGENCY)).toMatchObject({ exitCode: 1, said: null })
	const { said } = await run({ ...AGENCY, client_name: 'Another name' }, '--update')
	expect(said).toMatchObject({ client_name: 'Another name' })
	expect(said).not.toHaveProperty('client_secret')
	expect(await stored()).toEqual([{ ...before[0], nameEn: 'Another name' } as (typeof before)[0]])
})

test('--new-secret makes the old one worthless', async () => {
	const [before] = await stored()
	const { said } = await run(AGENCY, '--update', '--new-secret')
	const [after] = await stored()
	expect(after?.secretHash).toBe(hashSecret(said.client_secret))
	expect(after?.secretHash).not.toBe(before?.secretHash)
})

test.each([
	['an update of nobody', { ...AGENCY, client_id: 'unknown' }, ['--update'], 'nothing is registered'],
	['a rule broken', { ...AGENCY, client_id: 'other', redirect_uris: ['http://a.example'] }, [], 'invalid_redirect_uri'],
	['a new secret of a new client', { ...AGENCY, client_id: 'other' }, ['--new-secret'], 'client:register <file.json>'],
])('%s is told and changes nothing', async (_, metadata, args, expected) => {
	const before = await stored()
	const { exitCode, err, said } = await run(metadata, ...args)
	expect([exitCode, said]).toEqual([1, null])
	expect(err).toContain(expected)
	expect(await stored()).toEqual(before)
})

test('http on this machine needs --loopback', async () => {
	const local = { ...AGENCY, client_id: 'local', redirect_uris: ['http://localhost:9/cb'] }
	expect((await run(local)).exitCode).toBe(1)
	expect((await run(local, '--loopback')).exitCode).toBe(0)
})

test('an operator is reminded of the hosts that the servers will ask', async () => {
	const { err } = await run({
		...AGENCY,
		client_id: 'logout',
		backchannel_logout_uri: 'https://www.agency.example/out',
	})
	expect(err).toContain('DOPA_OUTBOUND_HOSTS')
})
