import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assetsFrom } from '../../src/assets.ts'

let folder: string
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'dopa-assets-'))
	await mkdir(join(folder, 'web/assets'), { recursive: true })
	await writeFile(join(folder, 'secret.txt'), 'secret')
	await writeFile(join(folder, 'web/index.html'), 'page')
	await writeFile(join(folder, 'web/assets/ก.js'), 'script')
})
afterAll(() => rm(folder, { recursive: true }))

const ask = (path: string) => assetsFrom(join(folder, 'web'))(path, new Request('http://localhost/'))

describe('files of the front end', () => {
	test.each([
		['/index.html', 'page'],
		['/assets/ก.js', 'script'],
		['/assets/../index.html', 'page'],
	])('%s is there', async (path, content) => {
		expect(await (await ask(path))?.text()).toBe(content)
	})

	test.each([
		'/secret.txt',
		'/../secret.txt',
		'/../../secret.txt',
		'/assets/../../secret.txt',
		'..',
		'/../web/index.html',
		'/index.html\u0000.js',
		'/index.html/',
		'/assets',
		'/assets/',
		'/',
		'',
		'/%2e%2e/secret.txt',
		'\\..\\secret.txt',
		'//../secret.txt',
	])('%p is not', async (path) => {
		expect(await ask(path)).toBeNull()
	})

	test('a name that no file system takes is none', async () => {
		expect(await ask(`/${'a'.repeat(5_000)}`)).toBeNull()
	})
})
