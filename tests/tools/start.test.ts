import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProvider, startProvider } from '../../tools/provider.ts'

/** Away from the ports that somebody's own demo may use. */
const FIRST_PORT = 23_460
/** Starting takes a moment on a busy machine, ms. */
const START = 90_000

describe('a newcomer starts it', () => {
	let provider: RunningProvider
	beforeAll(async () => {
		provider = await startProvider(FIRST_PORT)
	}, START)
	afterAll(async () => {
		expect(await provider.stop()).toBe(0)
		// The agency ends with it.
		expect(await fetch(provider.agencyUrl).catch(() => null)).toBeNull()
	}, START)

	test('the provider answers under its own name', async () => {
		expect(await (await fetch(`${provider.url}/healthz`)).text()).toBe('ok')
		const discovery = await fetch(`${provider.url}/.well-known/openid-configuration`)
		expect(await discovery.json()).toMatchObject({ issuer: provider.url })
	})

	test('the front end is there', async () => {
		const page = await fetch(`${provider.url}/office`)
		expect(page.status).toBe(200)
		expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
	})

	test('the sample agency is up, and its request is taken', async () => {
		const sent = await fetch(`${provider.agencyUrl}/sign-in`, {
			method: 'POST',
			headers: { origin: provider.agencyUrl, 'content-type': 'application/x-www-form-urlencoded' },
			body: 'scope=name',
			redirect: 'manual',
		})
		expect(sent.status).toBe(303)
		const asked = await fetch(sent.headers.get('location') ?? '', { redirect: 'manual' })
		expect(asked.status).toBe(303)
		expect(asked.headers.get('location')).toContain('/sign-in/')
	})
})

describe('an operator who forgets something', () => {
	const data = mkdtempSync(join(tmpdir(), 'dopa-start-'))
	afterAll(() => rmSync(data, { recursive: true }))

	function startWith(settings: Record<string, string>): { exitCode: number; stderr: string } {
		const { PATH = '' } = process.env
		const env = { PATH, DOPA_DATA: data, DOPA_PORT: '0', ...settings }
		const { exitCode, stderr } = Bun.spawnSync([process.execPath, 'src/serve.ts'], {
			cwd: join(import.meta.dir, '../..'),
			env,
			timeout: 20_000,
		})
		return { exitCode, stderr: stderr.toString() }
	}

	test(
		'is told the missing setting by name, and nothing starts',
		() => {
			const { exitCode, stderr } = startWith({ DOPA_MODE: 'production', DOPA_ISSUER: 'https://id.example.go.th' })
			expect(exitCode).toBe(78)
			expect(stderr).toContain('DOPA_ROOT_KEYS')
		},
		START,
	)

	test(
		'is told an unknown setting by name',
		() => {
			const { exitCode, stderr } = startWith({ DOPA_ISUER: 'https://id.example.go.th' })
			expect(exitCode).toBe(78)
			expect(stderr).toContain('DOPA_ISUER')
		},
		START,
	)

	test(
		'cannot run the demo for the world',
		() => {
			const { exitCode, stderr } = startWith({ DOPA_ISSUER: 'https://id.example.go.th' })
			expect(exitCode).toBe(78)
			expect(stderr).toContain('DOPA_ISSUER')
		},
		START,
	)
})
