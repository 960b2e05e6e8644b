import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'

/** Colours that a person must tell apart. */
const css = await Bun.file(join(import.meta.dir, '../../web/ui/styles/tokens.css')).text()
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)')

function colour(scheme: string, name: string): [number, number, number] {
	const [, hex = ''] = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(scheme) ?? []
	const [r = NaN, g = NaN, b = NaN] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
	return [r, g, b]
}

/** Degrees. */
function hue([r, g, b]: [number, number, number]): number {
	return (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180) / Math.PI
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(rgb: [number, number, number]): number {
	const [r = 0, g = 0, b = 0] = rgb.map((value) => {
		const part = value / 255
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
	})
	return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: [number, number, number], b: [number, number, number]): number {
	const [more, less] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
	return (more + 0.05) / (less + 0.05)
}

describe.each([
	['light', light],
	['dark', dark],
])('in %s', (_name, scheme) => {
	test('a field that has the focus does not look like a field with something wrong in it', () => {
		const apart = Math.abs(hue(colour(scheme, 'focus')) - hue(colour(scheme, 'bad')))
		expect(Math.min(apart, 360 - apart)).toBeGreaterThan(30)
	})

	test.each(['ground', 'surface'])('the ring of the focus can be seen on the %s', (under) => {
		expect(contrast(colour(scheme, 'focus'), colour(scheme, under))).toBeGreaterThan(3)
	})
})
