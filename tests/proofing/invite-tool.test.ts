import { afterEach, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { schema } from '../../db/client.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { fileDb, type TestDbFile } from '../kit/db.ts'

const TOOL = join(import.meta.dir, '../../tools/invite-officer.ts')

let file: TestDbFile
beforeEach(async () => {
	file = await fileDb()
})
afterEach(() => file.remove())

function run(...args: string[]) {
	const env = { ...process.env, DOPA_ISSUER: 'https://id.example.go.th/' }
	const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, TOOL, ...args], { env })
	return { exitCode, out: stdout.toString().trim(), err: stderr.toString() }
}

test('the operator gets a one-time link, the database its hash', async () => {
	const { exitCode, out } = run('--office', '1306', '--role', 'registrar', '--database', `file:${file.path}`)
	expect(exitCode).toBe(0)
	expect(out).toMatch(/^https:\/\/id\.example\.go\.th\/office\/join#[\w-]{43}$/)
	const { db } = await file.connect()
	const [row, ...others] = await db.select().from(schema.officerInvitations)
	expect(others).toEqual([])
	expect(row).toMatchObject({ officeCode: '1306', role: 'registrar', consumedBy: null })
	expect(row?.tokenHash).toBe(hashSecret(new URL(out).hash.slice(1)))
	expect((row?.expiresAt ?? 0) - (row?.createdAt ?? 0)).toBe(24 * 3_600_000)
})

test.each([
	[['--role', 'officer']],
	[['--office', '13', '--role', 'officer']],
	[['--office', '1306', '--role', 'admin']],
	[['--office', '1306', '--role', 'officer', '--d1', 'dopa']],
	[['--office', '1306', '--role', 'officer', '--d1', 'dopa', '--local', '--remote']],
])('%p is not understood, and nothing is written', async (args) => {
	const { exitCode, out } = run(...args, '--database', `file:${file.path}`)
	expect(exitCode).toBe(1)
	expect(out).toBe('')
	const { db } = await file.connect()
	expect(await db.select().from(schema.officerInvitations)).toEqual([])
})
