import { describe, expect, test } from 'bun:test'
import { importsOf } from './kit/imports.ts'
import { filesOfTheProject, isCode, type Source, sources, under } from './kit/sources.ts'
import { homeless, roomViolations } from './rules/rooms.ts'
import { pureLib, webViolations } from './rules/web-imports.ts'

const wishes = (path: string, text: string) => importsOf({ path, text })
const rooms = (path: string, text: string) => roomViolations(wishes(path, text))

describe('who may import whom', () => {
	test('src and db keep the order of the rooms and use their doors', () => {
		const files = sources((path) => isCode(path) && under('src', 'db')(path))
		expect(files.length).toBeGreaterThan(10)
		expect(roomViolations(files.flatMap(importsOf))).toEqual([])
	})

	test('every file of src stands in a room', () => {
		expect(homeless(filesOfTheProject().filter(isCode))).toEqual([])
	})

	test('web takes types of the router and of lib, and values of pure lib modules only', () => {
		const pure = pureLib(sources((path) => isCode(path) && under('src/lib')(path)))
		const web = sources((path) => isCode(path) && under('web')(path))
		expect(webViolations(web.flatMap(importsOf), pure)).toEqual([])
	})

	test('the examples use nothing of ours: a relying party speaks OpenID Connect', () => {
		const examples = sources((path) => isCode(path) && under('examples')(path))
		const reaching = examples.flatMap(importsOf).filter(({ to }) => /^(src|db|web|tests|tools)\//.test(to))
		expect(reaching.map(({ from, to }) => `${from} uses ${to}`)).toEqual([])
	})
})

describe('the reader of imports', () => {
	const read = (text: string) => wishes('src/a/b.tsx', text).map(({ to, typeOnly }) => [to, typeOnly])

	test('sees every way to name another file', () => {
		expect(read(`import a from './a.ts'`)).toEqual([['src/a/a.ts', false]])
		expect(read(`import './side.ts'`)).toEqual([['src/a/side.ts', false]])
		expect(read(`export * from '../c/index.ts'`)).toEqual([['src/c/index.ts', false]])
		expect(read(`export { x } from '../c/index.ts'`)).toEqual([['src/c/index.ts', false]])
		expect(read(`const m = await import('../../web/x.ts')`)).toEqual([['web/x.ts', false]])
		expect(read(`const m = require('node:fs')`)).toEqual([['node:fs', false]])
		expect(read(`import x = require('./x.ts')`)).toEqual([['src/a/x.ts', false]])
	})

	test('tells types from values', () => {
		expect(read(`import type { A } from './a.ts'`)).toEqual([['src/a/a.ts', true]])
		expect(read(`import { type A, type B } from './a.ts'`)).toEqual([['src/a/a.ts', true]])
		expect(read(`import { type A, b } from './a.ts'`)).toEqual([['src/a/a.ts', false]])
		expect(read(`export type { A } from './a.ts'`)).toEqual([['src/a/a.ts', true]])
		expect(read(`type A = typeof import('./a.ts')`)).toEqual([['src/a/a.ts', true]])
	})

	test('is not misled by what only looks like an import', () => {
		expect(
			read(`// import a from './a.ts'\nconst t = "import b from './b.ts'"; const v = <p>don't import c</p>`),
		).toEqual([])
	})

	test('reports a name that is made at run time', () => {
		expect(rooms('src/app.ts', `const m = await import(\`./\${name}.ts\`)`)).toHaveLength(1)
	})
})

describe('the rule of the rooms can fail', () => {
	test('on an import that runs right', () => {
		expect(rooms('src/oidc/index.ts', `import { pin } from '../authn/index.ts'`)).toEqual([
			'src/oidc/index.ts:1 oidc uses authn, which stands right of it',
		])
		expect(rooms('src/oidc/index.ts', `import type { Pin } from '../authn/index.ts'`)).toHaveLength(1)
		expect(rooms('src/lib/bytes.ts', `import { accounts } from '../../db/schema/accounts.ts'`)).toHaveLength(1)
		expect(rooms('src/proofing/index.ts', `import { createApp } from '../app.ts'`)).toHaveLength(1)
		expect(rooms('db/schema/oidc.ts', `import { notice } from '../../src/notices/index.ts'`)).toHaveLength(1)
		expect(rooms('src/services/engine/index.ts', `import { x } from '../move-in/index.ts'`)).toHaveLength(1)
	})

	test('on an import that skips the door', () => {
		expect(rooms('src/authn/index.ts', `import { x } from '../oidc/grants/code.ts'`)).toHaveLength(1)
		expect(rooms('src/authn/index.ts', `import { x } from '../ports/civil-registry/port.ts'`)).toHaveLength(1)
		expect(rooms('src/authn/index.ts', `import { x } from '../../db/seed/clients.ts'`)).toHaveLength(1)
	})

	test('on neighbours of one rank', () => {
		expect(rooms('src/services/queue/index.ts', `import { x } from '../move-in/index.ts'`)).toHaveLength(1)
		expect(rooms('src/ports/face/index.ts', `import { x } from '../messenger/index.ts'`)).toHaveLength(1)
	})

	test('on the simulator, used by anybody but the starter', () => {
		const door = `import { x } from './ports/civil-registry/simulator/index.ts'`
		expect(rooms('src/serve.ts', door)).toEqual([])
		expect(rooms('src/app.ts', door)).toHaveLength(1)
		expect(rooms('src/worker.ts', door)).toHaveLength(1)
	})

	test('on a product that needs its front end, tests, tools or examples', () => {
		for (const folder of ['web', 'tests', 'tools', 'examples'])
			expect(rooms('src/app.ts', `import { x } from '../${folder}/x.ts'`)).toHaveLength(1)
	})

	test('on a file in no room', () => {
		expect(homeless(['src/helpers/misc.ts', 'src/stuff.ts'])).toHaveLength(2)
		expect(rooms('src/app.ts', `import { x } from './helpers/misc.ts'`)).toHaveLength(1)
	})

	test('and lets through what is right', () => {
		expect(
			rooms(
				'src/authn/qr/frames.ts',
				`import { hmacSha256 } from '../../lib/crypto.ts'
				import { atomically } from '../../../db/client.ts'
				import { signIns } from '../../../db/schema/authn.ts'
				import { notices } from '../../notices/index.ts'
				import type { CivilRegistry } from '../../ports/civil-registry/index.ts'
				import { x } from '../pin/rules.ts'
				import { Hono } from 'hono'`,
			),
		).toEqual([])
	})
})

describe('the rule of web can fail', () => {
	const lib: Source[] = [
		{ path: 'src/lib/bytes.ts', text: 'export const a = 1' },
		{ path: 'src/lib/crypto.ts', text: `import { createHash } from 'node:crypto'` },
		{ path: 'src/lib/behind.ts', text: `import { hash } from './crypto.ts'` },
		{ path: 'src/lib/buffered.ts', text: 'export const b = Buffer.from([])' },
		{ path: 'src/lib/packaged.ts', text: `import { z } from 'zod'` },
		{ path: 'src/lib/typed.ts', text: `import type { z } from 'zod'\nexport const t = 1` },
	]
	const pure = pureLib(lib)
	const web = (text: string) => webViolations(wishes('web/sign-in/page.tsx', text), pure)

	test('which modules are pure is worked out, not listed', () => {
		expect([...pure].sort()).toEqual(['src/lib/bytes.ts', 'src/lib/typed.ts'])
	})

	test('on values that do not run in a browser, straight or by way of another', () => {
		expect(web(`import { a } from '../../src/lib/bytes.ts'`)).toEqual([])
		for (const module of ['crypto', 'behind', 'buffered', 'packaged'])
			expect(web(`import { a } from '../../src/lib/${module}.ts'`)).toHaveLength(1)
		expect(web(`import { readFileSync } from 'node:fs'`)).toHaveLength(1)
	})

	test('on the server, taken as more than the type of its router', () => {
		expect(web(`import type { AppRouter } from '../../src/trpc.ts'`)).toEqual([])
		expect(web(`import { appRouter } from '../../src/trpc.ts'`)).toHaveLength(1)
		expect(web(`import type { Pin } from '../../src/authn/index.ts'`)).toHaveLength(1)
		expect(web(`import { accounts } from '../../db/schema/accounts.ts'`)).toHaveLength(1)
		expect(web(`const m = await import('../../src/authn/index.ts')`)).toHaveLength(1)
	})
})
