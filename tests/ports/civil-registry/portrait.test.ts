import { describe, expect, test } from 'bun:test'
import { namedPeople } from '../../../src/ports/civil-registry/index.ts'
import { drawPortrait } from '../../../src/ports/civil-registry/simulator/index.ts'

const sitters = Array.from({ length: 400 }, (_, index) => ({
	pid: `19800000${index}`,
	gender: index % 2 ? ('male' as const) : ('female' as const),
	age: 7 + (index % 90),
	monk: index % 50 === 1,
}))

/** Nothing but shapes: what a browser would run, fetch or link has no place in a portrait. */
const ALLOWED = new Set(['svg', 'rect', 'path', 'ellipse', 'circle'])

describe('a portrait', () => {
	test('is well-formed SVG of 160 × 200, small, of shapes only', () => {
		for (const sitter of sitters) {
			const svg = drawPortrait(sitter)
			expect(svg).toStartWith('<svg xmlns="http://www.w3.org/2000/svg" width="160" height="200" viewBox="0 0 160 200"')
			expect(svg.length).toBeLessThan(6_000)
			const open: string[] = []
			// Every tag is read; what is left between them must be nothing.
			const rest = svg.replace(
				/<(\/?)([a-z]+)((?: [a-z-]+="[^"<>]*")*)(\/?)>/gi,
				(_, closing, tag, _attributes, self) => {
					expect(ALLOWED.has(tag)).toBe(true)
					if (closing) expect(open.pop()).toBe(tag)
					else if (!self) open.push(tag)
					return ''
				},
			)
			expect(rest).toBe('')
			expect(open).toEqual([])
			expect(svg).not.toMatch(/script|href|url\(|style=| on[a-z]+=|NaN|undefined/i)
		}
	})

	test('holds nothing of the number that it was thrown with', () => {
		for (const { pid, gender } of namedPeople)
			expect(drawPortrait({ pid, gender, age: 30, monk: false })).not.toContain(pid)
	})

	test('is the same each time, and nearly everybody has their own', () => {
		const drawn = sitters.map(drawPortrait)
		expect(sitters.map(drawPortrait)).toEqual(drawn)
		expect(new Set(drawn).size).toBeGreaterThan(395)
	})

	test('goes with age: the same person looks older later', () => {
		const sitter = { pid: '1980000000019', gender: 'male' as const, monk: false }
		const [child, adult, old] = [9, 30, 70].map((age) => drawPortrait({ ...sitter, age }))
		expect(new Set([child, adult, old]).size).toBe(3)
	})
})
