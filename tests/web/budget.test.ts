import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DIST, ensureBuild } from '../browser/pages/kit/fake-server.ts'

/**
 * How much a page weighs before it can be used: its HTML, style and script, compressed as a server sends them, without
 * fonts (the text stands before they are there). Signing in is what everybody waits for, so it has a limit.
 */
setDefaultTimeout(120_000)

const LIMIT = 40 * 1024

beforeAll(ensureBuild)

const read = (path: string): Promise<string> => Bun.file(join(DIST, path)).text()

/** Scripts that a script imports before it runs, and those that it may fetch later, each with its own imports. */
async function closure(paths: readonly string[], into = new Set<string>()): Promise<Set<string>> {
	for (const path of paths) {
		if (into.has(path)) continue
		into.add(path)
		const imports = [...(await read(path)).matchAll(/(?:from|import)\s*["'`]\.\/([\w-]+\.js)["'`]/g)].map(
			([, name]) => `assets/${name}`,
		)
		await closure(imports, into)
	}
	return into
}

async function weigh(html: string, later: readonly RegExp[] = []): Promise<{ bytes: number; files: string[] }> {
	const page = await read(html)
	const named = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, path]) => path ?? '')
	const scripts = await closure(named(/<script[^>]+src="\/([^"]+)"/g))
	const found = await Promise.all(later.map((name) => chunk(scripts, name)))
	await closure(found, scripts)
	const files = [html, ...named(/<link rel="stylesheet"[^>]+href="\/([^"]+)"/g), ...scripts]
	const sizes = await Promise.all(files.map(async (file) => gzipSync(await read(file), { level: 6 }).byteLength))
	return { bytes: sizes.reduce((sum, size) => sum + size, 0), files }
}

/** The chunk of that name which one of the scripts fetches. */
async function chunk(scripts: ReadonlySet<string>, name: RegExp): Promise<string> {
	for (const path of scripts) {
		const hit = [...(await read(path)).matchAll(/import\(\s*["'`]\.\/([\w-]+\.js)["'`]\s*\)/g)].find(([, file]) =>
			name.test(file ?? ''),
		)
		if (hit) return `assets/${hit[1]}`
	}
	throw new Error(`no chunk ${name}`)
}

async function english(html: string, later: readonly RegExp[]): Promise<number> {
	const { bytes, files } = await weigh(html, later)
	let words = 0
	for (const path of files.filter((file) => file.endsWith('.js')))
		for (const [, file = ''] of (await read(path)).matchAll(/import\(\s*["'`]\.\/(en-[\w-]+\.js)["'`]\s*\)/g))
			words += gzipSync(await read(`assets/${file}`), { level: 6 }).byteLength
	expect(words).toBeGreaterThan(1_000)
	return bytes + words
}

describe.each([
	['the waiting page with a QR', 'sign-in.html', [/^QrScreen/]],
	['the waiting page with the consent', 'sign-in.html', [/^Here/]],
	['the phone’s page', 'phone.html', []],
] as const)('%s', (_name, html, later) => {
	test('weighs no more than 40 kB in Thai', async () => {
		const { bytes, files } = await weigh(html, later)
		expect(files.length).toBeGreaterThan(4)
		expect(bytes).toBeGreaterThan(20_000)
		expect(bytes).toBeLessThanOrEqual(LIMIT)
	})

	test('weighs no more than 40 kB in English, with the Thai that came first', async () => {
		expect(await english(html, later)).toBeLessThanOrEqual(LIMIT)
	})
})

test('no page has script or style of its own in the HTML, which the policy would refuse', async () => {
	for (const name of ['index', 'sign-in', 'phone', 'enrol', 'app', 'check', 'office']) {
		const html = await read(`${name}.html`)
		expect(html).toContain('<html lang="th">')
		expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/)
	}
})

test('nothing is fetched from anywhere else', async () => {
	const files = await Array.fromAsync(new Bun.Glob('**/*.{html,js,css}').scan(DIST))
	expect(files.length).toBeGreaterThan(20)
	for (const file of files) {
		const text = await read(file)
		// Names of XML namespaces and the documentation named in a warning are no addresses that are fetched.
		const addresses = [...text.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address)
		expect(addresses.filter((address) => !/\/\/(www\.w3\.org|simplewebauthn\.dev)$/.test(address))).toEqual([])
	}
})
