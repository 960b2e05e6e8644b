import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

setDefaultTimeout(120_000)

const root = join(import.meta.dir, '../..')

test('on Deno the application starts, migrates its database, and answers discovery and keys', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'dopa-deno-'))
	const deno = Bun.spawn(
		[
			await denoProgram(),
			'run',
			'--allow-all',
			'--no-check',
			'--node-modules-dir=manual',
			join(import.meta.dir, 'deno-serve.ts'),
			join(folder, 'dopa.db'),
		],
		{
			cwd: root,
			stdin: 'ignore',
			stdout: 'pipe',
			stderr: 'inherit',
			env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
		},
	)
	try {
		const port = await portOf(deno.stdout)
		const discovery = await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`)
		expect(await discovery.json()).toMatchObject({ issuer: 'http://localhost:8787' })
		const { keys } = (await (await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)).json()) as {
			keys: object[]
		}
		expect(keys.length).toBeGreaterThan(0)
	} finally {
		deno.kill()
		await deno.exited
		await rm(folder, { recursive: true, force: true })
	}
})

/** The program itself: the package's script would start it as a child that outlives a kill. */
async function denoProgram(): Promise<string> {
	const scope = join(root, 'node_modules/@deno')
	const [platform = ''] = await readdir(scope)
	return join(scope, platform, process.platform === 'win32' ? 'deno.exe' : 'deno')
}

async function portOf(output: ReadableStream<Uint8Array>): Promise<number> {
	let text = ''
	for await (const chunk of output) {
		text += new TextDecoder().decode(chunk)
		const port = /port (\d+)/.exec(text)?.[1]
		if (port) return Number(port)
	}
	throw new Error('the server did not start')
}
