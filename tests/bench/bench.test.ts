import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { cpuSeconds } from './cpu.ts'
import type { LoadFile, LoadResult } from './load.ts'
import { median, ratio } from './measure.ts'
import { pageWeight } from './page-weight.ts'
import { type Row, toMarkdown } from './table.ts'

const files: Record<string, [type: string, text: string]> = {
	'/page': [
		'text/html',
		'<link rel="stylesheet" href="/a.css"><link rel="modulepreload" href="/b.js"><link rel="icon" href="/i.svg"><script type="module" src="/a.js"></script>',
	],
	'/a.css': ['text/css', '@font-face { src: url(/f.woff2) format("woff2"), url("/f.woff2") }'],
	'/f.woff2': ['font/woff2', 'x'.repeat(500)],
	'/a.js': ['text/javascript', `import{x}from"./b.js";import"./c.js";const later=()=>import("./later.js")`],
	'/b.js': ['text/javascript', 'export const x = 1'],
	'/c.js': ['text/javascript', `export { x } from './b.js'`],
}
const server = Bun.serve({
	port: 0,
	hostname: '127.0.0.1',
	fetch(request) {
		const [type, text] = files[new URL(request.url).pathname] ?? []
		return type ? new Response(text, { headers: { 'content-type': type } }) : new Response('', { status: 404 })
	},
})
afterAll(() => server.stop(true))

describe('the figures', () => {
	test('the median of an odd and of an even count', () => {
		expect(median([3, 1, 2])).toBe(2)
		expect(median([4, 1, 3, 2])).toBe(2.5)
	})

	test('the ratio is taken inside each pair: a slow moment of the machine cancels out', () => {
		expect(ratio([1, 10, 1], [2, 20, 2])).toBe(0.5)
	})

	test('CPU time grows with work', () => {
		const before = cpuSeconds(process.pid)
		const until = performance.now() + 2_000
		let sum = 0
		while (cpuSeconds(process.pid) - before < 0.03 && performance.now() < until) for (let i = 0; i < 1e6; i++) sum += i
		expect(sum).toBeGreaterThan(0)
		expect(cpuSeconds(process.pid) - before).toBeGreaterThanOrEqual(0.03)
	})

	test('a limit that is missed is said', () => {
		const row: Row = { what: 'x', ours: '1', peer: '1', value: 0.61, limit: 0.6, unit: '×', note: '' }
		const systems = { ours: { name: 'a' }, peer: { name: 'b' }, floor: { name: 'c' } }
		const lastCell = (value: number) =>
			toMarkdown([{ ...row, value }], systems, { isQuick: true, rounds: 1 })
				.trim()
				.split('\n')
				.at(-1)
		expect(lastCell(0.61)).toContain('| 0.61 × | ≤ 0.6 × | – | – | – | NO |')
		expect(lastCell(0.6)).toContain('| 0.60 × | ≤ 0.6 × | – | – | – | yes |')
		const floor = (value: number) => ({ cost: '1 s', value, limit: 1.7 })
		const text = (value: number) =>
			toMarkdown([{ ...row, value: 0.5, floor: floor(value) }], systems, { isQuick: true, rounds: 1 })
		expect(text(1.71)).toContain('| 1 s | 1.71 × | ≤ 1.7 × | NO |')
		expect(text(1.7)).toContain('| 1 s | 1.70 × | ≤ 1.7 × | yes |')
	})
})

describe('the weight of a page', () => {
	test('counts what is loaded at once, each file once, and fonts apart', async () => {
		const weight = await pageWeight(`${server.url.origin}/page`)
		expect(weight.files.map(({ path }) => path)).toEqual(['/page', '/a.css', '/b.js', '/a.js', '/c.js'])
		expect(weight.total).toBe(weight.files.reduce((sum, { bytes }) => sum + bytes, 0))
		expect(weight.fonts).toBe(500)
	})

	test('a file that is not there is no zero', async () => {
		await expect(pageWeight(`${server.url.origin}/nothing`)).rejects.toThrow('HTTP 404')
	})
})

describe('the load', () => {
	async function load(expectation: LoadFile['expect']): Promise<LoadResult> {
		const path = join(process.env.TMPDIR ?? '/tmp', `bench-test-${process.pid}.json`)
		const requests = [{ url: `${server.url.origin}/b.js`, method: 'GET', headers: {} }]
		await Bun.write(
			path,
			JSON.stringify({ connections: 4, count: 20, requests, expect: expectation } satisfies LoadFile),
		)
		const child = Bun.spawn([process.execPath, join(import.meta.dir, 'load.ts'), path])
		const result = (await new Response(child.stdout).json()) as LoadResult
		await Bun.file(path).delete()
		return result
	}

	test('right answers', async () => {
		expect(await load({ status: 200, bodyHas: 'export' })).toMatchObject({ failed: 0, firstFailure: null })
	})

	test('a wrong answer is counted, however fast it came', async () => {
		const result = await load({ status: 200, bodyHas: 'token' })
		expect(result.failed).toBe(20)
		expect(result.firstFailure).toContain('export const x')
	})
})
