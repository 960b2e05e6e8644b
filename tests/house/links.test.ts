import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { repository, sources } from './kit/sources.ts'
import { brokenLinks, brokenScripts } from './rules/links.ts'

const exists = (path: string): boolean => existsSync(resolve(repository, path))

describe('what is pointed at is there', () => {
	test('links between pages', () => {
		const pages = sources((path) => path.endsWith('.md'))
		expect(pages.length).toBeGreaterThan(10)
		expect(brokenLinks(pages, exists)).toEqual([])
	})

	test('files that the commands start', async () => {
		const { scripts } = await Bun.file(resolve(repository, 'package.json')).json()
		expect(brokenScripts(scripts, exists)).toEqual([])
	})

	test('the rules can fail', () => {
		const there = (path: string): boolean => path === 'docs/a.md'
		const links = (text: string) => brokenLinks([{ path: 'docs/decisions/x.md', text }], there)
		expect(links('[a](../a.md#part) [b](https://example.org) [c](#here)')).toEqual([])
		expect(links('[a](a.md)')).toEqual(['docs/decisions/x.md:1 links to a.md, which is not there'])
		expect(links('![picture](../pictures/a.png)')).toHaveLength(1)
		expect(brokenScripts({ x: 'npm run setup && bun tools/nowhere.ts --long' }, there)).toHaveLength(1)
		expect(brokenScripts({ x: 'vite build' }, there)).toEqual([])
	})
})
