import { describe, expect, test } from 'bun:test'
import { isCode, sources, under } from './kit/sources.ts'
import { realLookingPids } from './rules/citizen-numbers.ts'
import { foreignWords, longFiles, silencedChecks, untoldRooms } from './rules/texts.ts'

const isText = (path: string): boolean => /\.(ts|tsx|md|json|toml|html|css|sql|txt|yml|yaml|csv|svg)$/.test(path)
const texts = sources((path) => isText(path) || path.startsWith('.ci/'))
/** The rules quote what they refuse. */
const aboutTheRules = under('tests/house')

describe('nobody’s number stands in the repository', () => {
	/** Numbers that others have published as examples, each with its source. */
	const PUBLISHED: Record<string, string> = {
		[['12345', '67890', '121'].join('')]: 'the digits in order, with which forms show how a number is written',
	}

	test('every citizen number is of the office 98, which does not exist', () => {
		expect(
			realLookingPids(
				texts.filter(({ path }) => !aboutTheRules(path)),
				PUBLISHED,
			),
		).toEqual([])
	})

	// Put together at run time, so that this file holds none either.
	const digits = ['1', '1234', '56789', '01']
	const right = (separator: string): string => [...digits, '1'].join(separator)

	test('the rule can fail: plain, as on a card, in Thai digits', () => {
		const found = (text: string) => realLookingPids([{ path: 'docs/x.md', text }])
		const whole = right('')
		const check = [...'0123456789'].filter((digit) => found(`${whole.slice(0, 12)}${digit}`).length === 1)
		expect(check).toHaveLength(1)
		const living = (separator: string) => [...digits, check[0]].join(separator)
		expect(found(`pid ${living('-')}`)).toHaveLength(1)
		expect(found(`pid ${living(' ')}`)).toHaveLength(1)
		const thai = living('').replace(/\d/g, (digit) => String.fromCharCode('๐'.charCodeAt(0) + Number(digit)))
		expect(found(`เลข ${thai}`)).toHaveLength(1)
		expect(found(`a${living('')}b ${living('')}0`)).toEqual([])
		expect(realLookingPids([{ path: 'x', text: living('') }], { [living('')]: 'a book' })).toEqual([])
	})

	test('and lets the synthetic range through', () => {
		const all = Array.from({ length: 10 }, (_, check) => `198000000001${check}`)
		expect(realLookingPids(all.map((text) => ({ path: 'x', text })))).toEqual([])
	})
})

describe('a room tells its story at the door', () => {
	test('every index.ts opens with a comment', () => {
		expect(untoldRooms(sources((path) => isCode(path) && under('src', 'web')(path)))).toEqual([])
	})

	test('the rule can fail', () => {
		const told = (text: string) => untoldRooms([{ path: 'src/x/index.ts', text }])
		expect(told(`export * from './a.ts'`)).toHaveLength(1)
		expect(told(`/** x */\nexport * from './a.ts'`)).toHaveLength(1)
		expect(told(`export * from './a.ts'\n/** What this room is for comes after its code. Too late. */`)).toHaveLength(1)
		expect(told(`/** The provider: what a relying party may ask, and how it is answered. */\nexport {}`)).toEqual([])
	})
})

describe('the product speaks of itself alone', () => {
	test('no text points at papers or people that its reader does not have', () => {
		expect(foreignWords(texts.filter(({ path }) => !aboutTheRules(path)))).toEqual([])
	})

	test.each([
		'see /work/main/x',
		'as ../shared says',
		'as DESIGN.md §3 says',
		'facts/stack.md measured it',
		'the seed says 8 digits',
		'an earlier session wrote this',
		'as the brief asks',
	])('the rule fails on «%s»', (text) => {
		expect(foreignWords([{ path: 'docs/x.md', text }])).toHaveLength(1)
	})

	test('and leaves ordinary words alone', () => {
		const text = 'the seed of the random generator; db/seed; a session ends after 12 hours; shared state; in brief'
		expect(foreignWords([{ path: 'docs/x.md', text }])).toEqual([])
	})
})

describe('files stay short enough to be read', () => {
	/** Longer than 300 lines for now. Take lines off, add none. */
	const RATCHET: Record<string, number> = {}
	/** Not read from top to bottom but looked up: words, and the people of the simulated country. */
	const isTable = (path: string): boolean => /^web\/words\/|\/named-people\.ts$|\/geography-data\.ts$/.test(path)

	test('at most 300 lines in src, web, db and tools', () => {
		expect(
			longFiles(
				sources((path) => isCode(path) && !isTable(path) && under('src', 'web', 'db', 'tools')(path)),
				300,
				RATCHET,
			),
		).toEqual([])
	})

	test('the rule can fail, and its list only shrinks', () => {
		const file = (lines: number) => [{ path: 'src/x.ts', text: 'a\n'.repeat(lines) }]
		expect(longFiles(file(300), 300)).toEqual([])
		expect(longFiles(file(301), 300)).toHaveLength(1)
		expect(longFiles(file(340), 300, { 'src/x.ts': 340 })).toEqual([])
		expect(longFiles(file(341), 300, { 'src/x.ts': 340 })).toHaveLength(1)
		expect(longFiles(file(200), 300, { 'src/x.ts': 340 })).toHaveLength(1)
		expect(longFiles([], 300, { 'src/x.ts': 340 })).toHaveLength(1)
	})
})

describe('no check is switched off', () => {
	test('no skipped test, no silenced compiler', () => {
		const files = sources((path) => isCode(path) && !aboutTheRules(path))
		expect(silencedChecks(files)).toEqual([])
	})

	test('the rule can fail', () => {
		for (const text of ['test.skip("x")', 'describe.only("x")', 'it.todo("x")', '// @ts-ignore', '// @ts-expect-error'])
			expect(silencedChecks([{ path: 'tests/x.test.ts', text }])).toHaveLength(1)
		expect(silencedChecks([{ path: 'tests/x.test.ts', text: 'rows.skip(1); test.each([])' }])).toEqual([])
	})
})
