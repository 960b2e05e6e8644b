import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { base64url } from '../../src/lib/bytes.ts'
import { HOUR } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { createKeyRing, SIGNING_ALGS, storedKeys } from '../../src/oidc/index.ts'
import { d1Db, inlined } from '../../tools/database.ts'
import { keyLines, rotate } from '../../tools/keys.ts'
import { fileDb } from '../kit/db.ts'
import { hasSqld, sqldDb } from '../kit/sqld.ts'
import { handClock } from '../oidc/kit/provider.ts'
import { migrations } from '../oidc/kit/stores.ts'

/** Each run of a command starts a program; a machine may be busy. */
setDefaultTimeout(60_000)
const TOOL = join(import.meta.dir, '../../tools/keys.ts')
const file = await fileDb()
afterAll(() => file.remove())
const root = systemRandom.bytes(32)
const rootKeys = `1:${base64url(root)}`
const { db } = await file.connect()

function run(...args: string[]) {
	const env = { ...process.env, DOPA_ROOT_KEYS: rootKeys }
	const ran = Bun.spawnSync([process.execPath, TOOL, ...args, '--database', `file:${file.path}`], { env })
	return { exitCode: ran.exitCode, out: ran.stdout.toString(), err: ran.stderr.toString() }
}

describe('bun run keys', () => {
	test('before the first start there is nothing to rotate, and it says so', () => {
		const { exitCode, out } = run('rotate')
		expect(exitCode).toBe(1)
		expect(out).toContain('never started')
	})

	test('rotate makes a key for each algorithm, which the deployment can open', async () => {
		const vault = createVault([{ version: 1, key: root }], systemRandom)
		const ring = createKeyRing({ db, vault, clock: { now: () => Date.now() } })
		await ring.jwks()
		const { exitCode, out, err } = run('rotate')
		expect([exitCode, err]).toEqual([0, ''])
		expect(out.match(/ {2}coming /g)).toHaveLength(4)
		const later = createKeyRing({ db, vault, clock: { now: () => Date.now() + 25 * HOUR } })
		for (const alg of SIGNING_ALGS) {
			const [before, after] = [await ring.signingKey(alg), await later.signingKey(alg)]
			expect(after.kid).not.toBe(before.kid)
			expect(out).toContain(`${alg}: ${after.kid} signs from `)
		}
	})

	test('rotate a second time does nothing and fails; one algorithm at once is done', () => {
		expect(run('rotate').exitCode).toBe(1)
		expect(run('rotate', '--alg', 'EdDSA', '--now')).toMatchObject({ exitCode: 0 })
		const lines = run('list').out.trim().split('\n')
		expect(lines.filter((line) => line.startsWith('EdDSA')).map((line) => line.split(/ +/)[1])).toEqual([
			'published',
			'signing',
			'published',
		])
	})

	test('no key is ever printed', async () => {
		const { out } = run('rotate', '--emergency')
		for (const { privateJwk, kid } of await storedKeys(db)) {
			expect(out).toContain(kid)
			expect(out).not.toContain(privateJwk)
		}
		expect(out).not.toContain('"d"')
	})

	test.each([
		[[]],
		[['destroy']],
		[['rotate', '--alg', 'HS256']],
		[['rotate', '--now', '--emergency']],
		[['list', '--local']],
	])('%j is not understood, and nothing changes', async (args) => {
		const before = await storedKeys(db)
		expect(run(...args).exitCode).toBe(1)
		expect(await storedKeys(db)).toEqual(before)
	})
})

test.skipIf(!hasSqld)(
	'a rotation over a libSQL server is the same',
	async () => {
		const server = await sqldDb()
		try {
			const vault = createVault([{ version: 1, key: root }], systemRandom)
			const deps = { db: server.db, vault, clock: handClock() }
			await createKeyRing(deps).jwks()
			const both = await Promise.all([rotate(deps, SIGNING_ALGS, 'planned'), rotate(deps, SIGNING_ALGS, 'planned')])
			expect(both.map(({ made }) => made).sort()).toEqual([false, true])
			expect(await keyLines(server.db, deps.clock.now())).toHaveLength(9)
		} finally {
			server.close()
		}
	},
	60_000,
)

test('a rotation over D1, whose client takes texts alone, is the same', async () => {
	const miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: [{ type: 'ESModule', path: 'worker.js', contents: 'export default { fetch: () => new Response() }' }],
			compatibilityDate: '2026-11-01',
			d1Databases: { DB: 'keys' },
			cf: false,
			host: '127.0.0.1',
		}),
	)
	try {
		const d1 = await miniflare.getD1Database('DB')
		for (const statement of await migrations()) await d1.prepare(statement).run()
		const overText = d1Db(async (statements) => {
			const results = await d1.batch(statements.map((statement) => d1.prepare(statement)))
			return results.map(({ results: rows }) => rows as Record<string, unknown>[])
		})
		const vault = createVault([{ version: 1, key: root }], systemRandom)
		const clock = handClock()
		const deps = { db: overText, vault, clock }
		const ring = createKeyRing(deps)
		const before = await ring.signingKey('ES256')
		const { lines, made } = await rotate(deps, SIGNING_ALGS, 'planned')
		expect([lines.length, made]).toEqual([4, true])
		expect((await rotate(deps, ['ES256'], 'planned')).made).toBe(false)
		expect(await keyLines(overText, clock.now())).toHaveLength(9)
		clock.advance(24 * HOUR)
		expect((await ring.signingKey('ES256')).kid).not.toBe(before.kid)
	} finally {
		await miniflare.dispose()
	}
})

describe('a statement with its values written out', () => {
	test.each([
		['a quotation mark', "it's", "'it''s'"],
		['what looks like its end', "'); DROP TABLE clients; --", "'''); DROP TABLE clients; --'"],
		['Thai, and a place for a value', 'ก?ข', "'ก?ข'"],
		['a number', 7, '7'],
		['nothing', null, 'NULL'],
	])('%s', (_, value, literal) => {
		expect(inlined('SELECT ?, 1', [value])).toBe(`SELECT ${literal}, 1`)
	})

	test.each([
		['a zero byte', 'a\u0000b'],
		['a fraction', 0.5],
		['a list', []],
		['undefined', undefined],
	])('%s is refused', (_, value) => {
		expect(() => inlined('SELECT ?', [value])).toThrow()
	})

	test('so is another number of values than places', () => {
		expect(() => inlined('SELECT ?', [])).toThrow()
		expect(() => inlined('SELECT ?', [1, 2])).toThrow()
	})
})
