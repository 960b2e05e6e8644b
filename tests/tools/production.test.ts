import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { people, serveRegistry } from '../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'
import { type Browser, createBrowser } from '../kit/http-client.ts'
import { fragmentOf, joinOffice } from '../kit/journeys.ts'
import { createPhone } from '../kit/phone.ts'

/**
 * One machine, as the README says: the server in production mode, the Linkage Center over HTTP, a proxy in front that
 * ends TLS and says who asks. The proxy's certificate is the test's own (of nobody's authority, until 2126); everything else is the real thing.
 */
const root = join(import.meta.dir, '../..')
const START = 90_000
const HOST = 'id.example.go.th'
const ISSUER = `https://${HOST}`

let folder: string
let server: Bun.Subprocess<'ignore', 'ignore', 'pipe'>
let registry: { server: Bun.Server<undefined>; close(): void }
let proxy: Bun.Server<undefined>
let env: Record<string, string>

function freePort(): number {
	const taken = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
	const { port } = taken
	taken.stop(true)
	return port ?? 0
}

/** Ends TLS and forwards; whatever the outside says about addresses is replaced. */
function openProxy(to: number, certificate: { key: string; cert: string }) {
	return Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		tls: certificate,
		async fetch(request, self) {
			const url = new URL(request.url)
			const headers = new Headers(request.headers)
			headers.set('x-client-address', self.requestIP(request)?.address ?? '')
			return fetch(`http://127.0.0.1:${to}${url.pathname}${url.search}`, {
				method: request.method,
				headers,
				body: request.method === 'GET' ? null : await request.arrayBuffer(),
				redirect: 'manual',
			})
		},
	})
}

/** A browser whose name service leads to the proxy, and which trusts its certificate and no other. */
function outside(certificate: { cert: string }): Browser {
	return createBrowser(
		(request) => {
			const url = new URL(request.url)
			url.hostname = '127.0.0.1'
			url.port = String(proxy.port)
			const headers = new Headers(request.headers)
			headers.set('host', HOST)
			return fetch(new Request(url, new Request(request, { headers })), {
				tls: { ca: certificate.cert, serverName: HOST },
				redirect: 'manual',
			})
		},
		{ origin: ISSUER },
	)
}

let certificate: { key: string; cert: string }

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'dopa-production-'))
	certificate = {
		key: await Bun.file(join(import.meta.dir, `tls/${HOST}.key.pem`)).text(),
		cert: await Bun.file(join(import.meta.dir, `tls/${HOST}.crt.pem`)).text(),
	}
	const simulator = await openSimulator({ file: ':memory:', population: 100 })
	const token = newSecret(systemRandom)
	const linkage = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: serveRegistry(simulator, { token }).fetch })
	registry = { server: linkage, close: () => simulator.close() }
	const port = freePort()
	env = {
		PATH: process.env.PATH ?? '',
		DOPA_MODE: 'production',
		DOPA_ISSUER: ISSUER,
		DOPA_PORT: String(port),
		DOPA_DATA: folder,
		DOPA_ROOT_KEYS: `1:${newSecret(systemRandom)}`,
		DOPA_REGISTRY: 'linkage',
		DOPA_REGISTRY_URL: `http://127.0.0.1:${linkage.port}`,
		DOPA_REGISTRY_TOKEN: token,
		DOPA_CLIENT_ADDRESS_HEADER: 'x-client-address',
	}
	server = Bun.spawn([process.execPath, 'tools/start.ts'], {
		cwd: root,
		env,
		stdin: 'ignore',
		stdout: 'ignore',
		stderr: 'pipe',
	})
	proxy = openProxy(port, certificate)
	const until = Date.now() + START
	while (
		!(await fetch(`http://127.0.0.1:${port}/healthz`)
			.then((answer) => answer.ok)
			.catch(() => false))
	) {
		if (server.exitCode !== null) throw new Error(await new Response(server.stderr).text())
		if (Date.now() > until) throw new Error('the server did not start')
		await Bun.sleep(20)
	}
}, START)

afterAll(async () => {
	server.kill('SIGTERM')
	expect(await server.exited).toBe(0)
	await Promise.all([proxy.stop(true), registry.server.stop(true)])
	registry.close()
	await rm(folder, { recursive: true, force: true })
}, START)

test('a relying party finds the provider under its public name', async () => {
	const answer = await outside(certificate).get('/.well-known/openid-configuration')
	expect(answer.headers.get('strict-transport-security')).toContain('max-age=')
	const discovery = (await answer.json()) as Record<string, string>
	expect(discovery.issuer).toBe(ISSUER)
	expect(discovery.token_endpoint).toBe(`${ISSUER}/oauth/token`)
})

test('nothing was seeded: no sample agency may send anybody here', async () => {
	const query = new URLSearchParams({ client_id: 'sample-agency', response_type: 'code', scope: 'openid' })
	const answer = await outside(certificate).get(`/oauth/authorize?${query}`)
	expect(answer.status).toBe(400)
	expect(await answer.text()).toContain('data-error="invalid_client"')
})

test(
	'the first officer joins by the link that the operator’s command prints, and finds a person of the registry',
	async () => {
		const invite = Bun.spawnSync(
			[process.execPath, 'tools/invite-officer.ts', '--office', '1306', '--role', 'officer'],
			{
				cwd: root,
				env,
			},
		)
		expect(invite.exitCode, invite.stderr.toString()).toBe(0)
		const link = invite.stdout.toString().trim()
		expect(link).toStartWith(`${ISSUER}/office/join#`)
		const officer = outside(certificate)
		await joinOffice(officer, createPhone({ rpId: HOST, origin: ISSUER }), fragmentOf(link), 'สมศรี ตัวอย่าง')
		expect(await officer.query('office.me', {})).toMatchObject({ role: 'officer', office: { code: '1306' } })
		expect(await officer.mutate('office.lookUp', { pid: people.somchai.pid })).toMatchObject({ state: 'looked_up' })
	},
	START,
)

test('a page that another website sends does nothing', async () => {
	const browser = outside(certificate)
	const answer = await browser.post('/trpc/office.signInOptions', {}, { headers: { origin: 'https://evil.example' } })
	expect(answer.status).toBe(403)
})
