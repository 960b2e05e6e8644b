import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { readSettings } from '../../src/env.ts'
import { serveRegistry } from '../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'
import { bundleWorker } from '../kit/edge.ts'
import { createBrowser } from '../kit/http-client.ts'
import { fragmentOf, joinOffice } from '../kit/journeys.ts'
import { createPhone } from '../kit/phone.ts'

/**
 * The README's way to the edge, command by command as it is written there, against a local D1: only `--remote` becomes
 * `--local`, the deployment a dry run, and what needs an account (making the database, storing secrets) is told apart.
 */
setDefaultTimeout(240_000)

const root = join(import.meta.dir, '../..')
const ISSUER = 'https://id.example.go.th'
const NEEDS_ACCOUNT = /wrangler (d1 create|secret put)/

let place: string
const ran: { command: string; code: number; out: string }[] = []

/** The commands of the README's block about the edge, without comments. */
async function commands(): Promise<string[]> {
	const readme = await Bun.file(join(root, 'README.md')).text()
	const block = /\*\*The edge\.\*\*[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
	return block
		.split('\n')
		.map((line) => line.replace(/\s+#.*$/, '').trim())
		.filter(Boolean)
}

const asLocal = (command: string): string =>
	command
		.replace('--remote', '--local')
		.replace(/wrangler deploy$/, 'wrangler deploy --dry-run --outdir bundle')
		.replace('https://…', ISSUER)

async function run(command: string): Promise<(typeof ran)[number]> {
	const child = Bun.spawn(['sh', '-c', command], {
		cwd: place,
		env: {
			...process.env,
			PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
			CI: 'true',
			WRANGLER_SEND_METRICS: 'false',
			DOPA_DATA: join(place, 'data'),
		},
		stdin: 'ignore',
		stdout: 'pipe',
		stderr: 'pipe',
	})
	const [out, error, code] = await Promise.all([
		new Response(child.stdout).text(),
		new Response(child.stderr).text(),
		child.exited,
	])
	return { command, code, out: out + error }
}

beforeAll(async () => {
	// A folder of its own, so that wrangler's local database is fresh and nobody's work is touched.
	place = await mkdtemp(join(tmpdir(), 'dopa-deploy-'))
	for (const name of await readdir(root))
		if (!['.git', '.wrangler', 'data'].includes(name)) await symlink(join(root, name), join(place, name))
	for (const command of await commands()) if (!NEEDS_ACCOUNT.test(command)) ran.push(await run(asLocal(command)))
})
afterAll(() => rm(place, { recursive: true, force: true }))

test('the README has the whole way: build, migrations, secrets, deployment, first officer', async () => {
	const all = (await commands()).join('\n')
	for (const step of [
		'run build',
		'd1 create',
		'd1 migrations apply',
		'keys:root',
		'secret put DOPA_ROOT_KEYS',
		'wrangler deploy',
		'officer:invite',
	])
		expect(all).toContain(step)
})

test('every command goes through, in the order in which it stands there', () => {
	expect(ran.map(({ command, code }) => ({ command, code }))).toEqual(ran.map(({ command }) => ({ command, code: 0 })))
	expect(ran.length).toBeGreaterThanOrEqual(5)
})

test('the key that is made is one that the settings take', () => {
	const key = ran.find(({ command }) => command.includes('keys:root'))?.out.match(/^1:[\w-]{43}$/m)?.[0]
	expect(readSettings(production(key ?? '')).rootKeys).toHaveLength(1)
})

test('the dry run bundles the application with its database and its pages', () => {
	const { out } = ran.find(({ command }) => command.includes('deploy')) ?? { out: '' }
	expect(out).toContain('env.DB')
	expect(out).toContain('env.ASSETS')
})

test('the first officer’s link works on what was deployed', async () => {
	const simulator = await openSimulator({ file: ':memory:', population: 100 })
	const registry = Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		fetch: serveRegistry(simulator, { token: 'of-the-test' }).fetch,
	})
	const miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: [{ type: 'ESModule', path: 'worker.js', contents: await bundleWorker() }],
			compatibilityDate: '2026-11-01',
			compatibilityFlags: ['nodejs_compat'],
			// The very database that the commands above filled.
			d1Databases: { DB: '00000000-0000-0000-0000-000000000000' },
			resourcePersistencePath: join(place, '.wrangler/state/v3'),
			serviceBindings: { ASSETS: () => new Response('') },
			bindings: production(`1:${'A'.repeat(43)}`, `http://127.0.0.1:${registry.port}`),
			cf: false,
			host: '127.0.0.1',
		}),
	)
	try {
		const url = await miniflare.ready
		const link = ran.find(({ command }) => command.includes('officer:invite'))?.out.match(/https:\S+/)?.[0] ?? ''
		expect(link).toStartWith(`${ISSUER}/office/join#`)
		const officer = createBrowser(
			(request) =>
				fetch(new Request(new URL(new URL(request.url).pathname + new URL(request.url).search, url), request)),
			{ origin: ISSUER },
		)
		await joinOffice(
			officer,
			createPhone({ rpId: 'id.example.go.th', origin: ISSUER }),
			fragmentOf(link),
			'สมศรี ตัวอย่าง',
		)
		expect(await officer.query('office.me', {})).toMatchObject({ role: 'officer', office: { code: '1306' } })
	} finally {
		await miniflare.dispose()
		await registry.stop(true)
		simulator.close()
	}
})

function production(rootKeys: string, registry = 'https://linkage.example.go.th') {
	return {
		DOPA_MODE: 'production',
		DOPA_ISSUER: ISSUER,
		DOPA_ROOT_KEYS: rootKeys,
		DOPA_REGISTRY: 'linkage',
		DOPA_REGISTRY_URL: registry,
		DOPA_REGISTRY_TOKEN: 'of-the-test',
	}
}
