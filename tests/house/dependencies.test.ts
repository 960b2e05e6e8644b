import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { repository } from './kit/sources.ts'
import { dependencyViolations } from './rules/dependencies.ts'

describe('dependencies are few, exact and explained', () => {
	test('each has one version and a line in docs/dependencies.md', async () => {
		const manifest = await Bun.file(resolve(repository, 'package.json')).json()
		const page = await Bun.file(resolve(repository, 'docs/dependencies.md')).text()
		expect(Object.keys(manifest.dependencies).length).toBeGreaterThan(5)
		expect(dependencyViolations(manifest, page)).toEqual([])
	})

	test('the rule can fail', () => {
		const page = '| `hono` | routes |\n| `left-pad` | pads |'
		expect(dependencyViolations({ dependencies: { hono: '4.13.19' } }, '| `hono` | routes |')).toEqual([])
		expect(dependencyViolations({ dependencies: { hono: '^4.13.19' } }, '| `hono` | routes |')).toHaveLength(1)
		expect(dependencyViolations({ dependencies: { hono: 'latest', 'left-pad': '1.0.0' } }, page)).toHaveLength(1)
		expect(dependencyViolations({ devDependencies: { hono: '4.13.19', zod: '4.6.7' } }, page)).toHaveLength(2)
	})
})
