import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * `bun run examples:test`: runs the relying parties of `examples/` that are written in other languages, each with its
 * own library against this provider. It gets what they need where a package manager of this machine can (Debian's as
 * root, pip, Maven, Go, npm) and then runs `tests/examples` with EXAMPLES=1: what still cannot run is a failure there.
 *
 * What it installs for Python and builds for Go lies in `data/examples`, for Java in `examples/spring/target`; the two of npm
 * have a `node_modules` of their own. Nothing of it is under version control.
 */
const root = join(import.meta.dir, '..')
const built = join(root, 'data/examples')
const DEBIAN = 'apache2 libapache2-mod-auth-openidc php-cli php-curl ruby-sinatra ruby-omniauth-openid-connect'.split(
	' ',
)

async function run(command: readonly string[], cwd = root, env: Record<string, string> = {}): Promise<boolean> {
	console.log(`\n$ ${command.join(' ')}`)
	const child = Bun.spawn([...command], { cwd, env: { ...process.env, ...env }, stdin: 'ignore', stdout: 1, stderr: 2 })
	return (await child.exited) === 0
}

async function debian(): Promise<void> {
	if (Bun.which('apt-get') === null || process.getuid?.() !== 0) return
	const installed = Bun.spawnSync(['dpkg', '--status', ...DEBIAN], { stdout: 'ignore', stderr: 'ignore' })
	if (installed.exitCode === 0) return
	await run(['apt-get', 'update', '-qq'])
	// Without its services: an example starts its own Apache on its own port.
	const quiet = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
	await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...DEBIAN], root, quiet)
}

async function python(): Promise<void> {
	if (Bun.which('python3') === null) return
	const home = join(built, 'python')
	if (!existsSync(home)) await run(['python3', '-m', 'venv', home])
	await run([join(home, 'bin/pip'), 'install', '-q', '-r', 'examples/authlib/requirements.txt'])
}

async function java(): Promise<void> {
	if (Bun.which('mvn')) await run(['mvn', '-q', '-B', 'package'], join(root, 'examples/spring'))
}

async function go(): Promise<void> {
	if (Bun.which('go')) await run(['go', 'build', '-o', join(built, 'go-agency'), '.'], join(root, 'examples/go-oidc'))
}

async function javascript(): Promise<void> {
	for (const folder of ['auth-js', 'better-auth'])
		await run([process.execPath, 'install', '--no-save', '--silent'], join(root, 'examples', folder))
}

await mkdir(built, { recursive: true })
for (const install of [debian, python, java, go, javascript]) await install()
const passed = await run([process.execPath, 'test', '--timeout=60000', 'tests/examples'], root, { EXAMPLES: '1' })
process.exitCode = passed ? 0 : 1
