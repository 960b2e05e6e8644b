import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { readCode } from '../../web/citizen/scanner.ts'
import { DIST, ensureBuild } from '../browser/pages/kit/fake-server.ts'

/** What an installed app is made of, as it is built. */
setDefaultTimeout(120_000)
beforeAll(ensureBuild)

const read = (path: string) => Bun.file(join(DIST, path)).text()
const exists = (path: string) => Bun.file(join(DIST, path)).exists()
/** Width and height of a PNG stand at byte 16. */
async function sizeOf(path: string): Promise<string> {
	const header = new DataView(await Bun.file(join(DIST, path)).arrayBuffer())
	return `${header.getUint32(16)}x${header.getUint32(20)}`
}

interface Manifest {
	id: string
	name: string
	short_name: string
	lang: string
	start_url: string
	scope: string
	display: string
	icons: { src: string; sizes: string; type: string; purpose?: string }[]
	shortcuts: { name: string; url: string; icons: { src: string }[] }[]
}

describe.each([
	['manifest.webmanifest', 'th', /[\u0e00-\u0e7f]/],
	['manifest.en.webmanifest', 'en', /^[ -~]+$/],
])('%s', (file, language, letters) => {
	test('names the app in its language, starts at the card, and offers the scanner', async () => {
		const manifest = (await Bun.file(join(DIST, file)).json()) as Manifest
		expect(manifest).toMatchObject({ id: '/card', lang: language, scope: '/', display: 'standalone' })
		expect(manifest.start_url).toStartWith('/card')
		expect(manifest.name).toMatch(letters)
		expect(manifest.short_name.length).toBeLessThanOrEqual(12)
		expect(manifest.shortcuts.map(({ url }) => url)).toEqual(['/scan', '/inbox'])
		for (const { name } of manifest.shortcuts) expect(name).toMatch(letters)
	})

	test('has icons that are there, of the sizes that they claim, one of them maskable', async () => {
		const { icons, shortcuts } = (await Bun.file(join(DIST, file)).json()) as Manifest
		for (const { src, sizes, type } of icons) {
			expect(await exists(src)).toBe(true)
			if (type === 'image/png') expect(await sizeOf(src)).toBe(sizes)
		}
		expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']))
		expect(icons.some(({ purpose }) => purpose === 'maskable')).toBe(true)
		for (const shortcut of shortcuts) for (const { src } of shortcut.icons) expect(await exists(src)).toBe(true)
	})
})

describe('the service worker', () => {
	test('is one small script of its own', async () => {
		const script = await read('sw.js')
		expect(script.length).toBeLessThan(5_000)
		expect(script).not.toMatch(/\bimport\b|importScripts|APP_SHELL/)
	})

	test('keeps all that the app’s page is made of, and only files that hold their hash', async () => {
		const script = await read('sw.js')
		const files = [...script.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '')
		for (const file of files) {
			expect(file).toMatch(/-[\w-]{8}\.(js|css|woff2)$/)
			expect(await exists(file)).toBe(true)
		}
		const page = await read('app.html')
		for (const [, path = ''] of page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) expect(files).toContain(path)
		// English, the rarer errors and the QR's decoder are fetched later: without network they must be there too.
		for (const later of [/\/en-/, /\/rest\.th-/, /\/decode-/, /sarabun-latin/])
			expect(files.filter((file) => later.test(file)).length).toBeGreaterThan(0)
		for (const chunk of files.filter((file) => file.endsWith('.js')))
			for (const [, name] of (await read(chunk)).matchAll(/(?:from|import)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
				expect(files).toContain(`/assets/${name}`)
	})
})

describe('a scanned code', () => {
	const ours = 'https://id.example.go.th'
	test.each([
		[`${ours}/q#sin_A.b.c`, { kind: 'sign-in', frame: 'sin_A.b.c' }],
		[`${ours}/check#abc`, { kind: 'card', link: '/check#abc' }],
	] as const)('%s is ours', (text, scanned) => {
		expect(readCode(text, ours)).toEqual(scanned)
	})
	test.each([
		'https://id.example.com/check#abc',
		'http://id.example.go.th/check#abc',
		'https://id.example.go.th:8443/check#abc',
		'https://id.example.go.th.evil.example/q#abc',
		'https://evil@id.example.go.th/check#abc',
		`${ours}/check`,
		`${ours}/check#`,
		`${ours}/check/#abc`,
		`${ours}/card#abc`,
		'javascript:alert(1)',
		'1980000000027',
		'',
	])('%p is none of ours', (text) => {
		expect(readCode(text, ours)).toBeNull()
	})
})
