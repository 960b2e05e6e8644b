import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Glob } from 'bun'
import { LIMITS } from '../../src/env.ts'
import { DAY, MINUTE, SECOND } from '../../src/lib/clock.ts'
import { ID_TOKEN_BUDGET } from '../../src/oidc/artifacts/id-token.ts'
import { PROFILES } from '../../src/oidc/profiles/index.ts'
import { MAX_STATE } from '../../src/oidc/steps/check-nonce-and-state.ts'
import { startProvider } from './kit/provider.ts'
import { repository } from './kit/tools.ts'

const read = (path: string) => Bun.file(join(repository, path)).text()
const guide = await read('docs/relying-parties.md')
const folders = (await readdir(join(repository, 'examples'), { withFileTypes: true }))
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name)

/** Error codes where they are made: `new ProtocolError('…'`, and the few that are made elsewhere. */
async function codesOfTheSource(): Promise<Set<string>> {
	const made = [
		/\b(?:ProtocolError|dpopError)\(\s*'([a-z_]+)'/g,
		/\breturn \['([a-z]+_[a-z_]+)',/g,
		/\b(?:const error =|error:) '([a-z_]+)'/g,
		/\? '([a-z_]+_denied)'/g,
	]
	const found = new Set<string>()
	for (const folder of ['src/oidc', 'src/authn/qr'])
		for await (const path of new Glob('**/*.ts').scan(join(repository, folder))) {
			if (path.startsWith('registration/')) continue
			const text = await read(join(folder, path))
			for (const pattern of made) for (const [, code = ''] of text.matchAll(pattern)) found.add(code)
		}
	const app = await read('src/app.ts')
	for (const code of ['server_error', 'temporarily_unavailable']) if (app.includes(`'${code}'`)) found.add(code)
	return found
}

/** Codes that the guide tells of, in the first column of its tables of errors and in what stands below them. */
function codesOfTheGuide(): Set<string> {
	const section = guide.slice(guide.indexOf('## Errors'), guide.indexOf('## Limits'))
	const tables = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell)
	const dialect = section.slice(section.lastIndexOf('`thaid-v2` has'))
	return new Set(
		[...tables, dialect].flatMap((text) => [...(text ?? '').matchAll(/`([a-z]+_[a-z_]+)`/g)].map((m) => m[1] ?? '')),
	)
}

describe('the guide for relying parties', () => {
	test('tells of every error that is sent, and of no other', async () => {
		const sent = await codesOfTheSource()
		expect(sent.size).toBeGreaterThan(20)
		expect([...codesOfTheGuide()].toSorted()).toEqual([...sent].toSorted())
	})

	test('tells the limits that hold', () => {
		const seconds = (ms: number) => ms / SECOND
		const { oidc, fapi2, 'thaid-v2': thaid } = PROFILES
		for (const { codeLifetime, accessTokenLifetime, refreshTokenLifetime } of [oidc, fapi2, thaid]) {
			expect(guide).toContain(`| code | ${seconds(codeLifetime)} s, once |`)
			expect(guide).toContain(`| access token | ${accessTokenLifetime / MINUTE} min, opaque |`)
			expect(guide).toContain(`\`expires_in\` (${seconds(accessTokenLifetime)})`)
			expect(guide).toContain(`for ${refreshTokenLifetime / DAY} days in all`)
		}
		for (const { refreshGrace } of [oidc, thaid])
			expect(guide).toContain(`is good for ${seconds(refreshGrace)} seconds more`)
		expect(fapi2.refreshTokens).toBe('keep')
		expect(guide).toContain(`under ${ID_TOKEN_BUDGET.toLocaleString('en')} bytes`)
		expect(guide).toContain(`\`nonce\` | ${MAX_STATE.toLocaleString('en')} and 512 characters`)
		const { sessionIdle, silentSnapshotAge, waiting, decide } = { ...LIMITS.signIn, ...LIMITS }
		expect(guide).toContain(`waits ${waiting / MINUTE} min, the phone ${decide / MINUTE} min`)
		expect(guide).toContain(`${sessionIdle / MINUTE} minutes idle`)
		expect(guide).toContain(`within the last ${silentSnapshotAge / MINUTE} minutes`)
	})

	test('names every example', () => {
		expect(folders.length).toBeGreaterThan(8)
		for (const folder of folders) expect(guide).toContain(`(../examples/${folder}/`)
	})

	test('names the versions that the examples ask for', async () => {
		const { devDependencies } = JSON.parse(await read('package.json'))
		const pinned: [library: string, version: string | undefined][] = [
			['openid-client', devDependencies['openid-client']],
			['oidc-client-ts', devDependencies['oidc-client-ts']],
			['@auth/core', JSON.parse(await read('examples/auth-js/package.json')).dependencies['@auth/core']],
			['better-auth', JSON.parse(await read('examples/better-auth/package.json')).dependencies['better-auth']],
			['Authlib', /^authlib==(.+)$/m.exec(await read('examples/authlib/requirements.txt'))?.[1]],
			['Flask', /^flask==(.+)$/m.exec(await read('examples/authlib/requirements.txt'))?.[1]],
			['Spring Boot', /<version>([\d.]+)<\/version>\s*<\/parent>/.exec(await read('examples/spring/pom.xml'))?.[1]],
			['go-oidc', /go-oidc\/v3 v([\d.]+)/.exec(await read('examples/go-oidc/go.mod'))?.[1]],
		]
		for (const [library, version] of pinned) {
			expect([library, version]).toEqual([library, expect.stringMatching(/^\d+\.\d+\.\d+$/)])
			expect(guide).toContain(`${library} ${version}`)
		}
	})

	test('every example can be registered as it stands', async () => {
		const provider = await startProvider()
		const { stdout } = Bun.spawnSync([process.execPath, join(repository, 'examples/openid-client-fapi2/new-key.ts')])
		const { jwks } = JSON.parse(stdout.toString())
		try {
			for (const folder of folders) {
				if (folder === 'agency') continue
				const { id } = await provider.register(
					folder,
					'http://localhost:8788',
					folder.endsWith('fapi2') ? { jwks } : {},
				)
				expect(id).not.toBe('')
			}
		} finally {
			await provider.close()
		}
	})
})
